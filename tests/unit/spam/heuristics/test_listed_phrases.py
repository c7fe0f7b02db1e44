import pytest

from moderation.spam.context import Context
from moderation.spam.heuristics.listed_phrases import find_listed_phrases
from moderation.spam.points import POINTS
from moderation.spam.submission import Submission


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        # One.
        ("Our online casino is open.", ["online casino"]),
        # Twice the same: the first place.
        ("Payday loans! PAYDAY LOANS!", ["Payday loans"]),
    ],
)
def test_listed_phrases_are_marked(body: str, marked: list[str]) -> None:
    submission = Submission(body=body)

    signal = find_listed_phrases(submission, Context())

    assert signal is not None
    assert [body[span.start : span.end] for span in signal.spans] == marked
    assert {span.field for span in signal.spans} == {"body"}


@pytest.mark.parametrize(
    "body",
    [
        # Medication.
        "The doctor put me on sertraline and these pills do help me sleep.",
        # Therapy.
        "Therapy online was cheaper for me than seeing a therapist in town.",
        # Prescriptions.
        "My pharmacy would not fill the prescription for Xanax or Adderall.",
        # A drug with a name in spam.
        "Viagra and Cialis did nothing for me on antidepressants.",
        # Weight and eating.
        "I lost weight, then took weight loss pills, which made my depression worse.",
        # Debts.
        "I owe so much money that I cannot sleep, the loan eats me up.",
        # Sex.
        "Since the medication I have no interest in sex or dating.",
    ],
)
def test_people_who_write_about_treatment_do_not_trip(body: str) -> None:
    submission = Submission(body=body)

    signal = find_listed_phrases(submission, Context())

    assert signal is None


# The measured steps: one phrase, two to four, five or more; repeating one adds nothing.
@pytest.mark.parametrize(
    ("body", "step"),
    [
        ("payday loans", 1),
        ("payday loans payday loans", 1),
        ("payday loans, love spell", 2),
        ("payday loans, love spell, seo services, online casino", 2),
        ("payday loans, love spell, seo services, online casino, call girls", 5),
    ],
)
def test_more_different_phrases_weigh_more(body: str, step: int) -> None:
    linked = Submission(body=body, website="https://a.example")

    signal = find_listed_phrases(Submission(body=body), Context())
    stronger = find_listed_phrases(linked, Context())

    assert signal is not None
    assert stronger is not None
    assert signal.weight == POINTS[f"unlinked_phrases_{step}"]
    assert stronger.weight == POINTS[f"listed_phrases_{step}"] > signal.weight
