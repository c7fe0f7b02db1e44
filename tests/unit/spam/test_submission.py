from dataclasses import FrozenInstanceError

import pytest

from moderation.spam.submission import Submission


def test_hosts_come_from_the_text_and_the_website() -> None:
    submission = Submission(
        body="https://www.a.example and https://b.example/x",
        website="https://c.example/",
    )

    assert submission.link_hosts == {"a.example", "b.example", "c.example"}


def test_a_reading_is_made_once() -> None:
    submission = Submission(body="See https://a.example")

    assert submission.links is submission.links


def test_a_submission_can_not_be_changed() -> None:
    submission = Submission(body="Hello.")

    with pytest.raises(FrozenInstanceError):
        submission.body = "Bye."  # type: ignore[misc]
