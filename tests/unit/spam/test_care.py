from pathlib import Path
from time import process_time

import pytest

from moderation.domain.policy import Policy
from moderation.domain.rules import RuleAction, RuleKind, RuleScope
from moderation.spam.care import CARE, SHIPPED_PHRASES, find_care
from moderation.spam.context import Context
from moderation.spam.learning import Learnt, Tally
from moderation.spam.pipeline import judge
from moderation.spam.rules import read_rule
from moderation.spam.submission import Submission
from moderation.spam.verdict import FEWEST_LABELS, Verdict, decide_verdict
from moderation.spam.weighing import list_shipped

DOCUMENT = Path(__file__).parents[3] / "docs" / "care.md"
TEXT = "Nothing helps. I want to die, and nobody would notice."
CARING = Context(care_phrases=SHIPPED_PHRASES)


def find_marked(text: str, *phrases: str) -> list[str]:
    signal = find_care(Submission(body=text), phrases or SHIPPED_PHRASES)
    return [text[span.start : span.end] for span in signal.spans] if signal else []


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("I want to die.", ["want to die"]),
        # Capitals, line breaks and marks between the words make no difference.
        ("I WANT, to\ndie", ["WANT, to\ndie"]),
        # Nor do the two apostrophes.
        ("I don't want to live", ["don't want to live"]),
        ("I don’t want to live", ["don’t want to live"]),
        # German, with an umlaut written as one character or as two.
        ("Ich möchte sterben", ["möchte sterben"]),
        ("Ich mo\u0308chte sterben", ["mo\u0308chte sterben"]),
        # Twice is marked twice.
        ("want to die, want to die", ["want to die", "want to die"]),
        # Words are whole.
        ("I want to diet", []),
        ("want to", []),
        # Who writes about the subject says nothing of himself.
        ("A study of suicide among farmers", []),
        ("", []),
    ],
)
def test_phrases_are_found_however_they_are_written(
    text: str, marked: list[str]
) -> None:
    assert find_marked(text) == marked


def test_the_longer_of_two_phrases_is_found_as_well() -> None:
    assert find_marked("my way out now", "my way home", "my way out") == ["my way out"]


def test_without_phrases_nothing_is_looked_for() -> None:
    assert find_care(Submission(body=TEXT), ()) is None


def test_the_evidence_weighs_nothing_and_comes_first() -> None:
    plain, caring = judge(Submission(body=TEXT)), judge(Submission(body=TEXT), CARING)

    assert (plain.needs_care, caring.needs_care) == (False, True)
    assert caring.signals[0].name == CARE
    assert caring.signals[1:] == plain.signals
    assert caring.score == plain.score


def test_it_teaches_nothing() -> None:
    taught = Learnt(totals=Tally(30, 30))
    plain = judge(Submission(body=TEXT), Context(learnt=taught))

    caring = judge(
        Submission(body=TEXT), Context(learnt=taught, care_phrases=SHIPPED_PHRASES)
    )

    assert caring.inputs == plain.inputs
    assert CARE not in list_shipped(signal.name for signal in caring.signals)


SPAM_TEXT = f"{TEXT} CHEAP pills <a href=http://pills.xyz>buy now</a> casino " * 3


@pytest.mark.parametrize("text", [TEXT, SPAM_TEXT])
@pytest.mark.parametrize("policy", list(Policy))
@pytest.mark.parametrize("action", [*RuleAction, None])
def test_a_person_reads_it_whatever_else_is_true(
    text: str, policy: Policy, action: RuleAction | None
) -> None:
    rules = (
        (
            read_rule(
                action=action,
                kind=RuleKind.WORD,
                scope=RuleScope.ANY,
                value="nobody",
                rule_id=1,
            ),
        )
        if action
        else ()
    )

    judgement = judge(
        Submission(body=text), Context(care_phrases=SHIPPED_PHRASES, rules=rules)
    )
    verdict = decide_verdict(
        judgement,
        policy=policy,
        labels_of_each_kind=FEWEST_LABELS,
        is_author_known=True,
    )

    assert verdict is Verdict.HOLD


@pytest.mark.parametrize("word", ["want ", "want to ", "I'm ", "\u00ad", "a"])
def test_the_time_grows_with_the_text_alone(word: str) -> None:
    text = (word * 65_525)[:65_525]
    find_care(Submission(body=text), SHIPPED_PHRASES)

    start = process_time()
    find_care(Submission(body=text), SHIPPED_PHRASES)

    assert process_time() - start < 1


def test_the_shipped_phrases_are_published() -> None:
    published = DOCUMENT.read_text(encoding="utf-8")

    listed = [line[2:] for line in published.splitlines() if line.startswith("- “")]

    assert listed == [f"“{phrase}”" for phrase in SHIPPED_PHRASES]
