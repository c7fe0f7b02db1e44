"""Owns a service with a full queue, to work on in a browser and to look behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.cli.listening import describe_address
from moderation.domain.campaigns import CampaignKind
from moderation.domain.statuses import Action, Status
from moderation.services.access import load_actor
from moderation.services.campaign_members import join_together
from moderation.services.reviews import decide_comments
from moderation.storage.models import Comment, Moderator, SignalEvidence, Thread
from moderation.storage.models.base import now
from moderation.storage.session import Database
from tests.browser.serving import open_listener, serving
from tests.browser.walking import QUEUE, enter
from tests.factories import make_comment, make_site, make_thread
from tests.web.visiting import PASSWORD, add_account

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

    def fill_login(self, page: Page, email: str = ALICE) -> None:
        """Log in as people do and wait for the queue."""
        page.goto(f"{self.base_url}/login?next={QUEUE}")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in", exact=True).click()
        page.wait_for_url(f"**{QUEUE}")

    def log_in(self, page: Page, email: str = ALICE) -> None:
        """Open the queue, logged in without a look at the page of the login."""
        enter(page, self.base_url, email=email, password=PASSWORD)
        page.goto(self.base_url + QUEUE)


@contextmanager
def open_desk(app: Flask, database: Database) -> Iterator[Desk]:
    """Serve a blog with two moderators and an empty queue on a free port."""
    with Session(database.engine) as session:
        make_thread(session, make_site(session))
        for email in (ALICE, BOB):
            add_account(app, session, email=email)
    with open_listener() as listener, serving(app, listener):
        yield Desk(base_url=describe_address(listener), database=database)
