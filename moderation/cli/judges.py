"""Owns who judges the lines of a run: the shipped filter, or one that learns."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol

from moderation.domain.policy import Policy
from moderation.spam.cold import make_cold_context
from moderation.spam.context import Context
from moderation.spam.learning import Label, find_evidence
from moderation.spam.notebook import Notebook
from moderation.spam.pipeline import Judgement, judge
from moderation.spam.registry import HEURISTICS, Heuristic
from moderation.spam.submission import Submission
from moderation.spam.twins import sketch_text
from moderation.spam.verdict import Verdict, decide_verdict
from moderation.spam.weighing import list_shipped

# The filter alone decides: there is no site here that could want more held.
POLICY = Policy.HOLD_SUSPECT


class Answer(NamedTuple):
    """A judgement, and what is done with the comment."""

    judgement: Judgement
    verdict: Verdict


class Judge(Protocol):
    """Judges submissions, and learns the labels of some of them when told."""

    def judge(self, submission: Submission) -> Answer:
        """Return the answer to a submission, by what has been learnt so far."""

    def learn(self, submission: Submission, judgement: Judgement, label: Label) -> None:
        """Learn the label of a submission judged before."""


class ColdJudge:
    """The shipped filter alone."""

    def judge(self, submission: Submission) -> Answer:
        """Return the answer of the shipped filter."""
        judgement = judge(submission, make_cold_context(submission))
        return Answer(judgement, decide_verdict(judgement, policy=POLICY))

    def learn(self, submission: Submission, judgement: Judgement, label: Label) -> None:
        """Learn nothing."""


class LearningJudge:
    """A filter that learns like that of a site, and forgets when the run ends."""

    def __init__(self, heuristics: Sequence[Heuristic] = HEURISTICS) -> None:
        self._notebook = Notebook()
        self._heuristics = heuristics

    def judge(self, submission: Submission) -> Answer:
        """Return the answer by what this run has learnt so far."""
        context = self._gather_context(submission)
        judgement = judge(submission, context, heuristics=self._heuristics)
        labels = context.learnt.totals.smaller if context.learnt else 0
        verdict = decide_verdict(judgement, policy=POLICY, labels_of_each_kind=labels)
        return Answer(judgement, verdict)

    def learn(self, submission: Submission, judgement: Judgement, label: Label) -> None:
        """Learn a label, and remember the text."""
        shipped = list_shipped(signal.name for signal in judgement.signals)
        evidence = find_evidence(submission, shipped)
        self._notebook.learn(evidence, judgement.inputs, label)
        self._notebook.note_text(submission, sketch_text(submission.body), label)

    def _gather_context(self, submission: Submission) -> Context:
        return replace(
            make_cold_context(submission),
            learnt=self._notebook.read(submission),
            twins=self._notebook.find_twins(submission, sketch_text(submission.body)),
        )
