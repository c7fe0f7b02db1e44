import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from moderation.spam.formats import (
    LONGEST_BODY,
    SubmissionFormatError,
    read_submission,
    write_judgement,
)
from moderation.spam.pipeline import judge
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission
from moderation.spam.verdict import Verdict


def test_all_fields_are_read() -> None:
    submission = read_submission(
        {
            "id": "a1",
            "author": "Anna",
            "email": "anna@a.example",
            "url": "https://a.example",
            "ip": "192.0.2.1",
            "user_agent": "Browser/1",
            "date": "2026-01-31T12:00:00+01:00",
            "thread": "first-post",
            "reply": True,
            "body": "Hello.",
        }
    )

    assert submission == Submission(
        body="Hello.",
        author="Anna",
        email="anna@a.example",
        website="https://a.example",
        ip="192.0.2.1",
        user_agent="Browser/1",
        posted_at=datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(hours=1))),
        thread="first-post",
        is_reply=True,
    )


@pytest.mark.parametrize(
    "line",
    [
        {"id": 1, "body": "Hello."},
        {"id": "1", "body": "Hello.", "author": None, "reply": None, "date": None},
        # Labels and other fields are nobody's business here.
        {"id": "1", "body": "Hello.", "label": "spam", "x": []},
    ],
)
def test_only_id_and_body_are_needed(line: object) -> None:
    assert read_submission(line) == Submission(body="Hello.")


def test_the_longest_body_is_taken() -> None:
    body = LONGEST_BODY * "x"

    assert read_submission({"id": 1, "body": body}).body == body


def test_a_date_without_offset_is_utc() -> None:
    submission = read_submission({"id": 1, "body": "", "date": "2026-01-31T12:00:00"})

    assert submission.posted_at == datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        # No object.
        ([], "object"),
        ("text", "object"),
        (None, "object"),
        # Missing or of the wrong type.
        ({"body": "x"}, '"id"'),
        ({"id": None, "body": "x"}, '"id"'),
        ({"id": True, "body": "x"}, '"id"'),
        ({"id": 1}, '"body"'),
        ({"id": 1, "body": None}, '"body"'),
        ({"id": 1, "body": 5}, '"body"'),
        ({"id": 1, "body": "x", "author": 5}, '"author"'),
        ({"id": 1, "body": "x", "url": []}, '"url"'),
        ({"id": 1, "body": "x", "reply": "yes"}, '"reply"'),
        ({"id": 1, "body": "x", "date": "yesterday"}, '"date"'),
        ({"id": 1, "body": "x", "date": 5}, '"date"'),
        # Longer than any comment may be.
        ({"id": 1, "body": "x" * 65_526}, "65525"),
    ],
)
def test_anything_else_is_refused_by_name(line: object, named: str) -> None:
    with pytest.raises(SubmissionFormatError, match=named):
        read_submission(line)


def test_a_judgement_is_written_with_its_signals() -> None:
    body = "See https://a.xyz"
    judgement = judge(Submission(body=body))

    written = write_judgement("a1", judgement, Verdict.HOLD)

    assert list(written) == ["id", "score", "verdict", "signals"]
    assert (written["id"], written["verdict"]) == ("a1", "hold")
    assert written["score"] == judgement.score
    assert {
        "name": "risky_tld",
        "weight": POINTS["risky_tld"],
        "reason": "A link leads into a top-level domain that is often abused.",
        "spans": [{"field": "body", "start": 4, "end": 17}],
    } in written["signals"]
    assert json.loads(json.dumps(written)) == written
