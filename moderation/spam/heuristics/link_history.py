"""Looks at what became of earlier comments that linked to the same sites."""

from moderation.spam.context import Context
from moderation.spam.points import POINTS
from moderation.spam.signal import Signal, mark
from moderation.spam.submission import Submission


def find_link_history(submission: Submission, context: Context) -> Signal | None:
    """Return a signal if a host was linked from spam before, or from approved comments.

    Catches the domain of a campaign whatever text comes with it. Trips on links into
    large platforms that both kinds use: those count as neither. Approval earns little:
    anyone can link to a well-known site. Weights: not measured, conservative.
    """
    hosts = submission.link_hosts
    spam = {host for host in hosts if _is_worse(host, context)}
    approved = {host for host in hosts if context.link_hosts_approved.get(host)}
    if spam:
        name, reason = "spam_host", "Earlier spam linked to the same site."
    elif approved and approved == hosts:
        name = "approved_host"
        reason = "Approved comments linked to the same site before."
    else:
        return None
    links = submission.links
    return Signal(
        name=name,
        weight=POINTS[name],
        reason=reason,
        spans=mark(
            "body",
            ((link.start, link.end) for link in links if link.host in spam | approved),
        ),
    )


def _is_worse(host: str, context: Context) -> bool:
    """Return whether more spam than approved comments linked to the host."""
    spam = context.link_hosts_spam.get(host, 0)
    return spam > context.link_hosts_approved.get(host, 0)
