import pytest
from flask import Flask
from sqlalchemy.orm import Session

from moderation.domain.roles import Role
from moderation.services.invitations import invite
from moderation.storage.models import Moderator
from moderation.storage.models.base import now
from tests.factories import make_moderator, make_site
from tests.web.conftest import CountQueries
from tests.web.visiting import visit


def fill(session: Session, number: int) -> None:
    """Add so many sites, people of each and invitations to each."""
    for count in range(number):
        make_site(session, key=f"site-{count}")
        for name in ("a", "b"):
            make_moderator(
                session, email=f"{name}{count}@example.org", site_key=f"site-{count}"
            )
        invite(
            session,
            None,
            email=f"c{count}@example.org",
            role=Role.VIEWER,
            site_key=f"site-{count}",
            at=now(),
        )
    session.commit()


@pytest.mark.parametrize("number", [1, 20])
def test_the_page_asks_as_little_for_many_as_for_few(
    app: Flask,
    session: Session,
    owner: Moderator,
    count_queries: CountQueries,
    number: int,
) -> None:
    fill(session, number)
    visitor = visit(app, owner.email)

    with count_queries() as statements:
        page = visitor.get("/moderate/people")

    assert page.text.count("Withdraw<") == number
    # Session, account; actor and roles; sites, members, invitations.
    assert len(statements) == 7


@pytest.mark.parametrize("done", ["nonsense", "<b>", ""])
def test_what_was_done_is_said_in_our_own_words(
    app: Flask, owner: Moderator, done: str
) -> None:
    page = visit(app, owner.email).get(f"/moderate/people?done={done}")

    assert page.status_code == 200
    assert 'role="status"' not in page.text


def test_the_last_owner_is_told_what_to_do(app: Flask, owner: Moderator) -> None:
    visitor = visit(app, owner.email)

    answer = visitor.post("/moderate/people/remove", moderator=str(owner.id), site="")

    assert answer.status_code == 422
    assert "Make somebody else an owner first" in answer.text
    assert visitor.get("/moderate/people").status_code == 200


def test_names_are_text_wherever_they_stand(
    app: Flask, session: Session, owner: Moderator
) -> None:
    row = session.merge(owner)
    row.name = "<script>alert(1)</script>\"'"
    session.commit()
    visitor = visit(app, owner.email)

    for path in ("/moderate/people", "/moderate/account"):
        page = visitor.get(path).text

        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
