"""Owns the rules that a comment suggests: block what it came with, or trust its author.

A rule and the decision on its comment are made together, or neither is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from moderation.domain.errors import ChangedMeanwhileError, InvalidInputError
from moderation.domain.networks import find_plain
from moderation.domain.rules import RuleAction, RuleKind, RuleScope
from moderation.domain.statuses import Action, Status
from moderation.domain.urls import find_host
from moderation.services.access import Actor, require_owner
from moderation.services.moves import Outcome
from moderation.services.queues import find_comment
from moderation.services.reviews import decide_comments
from moderation.services.rules import add_rule, parse_rule
from moderation.spam.belonging import find_promoted
from moderation.spam.rules import SiteRule
from moderation.spam.submission import Submission
from moderation.storage.models import Comment

DECISIONS = {RuleAction.SPAM: Action.SPAM, RuleAction.ALLOW: Action.APPROVE}
REACHED = {Action.SPAM: Status.SPAM, Action.APPROVE: Status.APPROVED}
STALE = (
    "Somebody has decided on this comment since you opened the page. Nothing was "
    "changed; look at it again."
)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A rule that a comment suggests, and what is decided on the comment with it.

    `name` tells the proposals of a comment apart.
    """

    name: str
    rule: SiteRule
    action: Action


def list_proposals(
    session: Session, actor: Actor, comment_id: int
) -> tuple[Comment, Sequence[Proposal]]:
    """Return a comment, and what can be proposed of it.

    :raises NotFoundError: if it is not the actor's to see.
    :raises NotAllowedError: if the actor is not the owner of its site.
    """
    comment = find_comment(session, actor, comment_id)
    require_owner(actor, comment.site_id)
    proposals = []
    if comment.email:
        proposals.append(
            _propose("trust", RuleAction.ALLOW, RuleKind.EMAIL, comment.email)
        )
        proposals.append(
            _propose("email", RuleAction.SPAM, RuleKind.EMAIL, comment.email)
        )
    submission = Submission(
        body=comment.body,
        author=comment.name,
        email=comment.email,
        website=comment.website,
    )
    own = [find_host(row.origin) for row in comment.site.origins]
    proposals += [
        _propose(f"domain-{domain}", RuleAction.SPAM, RuleKind.DOMAIN, domain)
        for domain in find_promoted(submission, own)
    ]
    if find_plain(comment.network):
        proposals.append(
            _propose("network", RuleAction.SPAM, RuleKind.NETWORK, comment.network)
        )
    return comment, [proposal for proposal in proposals if proposal is not None]


def find_proposal(proposals: Sequence[Proposal], name: str) -> Proposal | None:
    """Return the proposal of a name, the first if it is "".

    :raises InvalidInputError: if there is none of that name.
    """
    if not name:
        return proposals[0] if proposals else None
    for proposal in proposals:
        if proposal.name == name:
            return proposal
    raise InvalidInputError({"choice": ["This comment suggests no such rule."]})


def accept_proposal(
    session: Session, actor: Actor, comment_id: int, seen: int, name: str
) -> Outcome | None:
    """Make the rule, and decide on the comment; None if that stood so already.

    :raises InvalidInputError: if there is no such proposal, or the rule is there.
    :raises ChangedMeanwhileError: if the comment is not what was `seen` any more.
    :raises NotFoundError: as `list_proposals`; likewise NotAllowedError.
    """
    comment, proposals = list_proposals(session, actor, comment_id)
    proposal = find_proposal(proposals, name)
    if proposal is None:
        raise InvalidInputError({"choice": ["This comment suggests no rule."]})
    outcome = None
    if comment.status is not REACHED[proposal.action]:
        versions = {comment_id: seen}
        outcome = decide_comments(session, actor, versions, proposal.action)
        if outcome.stale:
            raise ChangedMeanwhileError(STALE)
    add_rule(session, actor, comment.site.key, proposal.rule)
    return outcome


def _propose(
    name: str, action: RuleAction, kind: RuleKind, value: str
) -> Proposal | None:
    """Return a proposal, None if there can be no such rule."""
    scope = RuleScope.EMAIL if kind is RuleKind.EMAIL else RuleScope.ANY
    try:
        rule = parse_rule(action=action, kind=kind, scope=scope, value=value)
    except InvalidInputError:
        return None
    return Proposal(name=name, rule=rule, action=DECISIONS[action])
