import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.testimony import find_testimony
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # Three turns.
        ("My name is Ann. Dr Obi cured me.", ["My name is", "Dr Obi", "cured"]),
    ],
)
def test_a_tale_of_wonders_is_marked(body: str, marked: list[str]) -> None:
    signal = find_testimony(Submission(body=body), Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert (signal.name, signal.weight) == ("testimony_3", POINTS["testimony_3"])
    assert {span.field for span in signal.spans} <= {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # One doctor.
        "Dr Smith told me to wait.",
        # A cure.
        "I wish there was a cure, my doctor said no.",
        # Words that begin like a doctor's title.
        "I drank, took drugs and could not drive: a dreadful dream, a dry draft.",
        # None.
        "",
    ],
)
def test_a_patient_who_names_a_doctor_is_no_evidence(body: str) -> None:
    signal = find_testimony(Submission(body=body), Context())

    assert signal is None
