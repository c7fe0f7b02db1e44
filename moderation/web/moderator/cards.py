"""Owns what is shown of a comment to moderators: templates only lay it out."""

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.domain.campaigns import describe_campaign
from moderation.domain.scores import find_percent
from moderation.domain.statuses import MOVES, Action, Status
from moderation.domain.urls import find_host
from moderation.services.access import Actor
from moderation.services.histories import History
from moderation.spam.care import CARE
from moderation.spam.rules import is_rule
from moderation.storage.models import Audit, Campaign, Comment, SignalEvidence
from moderation.web.moderator.marking import (
    Piece,
    list_marks,
    mark_text,
    split_pieces,
)
from moderation.web.moderator.wording import AUDITS

BASELINE = "baseline"
RULE = "rule"
# What tells nothing of the comment itself comes last.
SAID_LAST = frozenset({BASELINE, "calibration"})
REASONS_SHOWN = 4
# As much as is read at a glance; the rest is a click away, on the same page.
CHARACTERS_SHOWN = 900
PARENT_CHARACTERS = 160
BELONGINGS_SHOWN = 2
LIKELY, UNLIKELY = 0.9, 0.1
# What is answered becomes public with the reply; spam is not worth one.
ANSWERED = {Status.HELD, Status.APPROVED}


@dataclass(frozen=True, kw_only=True)
class Reason:
    """A signal in a few words, its weight in log-odds, and which way it points."""

    text: str
    weight: str
    tone: str


@dataclass(frozen=True, kw_only=True)
class Belonging:
    """A campaign in a few words: how many wait, and what they have in common."""

    campaign_id: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """One comment, ready to be laid out.

    `audit` says why a comment that is not held waits for a moderator, or is "". `care`
    says that a person is to read this one first, or is "".
    `website_url` and `thread_url` are "" unless they are safe to link to. `score` is
    in percent, `tone` how it looks. `body_rest` is what is folded away at first.
    `has_contacts` is false for those who may not see e-mail and IP addresses; `email`
    is empty then. `history` is None if it was not asked for. `belongings` are the
    campaigns it belongs to in which others wait, too.
    """

    comment: Comment
    name: Sequence[Piece]
    email: Sequence[Piece]
    website: Sequence[Piece]
    website_url: str
    thread_title: str
    thread_url: str
    parent_excerpt: str
    body: Sequence[Piece]
    body_rest: Sequence[Piece]
    rest_characters: int
    rest_marks: int
    score: int
    tone: str
    reasons: Sequence[Reason]
    more_reasons: Sequence[Reason]
    failures: Sequence[str]
    audit: str
    care: str
    actions: Sequence[Action]
    has_contacts: bool
    can_reply: bool
    history: History | None
    belongings: Sequence[Belonging]


def make_card(
    comment: Comment,
    actor: Actor,
    *,
    history: History | None = None,
    campaigns: Sequence[Campaign] = (),
    is_whole: bool = False,
) -> Card:
    """Return the card of a comment whose site, thread, parent, signals are loaded.

    `is_whole` shows all of it unfolded.
    """
    has_contacts = actor.may_see_contacts(comment.site_id)
    actions = _list_actions(comment, actor)
    body = mark_text(comment.body, list_marks(comment.signals, "body"))
    shown, rest = (body, ()) if is_whole else split_pieces(body, CHARACTERS_SHOWN)
    reasons, more_reasons = _split_reasons(comment.signals, is_whole=is_whole)
    return Card(
        comment=comment,
        name=mark_text(comment.name, list_marks(comment.signals, "author")),
        email=mark_text(comment.email, list_marks(comment.signals, "email"))
        if has_contacts
        else (),
        website=mark_text(comment.website, list_marks(comment.signals, "website")),
        website_url=comment.website if find_host(comment.website) else "",
        thread_title=comment.thread.title or comment.thread.key,
        thread_url=comment.thread.url if find_host(comment.thread.url) else "",
        parent_excerpt=_make_excerpt(comment.parent),
        body=shown,
        body_rest=rest,
        rest_characters=sum(len(piece.text) for piece in rest),
        rest_marks=sum(bool(piece.reasons) for piece in rest),
        score=find_percent(comment.score),
        tone=find_tone(comment.score),
        reasons=reasons,
        more_reasons=more_reasons,
        failures=[name.replace("_", " ") for name in comment.failures],
        audit=AUDITS.get(comment.status, "") if comment.audit is Audit.OPEN else "",
        care=next((s.reason for s in comment.signals if s.name == CARE), ""),
        actions=actions,
        has_contacts=has_contacts,
        can_reply=bool(actions) and comment.status in ANSWERED,
        history=history,
        belongings=_list_belongings(campaigns),
    )


def list_reasons(signals: Sequence[SignalEvidence]) -> list[Reason]:
    """Return the reasons: rules, the strongest, and last where all comments start.

    That its author may be in danger is none: cards say so in another place.
    """
    ordered = sorted(
        (signal for signal in signals if signal.name != CARE),
        key=lambda signal: (
            signal.name in SAID_LAST,
            not is_rule(signal.name),
            -abs(signal.weight),
        ),
    )
    return [
        Reason(
            text=signal.reason,
            weight=_write_weight(signal),
            tone=_find_reason_tone(signal),
        )
        for signal in ordered
    ]


def _split_reasons(
    signals: Sequence[SignalEvidence], *, is_whole: bool
) -> tuple[list[Reason], list[Reason]]:
    """Return the reasons shown at once, and those a click away."""
    reasons = list_reasons(signals)
    number = len(reasons) if is_whole else REASONS_SHOWN
    return reasons[:number], reasons[number:]


def find_tone(score: float) -> str:
    """Return how a score looks: `bad`, `doubtful` or `good`."""
    if score >= LIKELY:
        return "bad"
    return "good" if score < UNLIKELY else "doubtful"


def _list_belongings(campaigns: Sequence[Campaign]) -> list[Belonging]:
    return [
        Belonging(
            campaign_id=campaign.id,
            text=describe_campaign(campaign.kind, campaign.key, campaign.held),
        )
        for campaign in campaigns
        if campaign.held > 1
    ][:BELONGINGS_SHOWN]


def _write_weight(signal: SignalEvidence) -> str:
    """Return the points of a signal; a rule has none, it decides."""
    if is_rule(signal.name):
        return RULE
    return f"{signal.weight:+.1f}".replace("-", "\u2212")


def _find_reason_tone(signal: SignalEvidence) -> str:
    if is_rule(signal.name):
        return "ruled"
    if signal.name in SAID_LAST:
        return "plain"
    return "bad" if signal.weight > 0 else "good"


def _make_excerpt(parent: Comment | None) -> str:
    if parent is None:
        return ""
    text = " ".join(parent.body[: PARENT_CHARACTERS * 2].split())
    if len(text) <= PARENT_CHARACTERS:
        return text
    return text[:PARENT_CHARACTERS].rsplit(" ", maxsplit=1)[0] + "…"


def _list_actions(comment: Comment, actor: Actor) -> list[Action]:
    role = actor.find_role(comment.site_id)
    if role is None or not role.may_decide:
        return []
    is_unchecked = comment.audit is Audit.OPEN
    return list(MOVES[Status.HELD if is_unchecked else comment.status])
