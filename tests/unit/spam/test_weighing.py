import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.spam.context import Context
from moderation.spam.learning import Label, Learnt, Tally, find_evidence
from moderation.spam.notebook import Notebook
from moderation.spam.pipeline import compute_score, judge
from moderation.spam.signal import Signal
from moderation.spam.stacker import INPUTS, SCALE, Group
from moderation.spam.submission import Submission
from moderation.spam.weighing import list_shipped, weigh_signals

SPAM = Submission(
    body='Cheap <a href="http://watches.top/1">replica watches</a>, visit my shop',
    author="Replica Watches",
    email="shop@watches.example",
)
HAM = Submission(
    body="I moved my vim plugins into one file last year. Does it start faster?",
    author="Ada",
    email="ada@example.org",
)
SIGNALS = st.lists(
    st.builds(
        Signal,
        name=st.sampled_from(
            [
                "baseline",
                "website",
                "calibration",
                "site_words",
                "honeypot",
                "spam_host",
            ]
        ),
        weight=st.floats(-12, 12),
        reason=st.just("So it is."),
    ),
    max_size=8,
)


def teach(notebook: Notebook, submission: Submission, label: Label) -> None:
    judgement = judge(submission, Context(learnt=notebook.read(submission)))
    shipped = list_shipped(signal.name for signal in judgement.signals)
    notebook.learn(find_evidence(submission, shipped), judgement.inputs, label)


@pytest.fixture
def taught() -> Notebook:
    notebook = Notebook()
    for _ in range(30):
        teach(notebook, SPAM, Label.SPAM)
        teach(notebook, HAM, Label.HAM)
    return notebook


@pytest.mark.parametrize("submission", [SPAM, HAM])
def test_before_the_first_decision_the_shipped_filter_judges_alone(
    submission: Submission,
) -> None:
    cold = judge(submission)

    judged = judge(submission, Context(learnt=Learnt()))

    assert (judged.score, judged.signals) == (cold.score, cold.signals)
    assert len(judged.inputs) == len(INPUTS)


def test_decisions_move_the_score_their_way(taught: Notebook) -> None:
    for submission, sign in ((SPAM, 1), (HAM, -1)):
        cold = judge(submission).score
        warm = judge(submission, Context(learnt=taught.read(submission))).score
        assert sign * (warm - cold) > 0


def test_a_site_can_teach_that_its_readers_talk_of_code() -> None:
    notebook = Notebook()
    watch = Submission(body="I like replica watches of brass, from the museum shop")
    for _ in range(40):
        teach(notebook, watch, Label.HAM)
        teach(notebook, Submission(body="Buy slots at our casino"), Label.SPAM)

    judgement = judge(watch, Context(learnt=notebook.read(watch)))

    words = next(s for s in judgement.signals if s.name == "site_words")
    assert words.weight < -1
    assert judgement.score < 0.02


def test_the_weights_shown_add_up_to_the_score(taught: Notebook) -> None:
    judgement = judge(SPAM, Context(learnt=taught.read(SPAM)))

    total = math.fsum(signal.weight for signal in judgement.signals)
    assert judgement.score == pytest.approx(1 / (1 + math.exp(-total)))
    names = {signal.name for signal in judgement.signals}
    assert {"site_words", "site_balance", "spam_host", "author_of_spam"} <= names


@given(SIGNALS, st.integers(1, 500), st.integers(0, 500))
def test_no_signal_is_lost_or_made_to_say_the_opposite(
    signals: list[Signal], spam: int, ham: int
) -> None:
    weighed = weigh_signals(signals, Learnt(totals=Tally(spam=spam, ham=ham)))

    *same, balance = weighed.signals
    assert balance.name == "site_balance"
    assert [s.name for s in same] == [s.name for s in signals]
    assert all(
        new.weight * old.weight >= 0 for new, old in zip(same, signals, strict=True)
    )
    assert all(map(math.isfinite, [compute_score(weighed.signals), *weighed.inputs]))


def test_the_shipped_filter_counts_up_to_a_limit() -> None:
    much = [Signal(name="website", weight=50.0, reason="Too much.")]

    weighed = weigh_signals(much, Learnt(totals=Tally(spam=10_000, ham=10_000)))

    assert sum(signal.weight for signal in weighed.signals) < 7
    assert weighed.inputs[INPUTS.index(Group.PRIOR)] == 6 * SCALE


def test_where_comments_start_is_no_signal_of_theirs() -> None:
    names = ["baseline", "calibration", "site_words", "website", "fast_form"]

    assert list_shipped(names) == {"website"}
