import gzip
import threading
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from moderation.config import Settings
from moderation.delivery.importer import Importer
from moderation.domain.roles import Role
from moderation.services.access import OPERATOR
from moderation.services.erasing import erase_person
from moderation.services.imports.turns import take_turn
from moderation.services.imports.uploads import FOLDER, forget_uploads
from moderation.storage.models import (
    Comment,
    LearntSite,
    Lesson,
    SiteChange,
    Upload,
    UploadState,
)
from moderation.storage.models.base import now
from moderation.storage.session import Database
from tests.factories import make_site
from tests.unit.formats.samples import write_wxr, write_wxr_comment
from tests.web.visiting import Visitor, add_account, visit

PAGE = "/moderate/sites/blog/import"
JSON = {"Accept": "application/json"}
FILE = write_wxr(
    write_wxr_comment(1), write_wxr_comment(2, approved="spam", body="Buy pills")
).encode()

Work = Callable[[], None]


@pytest.fixture
def work(settings: Settings, database: Database) -> Work:
    """Return what does all a worker finds to do."""
    return make_importer(settings, database).run


def make_importer(settings: Settings, database: Database) -> Importer:
    return Importer(
        database=database, data_dir=settings.data_dir, is_stopping=threading.Event()
    )


def send(visitor: Visitor, data: bytes = FILE, **fields: str) -> int:
    """Send a file with the form, as a browser without scripts does."""
    form = {"csrf_token": visitor.find_token(), "learns": "yes", **fields}
    answer = visitor.client.post(
        PAGE,
        data={"file": (BytesIO(data), "../../etc/passwd"), "format": "", **form},
        content_type="multipart/form-data",
    )
    return answer.status_code


def send_piece(visitor: Visitor, number: int, data: bytes, *, at: int) -> int:
    answer = visitor.client.post(
        f"{PAGE}/{number}/piece?at={at}",
        data=data,
        headers={"X-CSRFToken": visitor.find_token(), **JSON},
        content_type="application/octet-stream",
    )
    return answer.status_code


def read_upload(database: Database) -> Upload:
    with database.read() as session:
        upload = session.scalars(select(Upload).order_by(Upload.id.desc())).first()
    assert upload is not None
    return upload


def count(database: Database, model: type[Comment | Lesson]) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_file_is_looked_at_then_moved_in_and_deleted(
    alice: Visitor, database: Database, settings: Settings, work: Work
) -> None:
    sent = send(alice)
    work()
    looked = alice.get(PAGE)
    before = count(database, Comment)

    accepted = alice.post(f"{PAGE}/{read_upload(database).id}/accept")
    work()
    done = alice.get(PAGE)

    assert (sent, accepted.status_code) == (303, 303)
    assert "Import now" in looked.text
    assert before == 0
    assert (count(database, Comment), count(database, Lesson)) == (2, 2)
    assert "Moved in" in done.text
    assert "expected: too few labelled comments to tell" in done.text
    assert list((settings.data_dir / FOLDER).iterdir()) == []
    with database.read() as session:
        texts = session.scalars(select(SiteChange.text).order_by(SiteChange.id)).all()
    assert texts == [
        "Began to import a file (wxr).",
        "Imported a file: 2 new comments.",
    ]


def test_a_file_comes_in_pieces_and_again_where_it_was_interrupted(
    alice: Visitor, database: Database, settings: Settings, work: Work
) -> None:
    data = gzip.compress(FILE)
    half = len(data) // 2
    fields = {"csrf_token": alice.find_token(), "format": "wxr", "size": str(len(data))}

    begun = alice.client.post(PAGE, data=fields, headers=JSON).get_json()
    statuses = [
        send_piece(alice, begun["id"], data[:half], at=0),
        # The answer was lost, so it is sent again, and more with it.
        send_piece(alice, begun["id"], data[: half + 5], at=0),
        # What lies between is missing.
        send_piece(alice, begun["id"], data[half + 9 :], at=half + 9),
        # More than was said.
        send_piece(alice, begun["id"], data + b"x", at=0),
        send_piece(alice, begun["id"], data[half + 5 :], at=half + 5),
        send_piece(alice, begun["id"], b"", at=len(data)),
    ]
    path = settings.data_dir / FOLDER / str(begun["id"])
    kept, mode = path.read_bytes(), path.stat().st_mode & 0o777
    work()

    assert statuses == [200, 200, 412, 422, 200, 412]
    assert (kept, mode) == (data, 0o600)
    assert read_upload(database).state is UploadState.LOOKED


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no export at all", "The format of this file is not known"),
        (FILE[:-40], "the file ends in the middle"),
    ],
)
def test_a_broken_file_is_told_of_and_deleted(
    alice: Visitor, settings: Settings, work: Work, data: bytes, words: str
) -> None:
    send(alice, data)
    work()

    page = alice.get(PAGE).text
    assert words in page
    assert "could not be read" in page
    assert list((settings.data_dir / FOLDER).iterdir()) == []


def test_a_worker_that_was_killed_is_followed_by_another(
    alice: Visitor, database: Database, work: Work
) -> None:
    send(alice)
    work()
    alice.post(f"{PAGE}/{read_upload(database).id}/accept")
    with database.write() as session:
        killed = take_turn(session, lease="killed", until=now() + timedelta(minutes=1))

    work()
    meanwhile = count(database, Comment)
    with database.write() as session:
        session.execute(update(Upload).values(lease_until=now() - timedelta(1)))
    work()

    assert killed is not None
    assert (meanwhile, count(database, Comment)) == (0, 2)
    assert read_upload(database).state is UploadState.DONE
    with database.read() as session:
        sums = session.execute(select(LearntSite.spam, LearntSite.ham)).one()
    assert tuple(sums) == (1, 1)


def test_what_was_cancelled_is_not_moved_in(
    alice: Visitor, database: Database, settings: Settings, work: Work
) -> None:
    send(alice)
    work()
    path = f"{PAGE}/{read_upload(database).id}"
    alice.post(f"{path}/accept")

    alice.post(f"{path}/cancel")
    late = alice.post(f"{path}/accept")
    work()

    assert late.status_code == 412
    assert count(database, Comment) == 0
    assert list((settings.data_dir / FOLDER).iterdir()) == []
    assert send(alice) == 303


def test_one_file_at_a_time_and_no_larger_than_the_setting(
    alice: Visitor, settings: Settings
) -> None:
    size = str(settings.import_megabytes * 1_000_000 + 1)
    too_large = alice.post(PAGE, size=size, format="wxr")
    unknown = alice.post(PAGE, size="5", format="word")

    statuses = [send(alice), send(alice)]

    assert (too_large.status_code, unknown.status_code) == (422, 422)
    assert "moderation import" in too_large.text
    assert statuses == [303, 422]


def test_only_owners_move_comments(bob: Visitor, alice: Visitor) -> None:
    send(alice)

    answers = [
        bob.get(PAGE),
        bob.post(PAGE, size="5"),
        bob.get(f"{PAGE}/1/progress"),
        bob.post(f"{PAGE}/1/piece?at=0"),
        bob.post(f"{PAGE}/1/accept"),
        bob.post(f"{PAGE}/1/cancel"),
        bob.post("/moderate/sites/blog/export", format="csv"),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert "Move in or out" not in bob.get("/moderate/sites/").text


def test_owners_of_other_sites_are_told_there_is_none(
    alice: Visitor, app: Flask, session: Session
) -> None:
    send(alice)
    make_site(session, key="other")
    session.commit()
    add_account(
        app, session, email="eve@example.org", role=Role.OWNER, site_key="other"
    )
    eve = visit(app, "eve@example.org")
    theirs = "/moderate/sites/other/import"

    answers = [
        eve.get(PAGE),
        eve.post(PAGE, size="5"),
        eve.post("/moderate/sites/blog/export", format="csv"),
        *(
            answer
            # The file of one site is not reached through another, either.
            for page in (PAGE, theirs)
            for answer in (
                eve.get(f"{page}/1/progress"),
                eve.post(f"{page}/1/piece?at=0"),
                eve.post(f"{page}/1/accept"),
                eve.post(f"{page}/1/cancel"),
            )
        ),
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_without_a_token_nothing_is_sent(alice: Visitor) -> None:
    answer = alice.client.post(PAGE, data={"size": "5"})

    assert answer.status_code == 400


def test_progress_is_told_until_there_is_a_report(alice: Visitor, work: Work) -> None:
    send(alice)

    waiting = alice.get(f"{PAGE}/1/progress")
    work()
    over = alice.get(f"{PAGE}/1/progress")

    assert "Waits for the worker" in waiting.text
    assert 'http-equiv="refresh"' not in alice.get(PAGE).text
    assert over.headers["HX-Refresh"] == "true"


def test_forgotten_files_are_deleted(
    alice: Visitor, database: Database, settings: Settings, work: Work
) -> None:
    send(alice)
    work()

    with database.write() as session:
        later = now() + timedelta(days=3)
        forget_uploads(session, settings.data_dir / FOLDER, at=later)

    assert list((settings.data_dir / FOLDER).iterdir()) == []
    assert "for two days" in read_upload(database).error


def test_erasing_somebody_gives_up_files_that_may_tell_of_them(
    alice: Visitor, database: Database, settings: Settings, work: Work
) -> None:
    send(alice)
    work()

    with database.write() as session:
        erase_person(session, OPERATOR, "ada@example.org")
    work()

    assert "Somebody was erased" in read_upload(database).error
    assert list((settings.data_dir / FOLDER).iterdir()) == []


@pytest.mark.parametrize(
    ("format_", "type_", "name"),
    [
        ("jsonl", "application/jsonl", "blog-comments.jsonl"),
        ("wxr", "application/xml; charset=utf-8", "blog-comments.xml"),
        ("csv", "text/csv; charset=utf-8", "blog-comments.csv"),
    ],
)
def test_all_comments_are_downloaded_as_a_file(
    alice: Visitor, comment: Comment, format_: str, type_: str, name: str
) -> None:
    answer = alice.post("/moderate/sites/blog/export", format=format_)
    log = alice.get("/moderate/sites/blog/log").text

    assert comment.email in answer.text
    assert answer.headers["Content-Type"] == type_
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert f"Exported all comments ({format_})." in log
