"""Owns the rehearsal: how the filter would have done, learning from what is imported.

Each comment is judged by what those before it taught, then teaches, too. What a
judgement found is kept as if the comment had come by the form.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from moderation.domain.policy import Policy
from moderation.spam.cold import make_cold_context
from moderation.spam.learning import Label, find_evidence
from moderation.spam.notebook import Notebook
from moderation.spam.pipeline import Judgement, judge
from moderation.spam.submission import Submission
from moderation.spam.twins import sketch_text
from moderation.spam.verdict import Verdict, decide_verdict
from moderation.spam.weighing import list_shipped

# Enough to tell; a rehearsal of all comments of a large import would take an hour.
MOST_REHEARSED = 500
# Of the first a new site knows nothing, whatever it may learn later.
WARM_UP = 50


class Tried(NamedTuple):
    """What the filter made of a comment, and what it was."""

    label: Label
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What the usual thresholds did to the comments after the first `WARM_UP`.

    Of the spam some was published, of the ham some was held or filed as spam. One in
    `step` labelled comments was tried.
    """

    spam: int = 0
    ham: int = 0
    published_spam: int = 0
    held_ham: int = 0
    filed_ham: int = 0
    step: int = 1


class Rehearsal:
    """A filter that learns in memory."""

    def __init__(self, *, labelled: int) -> None:
        self._step = find_step(labelled)
        self._seen = 0
        self._notebook = Notebook()

    def is_next(self) -> bool:
        """Return whether the next labelled comment is rehearsed."""
        self._seen += 1
        return (self._seen - 1) % self._step == 0

    def judge(self, submission: Submission) -> Judgement:
        """Return the judgement by what was learnt so far."""
        return self._judge(submission)[0]

    def learn(self, submission: Submission, label: Label) -> tuple[Judgement, Tried]:
        """Judge a comment, learn its label, and return what was made of it."""
        judgement, labels = self._judge(submission)
        verdict = decide_verdict(
            judgement, policy=Policy.HOLD_SUSPECT, labels_of_each_kind=labels
        )
        shipped = list_shipped(signal.name for signal in judgement.signals)
        evidence = find_evidence(submission, shipped)
        self._notebook.learn(evidence, judgement.inputs, label)
        sketch = sketch_text(submission.body)
        self._notebook.note_text(submission, sketch, label)
        return judgement, Tried(label, verdict)

    def _judge(self, submission: Submission) -> tuple[Judgement, int]:
        learnt = self._notebook.read(submission)
        context = replace(
            make_cold_context(submission),
            learnt=learnt,
            twins=self._notebook.find_twins(submission, sketch_text(submission.body)),
        )
        return judge(submission, context), learnt.totals.smaller


def find_step(labelled: int) -> int:
    """Return how many labelled comments one stands for that is rehearsed.

    The same all through, whatever comes first.
    """
    return -(-labelled // MOST_REHEARSED) or 1


def find_expectation(tried: Sequence[Tried], *, step: int) -> Expectation:
    """Return how the filter did after it had learnt a little."""
    later = tried[WARM_UP:]
    spam = [one.verdict for one in later if one.label is Label.SPAM]
    ham = [one.verdict for one in later if one.label is Label.HAM]
    return Expectation(
        spam=len(spam),
        ham=len(ham),
        published_spam=spam.count(Verdict.PUBLISH),
        held_ham=ham.count(Verdict.HOLD),
        filed_ham=ham.count(Verdict.SPAM),
        step=step,
    )


def list_names(judgement: Judgement) -> Sequence[str]:
    """Return the names of the shipped signals that a judgement has."""
    return list(list_shipped(signal.name for signal in judgement.signals))
