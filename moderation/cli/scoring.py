"""Owns runs of the filter over labelled files: cold, or learning on the way."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from moderation.cli.judges import LearningJudge
from moderation.cli.labelled import LabelledFile
from moderation.cli.measures import Scores
from moderation.spam.cold import make_cold_context
from moderation.spam.learning import Label
from moderation.spam.pipeline import judge
from moderation.spam.prior import Prior
from moderation.spam.registry import HEURISTICS, Heuristic
from moderation.spam.trial import make_heuristics
from moderation.spam.verdict import Verdict

# Comments of a file after which a site is taken to have learnt something.
WARM_UP = 50


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """The verdicts on comments known to be spam and to be ham."""

    spam: list[Verdict] = field(default_factory=list)
    ham: list[Verdict] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a filter gave to the comments of a file.

    The later ones are those after the first `WARM_UP`.
    """

    scores: Scores = field(default_factory=Scores)
    later_scores: Scores = field(default_factory=Scores)
    later_verdicts: Verdicts = field(default_factory=Verdicts)

    @classmethod
    def join(cls, runs: Iterable["Run"]) -> "Run":
        """Return one run of all comments of some."""
        joined = cls()
        for run in runs:
            joined.scores.extend(run.scores)
            joined.later_scores.extend(run.later_scores)
            joined.later_verdicts.spam.extend(run.later_verdicts.spam)
            joined.later_verdicts.ham.extend(run.later_verdicts.ham)
        return joined


@dataclass(frozen=True, kw_only=True)
class Labels:
    """How labels are learnt: a share of them the wrong way round, chosen by `seed`."""

    flipped: float = 0.0
    seed: int = 7


def score_cold(file: LabelledFile, prior: Prior | None) -> Run:
    """Return the scores of a file's comments, each judged as if it were the first.

    Without `prior` the filter judges as it is shipped.
    """
    heuristics = _choose_heuristics(prior)
    run = Run()
    for row in file.rows:
        context = make_cold_context(row.submission)
        score = judge(row.submission, context, heuristics=heuristics).score
        (run.scores.spam if row.is_spam else run.scores.ham).append(score)
    return run


def score_learning(file: LabelledFile, prior: Prior | None, labels: Labels) -> Run:
    """Return scores and verdicts, the label of each comment learnt after it."""
    judge = LearningJudge(_choose_heuristics(prior))
    chance = random.Random(labels.seed)  # noqa: S311 - no secret is made of it
    run = Run()
    for place, row in enumerate(file.rows):
        judgement, verdict = judge.judge(row.submission)
        _note(run, judgement.score, verdict, is_spam=row.is_spam, place=place)
        is_flipped = chance.random() < labels.flipped
        is_learnt_as_spam = row.is_spam is not is_flipped
        label = Label.SPAM if is_learnt_as_spam else Label.HAM
        judge.learn(row.submission, judgement, label)
    return run


def _choose_heuristics(prior: Prior | None) -> tuple[Heuristic, ...]:
    return HEURISTICS if prior is None else make_heuristics(prior)


def _note(
    run: Run, score: float, verdict: Verdict, *, is_spam: bool, place: int
) -> None:
    (run.scores.spam if is_spam else run.scores.ham).append(score)
    if place < WARM_UP:
        return
    (run.later_scores.spam if is_spam else run.later_scores.ham).append(score)
    verdicts = run.later_verdicts
    (verdicts.spam if is_spam else verdicts.ham).append(verdict)
