"""Owns what programs ask and tell of comments that are stored elsewhere."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from moderation.domain.rules import RuleAction
from moderation.services.judging import decide_arrival, gather_line_context
from moderation.spam.pipeline import Judgement, judge
from moderation.spam.submission import Submission
from moderation.spam.verdict import Verdict
from moderation.storage.models import Site

# Where there is only yes and no: more likely spam than not.
SPAM_FROM = 0.5


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """What a site makes of a comment, for those who know only yes and no."""

    judgement: Judgement
    verdict: Verdict

    @property
    def is_spam(self) -> bool:
        """Whether to keep it from being published at once.

        What the site would hold is more than half likely to be spam, or its owner
        wants to see it, or a part of the filter failed. A comment that needs care
        is no spam, whatever else it is.
        """
        if self.verdict is not Verdict.HOLD or self.judgement.needs_care:
            return self.verdict is Verdict.SPAM
        is_doubted = self.judgement.failures or self.judgement.rule is RuleAction.HOLD
        return bool(is_doubted) or self.judgement.score >= SPAM_FROM

    @property
    def is_certain(self) -> bool:
        """Whether nobody need ever look at it."""
        return self.verdict is Verdict.SPAM


def form_opinion(session: Session, site_id: int, submission: Submission) -> Opinion:
    """Return what a site makes of a comment; nothing is stored."""
    context = gather_line_context(session, site_id, submission)
    judgement = judge(submission, context)
    verdict = decide_arrival(session.get_one(Site, site_id), judgement, context)
    return Opinion(judgement=judgement, verdict=verdict)
