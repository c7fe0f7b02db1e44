"""Owns a service with a full queue, to work on in a browser and to look behind."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from flask_security import hash_password
from playwright.sync_api import Page
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.app import create_app
from moderation.cli.listening import open_socket
from moderation.cli.server import make_server
from moderation.config import Settings
from moderation.domain.campaigns import CampaignKind
from moderation.domain.roles import Role
from moderation.domain.statuses import Action, Status
from moderation.services.access import load_actor
from moderation.services.campaign_members import join_together
from moderation.services.reviews import decide_comments
from moderation.storage.models import Comment, Moderator, SignalEvidence, Thread
from moderation.storage.models.base import now
from moderation.storage.session import Database
from moderation.web.context import DATABASE
from tests.factories import make_comment, make_moderator, make_site, make_thread

PASSWORD = "a calm reading room"
ALICE, BOB = "alice@example.org", "bob@example.org"


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A running service, and its database."""

    base_url: str
    database: Database

    def add(self, *names: str, score: float = 0.5) -> list[int]:
        """Add held comments by authors of these names, in this order."""
        with self.database.write() as session:
            thread = session.scalars(select(Thread)).one()
            start = now() - timedelta(hours=1)
            comments = [
                make_comment(
                    session,
                    thread,
                    name=name,
                    email=f"{name.lower()}@example.org",
                    body=f"{name} wrote this.",
                    score=score,
                )
                for name in names
            ]
            for number, comment in enumerate(comments):
                comment.created_at = start + timedelta(seconds=number)
                comment.network = f"192.0.{number % 3}.0/24"
            return [comment.id for comment in comments]

    def add_campaign(self, domain: str, number: int, *, score: float) -> list[int]:
        """Add held comments that lead to one domain."""
        ids = self.add(*(f"{domain}{place}" for place in range(number)), score=score)
        with self.database.write() as session:
            thread = session.scalars(select(Thread)).one()
            comments = [session.get_one(Comment, id_) for id_ in ids]
            join_together(
                session, thread.site_id, {(CampaignKind.DOMAIN, domain): comments}
            )
        return ids

    def give_reasons(self, comment_id: int, number: int) -> None:
        """Give a comment signals."""
        with self.database.write() as session:
            session.get_one(Comment, comment_id).signals = [
                SignalEvidence(
                    position=position, name=f"s{position}", weight=0.5, reason="So."
                )
                for position in range(number)
            ]

    def read(self, *ids: int) -> list[str]:
        """Return the statuses the comments have."""
        with self.database.read() as session:
            return [str(session.get_one(Comment, id_).status) for id_ in ids]

    def count(self, status: Status) -> int:
        """Return how many comments have a status."""
        with self.database.read() as session:
            found = select(func.count()).where(Comment.status == status)
            return session.scalar(found) or 0

    def decide_as_bob(self, comment_id: int, action: Action) -> None:
        """Let a colleague decide meanwhile."""
        with self.database.write() as session:
            bob = session.scalars(select(Moderator).where(Moderator.email == BOB)).one()
            version = session.get_one(Comment, comment_id).version
            actor = load_actor(session, bob.id)
            decide_comments(session, actor, {comment_id: version}, action)

    def log_in(self, page: Page, email: str = ALICE) -> None:
        """Log in and wait for the queue."""
        page.goto(f"{self.base_url}/login?next=/moderate/")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in", exact=True).click()
        page.wait_for_url("**/moderate/")


@contextmanager
def open_desk(settings: Settings) -> Iterator[Desk]:
    """Serve a blog with two moderators and an empty queue on a free port."""
    app = create_app(settings)
    database: Database = app.extensions[DATABASE]
    with app.app_context():
        password_hash = hash_password(PASSWORD)
    with Session(database.engine) as session:
        make_thread(session, make_site(session))
        for email in (ALICE, BOB):
            make_moderator(
                session, email=email, role=Role.MODERATOR, password_hash=password_hash
            )
        session.commit()
    with closing(open_socket("127.0.0.1", 0)) as listener, serving(app, listener):
        port = listener.getsockname()[1]
        yield Desk(base_url=f"http://127.0.0.1:{port}", database=database)
    database.close()


@contextmanager
def serving(app: Flask, listener: socket.socket) -> Iterator[None]:
    """Serve an app as `moderation serve` does, in a thread."""
    server = make_server(app, listener)
    is_over = threading.Event()

    def serve() -> None:
        while not is_over.is_set():
            server.poll(0.02)
        server.finish()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
