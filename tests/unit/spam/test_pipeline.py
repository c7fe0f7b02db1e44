import logging
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.spam.calibration import find_calibration
from moderation.spam.context import Context
from moderation.spam.pipeline import BASELINE, compute_score, judge
from moderation.spam.points import POINTS
from moderation.spam.prior import calibrate
from moderation.spam.registry import HEURISTICS
from moderation.spam.signal import Signal
from moderation.spam.submission import Submission

# Any code point, lone surrogates too, and what the patterns look for.
CHARACTERS = st.text(st.characters(codec=None), max_size=60)
PIECES = st.sampled_from(
    [
        "https://a.xyz/b ",
        "www.bit.ly",
        "<a href=x.example>",
        "</a>",
        "[url=a.example]",
        "[/url]",
        "[x](https://b.example)",
        "a@b.example ",
        "+44 20 7946 0123",
        "online casino ",
        "click here ",
        "$5",
        "?",
        "`x`",
        "c\u0430sino",
        "\u0130",
        "\n",
    ]
)
TEXTS = st.lists(CHARACTERS | PIECES, max_size=12).map("".join)
SUBMISSIONS = st.builds(
    Submission, body=TEXTS, author=TEXTS, website=TEXTS, is_reply=st.booleans()
)


TWO = Signal(name="two", weight=2.0, reason="It is two.")
THREE = Signal(name="three", weight=-3.0, reason="It is minus three.")


def find_nothing(_submission: Submission, _context: Context) -> None:
    return None


def find_two(_submission: Submission, _context: Context) -> Signal:
    return TWO


def find_three(_submission: Submission, _context: Context) -> Signal:
    return THREE


def break_down(submission: Submission, _context: Context) -> None:
    raise RuntimeError(submission.body)


def test_without_signals_the_calibrated_baseline_is_the_score() -> None:
    judgement = judge(Submission(body="Hello."), heuristics=[find_nothing])

    assert [signal.name for signal in judgement.signals] == ["baseline", "calibration"]
    assert math.log(judgement.score / (1 - judgement.score)) == pytest.approx(
        calibrate(BASELINE.weight)
    )


def test_every_heuristic_runs_and_the_strongest_signal_comes_first() -> None:
    judgement = judge(Submission(body="Hello."), heuristics=[find_two, find_three])

    calibration = find_calibration([BASELINE])
    assert judgement.signals == (THREE, TWO, BASELINE, calibration)
    assert judgement.score == pytest.approx(
        1 / (1 + math.exp(-(BASELINE.weight + calibration.weight + 2 - 3)))
    )


@pytest.mark.parametrize("weight", [math.nan, math.inf, -math.inf])
def test_a_weight_that_is_no_finite_number_is_a_failure(weight: float) -> None:
    def find_broken(_submission: Submission, _context: Context) -> Signal:
        return Signal(name="broken", weight=weight, reason="It divides by nothing.")

    judgement = judge(Submission(body="Hello."), heuristics=[find_broken, find_two])

    assert judgement.failures == ("find_broken",)
    assert TWO in judgement.signals
    assert 0 < judgement.score < 1


def test_a_failure_is_named_and_the_others_still_count() -> None:
    judgement = judge(Submission(body="Hello."), heuristics=[break_down, find_two])

    assert judgement.failures == ("break_down",)
    names = {signal.name for signal in judgement.signals}
    assert names == {"baseline", "calibration", "two"}


def test_a_failure_is_logged_without_the_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    judge(Submission(body="my secret"), heuristics=[break_down])

    assert len(caplog.records) == 1
    assert caplog.records[0].levelno == logging.ERROR
    assert "break_down" in caplog.text
    assert "RuntimeError" in caplog.text
    assert "my secret" not in caplog.text


@pytest.mark.parametrize("weight", [-1e6, -800.0, 0.0, 800.0, 1e6])
def test_no_weight_is_too_large_for_the_score(weight: float) -> None:
    score = compute_score([Signal(name="x", weight=weight, reason="")])

    assert 0 <= score <= 1


@given(submission=SUBMISSIONS)
@settings(deadline=None)
def test_any_text_is_judged(submission: Submission) -> None:
    judgement = judge(submission, Context(thread_scripts=frozenset({"Latin"})))

    assert judgement.failures == ()
    assert 0 < judgement.score < 1
    log_odds = math.fsum(signal.weight for signal in judgement.signals)
    assert judgement.score == pytest.approx(1 / (1 + math.exp(-log_odds)))


@given(submission=SUBMISSIONS)
@settings(deadline=None)
def test_spans_lie_in_their_fields(submission: Submission) -> None:
    judgement = judge(submission)

    for signal in judgement.signals:
        for span in signal.spans:
            assert 0 <= span.start < span.end <= len(getattr(submission, span.field))


@given(submission=SUBMISSIONS)
@settings(deadline=None)
def test_each_signal_is_given_once_and_with_a_reason(submission: Submission) -> None:
    signals = judge(submission).signals

    assert len({signal.name for signal in signals}) == len(signals)
    assert all(signal.reason.endswith(".") for signal in signals)
    computed = {"prior_words", "calibration"}
    assert all(s.weight == POINTS[s.name] for s in signals if s.name not in computed)


# What an ordinary visitor writes must stay below the line of publication.
@pytest.mark.parametrize(
    "body",
    [
        "Thank you, this helped me a lot.",
        "I started on fluoxetine last week. Does the nausea go away?",
        "My therapist says pills are no shame. You are not alone, write any time.",
        "I use the same trick, but with `git stash` before it.",
        "Den Fehler hatte ich auch, nach dem Neustart war er weg.",
    ],
)
def test_honest_comments_score_low(body: str) -> None:
    assert judge(Submission(body=body)).score < 0.10


@pytest.mark.parametrize(
    "body",
    [
        # A posting program.
        '<a href="https://a.xyz">cheap watches</a> <a href="https://b.xyz">bags</a>',
        # Three links to casinos.
        "Best online casino https://a.example https://b.example https://c.example",
        # A lender who wants a letter.
        "Payday loans and personal loans of $5,000: apply now, a.b@mail.example",
        # A spell-caster.
        "This love spell brought my ex back! Contact him: +234 800 000 0000",
    ],
)
def test_plain_spam_scores_high(body: str) -> None:
    assert judge(Submission(body=body)).score > 0.5


def test_the_registry_names_every_heuristic_once() -> None:
    assert len(set(HEURISTICS)) == len(HEURISTICS)
