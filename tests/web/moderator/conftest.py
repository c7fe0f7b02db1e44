"""Owns what tests of the queue share: a blog, its comments and its people."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.roles import Role
from moderation.storage.models import Comment, Decision, Thread
from moderation.storage.session import Database
from tests.factories import make_comment, make_site, make_thread
from tests.web.visiting import Visitor, add_account, visit

# What is seen of a comment from outside: its status, version, number of decisions.
State = tuple[str, int, int]


@pytest.fixture
def thread(session: Session) -> Thread:
    return make_thread(session, make_site(session))


@pytest.fixture
def comment(session: Session, thread: Thread) -> Comment:
    comment = make_comment(session, thread)
    session.commit()
    return comment


@pytest.fixture
def alice(app: Flask, session: Session, thread: Thread) -> Visitor:
    """Return the owner of the blog, logged in."""
    del thread
    add_account(app, session, role=Role.OWNER, site_key="blog")
    return visit(app, "alice@example.org")


@pytest.fixture
def bob(app: Flask, session: Session, thread: Thread) -> Visitor:
    """Return another moderator of the blog, logged in."""
    del thread
    add_account(app, session, email="bob@example.org", site_key="blog")
    return visit(app, "bob@example.org")


@pytest.fixture
def look(database: Database) -> Callable[[Comment], State]:
    """Return what tells the state of a comment in the database now."""

    def read_state(comment: Comment) -> State:
        with database.read() as session:
            row = session.execute(
                select(Comment.status, Comment.version).where(Comment.id == comment.id)
            ).one()
            decisions = session.scalar(
                select(func.count())
                .select_from(Decision)
                .where(Decision.comment_id == comment.id)
            )
        return str(row.status), row.version, decisions or 0

    return read_state
