import math

import pytest

from moderation.spam.cold import make_cold_context
from moderation.spam.pipeline import judge
from moderation.spam.prior import DAMPING_WORDS, SHIPPED, Prior
from moderation.spam.submission import Submission
from moderation.spam.trial import make_heuristics
from moderation.spam.words import hash_token

TEXTS = (
    "",
    "I tried this in my code and it did not compile. What version do you use?",
    "Buy cheap viagra online https://pills.top call +1 555 123 4567, click here",
)


@pytest.mark.parametrize("body", TEXTS)
def test_the_shipped_prior_tried_out_judges_as_shipped(body: str) -> None:
    submission = Submission(body=body, website="https://a.example/shop/watches")
    context = make_cold_context(submission)

    tried = judge(submission, context, heuristics=make_heuristics(SHIPPED))

    assert tried.score == pytest.approx(judge(submission, context).score, abs=1e-12)


def test_another_prior_weighs_signals_and_words_anew() -> None:
    submission = Submission(body="frobnicate")
    points = {"baseline": 1.0, "no_link": -0.25, "blog_words": 2.0}
    prior = Prior(points=points, blog_words={hash_token("frobnicate"): 32})

    judgement = judge(submission, heuristics=make_heuristics(prior))

    weights = {signal.name: signal.weight for signal in judgement.signals}
    assert weights["no_link"] == -0.25
    damping = math.sqrt(len(submission.hashes) + DAMPING_WORDS)
    assert weights["prior_words"] == pytest.approx(2.0 / damping)
    starts = [s.weight for s in judgement.signals if s.name == "baseline"]
    assert sum(starts) == pytest.approx(1.0)
