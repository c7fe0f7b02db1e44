from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from moderation.domain.roles import Role
from moderation.services.events import record_events
from moderation.services.jobs import note_run, note_worker
from moderation.storage.models import Upload, UploadState
from moderation.storage.models.base import now
from tests.factories import make_comment, make_endpoint, make_site, make_thread
from tests.web.visiting import Visitor, add_account, visit


@pytest.fixture
def owner(app: Flask, session: Session) -> Visitor:
    add_account(app, session, role=Role.OWNER)
    return visit(app, "alice@example.org")


def test_operations_say_in_words_what_is_wrong(owner: Visitor) -> None:
    page = owner.get("/moderate/operations")

    assert "The database answers" in page.text
    assert "No worker runs" in page.text
    assert "MB are free on the disk" in page.text


def test_operations_say_that_all_is_well(owner: Visitor, session: Session) -> None:
    note_worker(session, at=now())
    session.commit()

    page = owner.get("/moderate/operations")

    assert "A worker runs." in page.text
    assert 'role="alert"' not in page.text


def test_operations_say_what_waits(owner: Visitor, session: Session) -> None:
    thread = make_thread(session, make_site(session))
    make_endpoint(session)
    comments = [make_comment(session, thread) for _ in range(2)]
    record_events(session, comments)
    session.commit()

    page = owner.get("/moderate/operations")

    assert "2 comments for a moderator" in page.text
    assert "blog (2, the oldest from" in page.text
    assert "2 webhook deliveries to be sent, 2 of them due" in page.text
    assert "0 mails to be sent." in page.text


def test_operations_say_when_moderators_were_last_told_of_what_waits(
    owner: Visitor, session: Session
) -> None:
    before = owner.get("/moderate/operations")

    note_run(session, "digest", at=now(), result="Wrote 3 mails.")
    session.commit()
    after = owner.get("/moderate/operations")

    assert 'Run now<span class="hidden">: digest</span>' in before.text
    assert "Wrote 3 mails." in after.text
    assert "9999" not in after.text


def test_operations_say_which_files_wait_and_which_failed(
    owner: Visitor, session: Session
) -> None:
    site = make_site(session)
    for state, error, age in (
        (UploadState.LOOKED, "", 0),
        (UploadState.FAILED, "line 3: <cut off>", 0),
        # What ended well, or long ago, is no news.
        (UploadState.DONE, "", 0),
        (UploadState.FAILED, "too long ago", 3),
    ):
        session.add(
            Upload(
                site_id=site.id,
                state=state,
                error=error,
                size=1,
                changed_at=now() - timedelta(days=age),
            )
        )
    session.commit()

    page = owner.get("/moderate/operations")

    assert page.text.count("A file for") == 2
    assert "waits for “Import now”" in page.text
    assert "line 3: &lt;cut off&gt;" in page.text
    assert "too long ago" not in page.text
