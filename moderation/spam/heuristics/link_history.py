"""Looks at what became of earlier comments that linked to the same domains."""

from moderation.spam.context import Context
from moderation.spam.domains import find_domain
from moderation.spam.learning import find_domains, score_history
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission

# Labels given to both sides, and the log of the ratio that counts as one-sided.
ADDED, UNIT = 0.3, 3.0


def find_link_history(submission: Submission, context: Context) -> Signal | None:
    """Return a signal if moderators decided on comments with links to these domains.

    Catches the domain of a campaign whatever text comes with it. Trips on links into
    large platforms that both kinds use: their history is not one-sided. Approved
    domains speak for a comment only if it has no other, and little then: anyone can
    link to a well-known site. Weight: measured on the streams of four blogs.
    """
    learnt = context.learnt
    if learnt is None or not learnt.domains:
        return None
    scores = {
        domain: score_history(learnt.domains[domain], added=ADDED, unit=UNIT)
        for domain in find_domains(submission)
        if domain in learnt.domains
    }
    worst = max(scores.values(), default=0.0)
    if worst > 0:
        name, reason = "spam_host", "Earlier spam linked to the same site."
    elif worst < 0 and len(scores) == len(find_domains(submission)):
        name = "approved_host"
        reason = "Approved comments linked to the same site before."
    else:
        return None
    return Signal(
        name=name,
        weight=POINTS[name] * abs(worst),
        reason=reason,
        spans=mark(
            "body",
            (
                (link.start, link.end)
                for link in submission.links
                if scores.get(find_domain(link.host), 0.0) * worst > 0
            ),
        ),
    )
