"""Owns what is shown of a comment to moderators: templates only lay it out."""

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.domain.campaigns import describe_campaign
from moderation.domain.scores import find_percent
from moderation.domain.statuses import MOVES, Action, Status
from moderation.domain.urls import find_host
from moderation.services.access import Actor
from moderation.services.histories import History
from moderation.services.queues import Evidence
from moderation.spam.care import CARE
from moderation.spam.rules import is_rule
from moderation.storage.models import Audit, Campaign, Comment
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
REASONS_SHOWN = 3
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

    `care` says that a person is to read this one first, or is "". `website_url` and
    `thread_url` are "" unless they are safe to link to. `body_rest` is what is folded
    away at first. `has_contacts` is false for those who may not see e-mail and IP
    addresses; `email` is empty then. `history` is None if it was not asked for.
    `belongings` are the campaigns it belongs to in which others wait, too.
    """

    comment: Comment
    name: Sequence[Piece]
    email: Sequence[Piece]
    website: Sequence[Piece]
    website_url: str
    thread_url: str
    parent_excerpt: str
    body: Sequence[Piece]
    body_rest: Sequence[Piece]
    reasons: Sequence[Reason]
    more_reasons: int
    care: str
    actions: Sequence[Action]
    has_contacts: bool
    can_reply: bool
    history: History | None
    belongings: Sequence[Belonging]

    @property
    def thread_title(self) -> str:
        """What the thread is called, its key if it has no title."""
        return self.comment.thread.title or self.comment.thread.key

    @property
    def rest_characters(self) -> int:
        """How much is folded away."""
        return sum(len(piece.text) for piece in self.body_rest)

    @property
    def rest_marks(self) -> int:
        """How many passages of that are marked."""
        return sum(bool(piece.reasons) for piece in self.body_rest)

    @property
    def score(self) -> int:
        """The spam score in percent."""
        return find_percent(self.comment.score)

    @property
    def tone(self) -> str:
        """How the score looks."""
        return find_tone(self.comment.score)

    @property
    def failures(self) -> Sequence[str]:
        """The checks that broke down, in words."""
        return [name.replace("_", " ") for name in self.comment.failures]

    @property
    def audit(self) -> str:
        """Why a comment that is not held waits for a moderator, or ""."""
        comment = self.comment
        return AUDITS.get(comment.status, "") if comment.audit is Audit.OPEN else ""


def make_card(
    comment: Comment,
    actor: Actor,
    *,
    signals: Sequence[Evidence] | None = None,
    history: History | None = None,
    campaigns: Sequence[Campaign] = (),
    is_whole: bool = False,
) -> Card:
    """Return the card of a comment whose site, thread and parent are loaded.

    Its signals are, too, unless they are given. `is_whole` shows all of it unfolded.
    """
    signals = comment.signals if signals is None else signals
    has_contacts = actor.may_see_contacts(comment.site_id)
    actions = _list_actions(comment, actor)
    marks = list_marks(signals)
    body = mark_text(comment.body, marks["body"])
    shown, rest = (body, ()) if is_whole else split_pieces(body, CHARACTERS_SHOWN)
    ordered = order_signals(signals)
    number = len(ordered) if is_whole else REASONS_SHOWN
    return Card(
        comment=comment,
        name=mark_text(comment.name, marks["author"]),
        email=mark_text(comment.email, marks["email"]) if has_contacts else (),
        website=mark_text(comment.website, marks["website"]),
        website_url=comment.website if find_host(comment.website) else "",
        thread_url=comment.thread.url if find_host(comment.thread.url) else "",
        parent_excerpt=_make_excerpt(comment.parent),
        body=shown,
        body_rest=rest,
        reasons=[_make_reason(signal) for signal in ordered[:number]],
        more_reasons=max(0, len(ordered) - number),
        care=next((s.reason for s in signals if s.name == CARE), ""),
        actions=actions,
        has_contacts=has_contacts,
        can_reply=bool(actions) and comment.status in ANSWERED,
        history=history,
        belongings=_list_belongings(campaigns),
    )


def order_signals(signals: Sequence[Evidence]) -> list[Evidence]:
    """Return the reasons: rules, the strongest, and last where all comments start.

    That its author may be in danger is none: cards say so in another place.
    """
    return sorted(
        (signal for signal in signals if signal.name != CARE),
        key=lambda signal: (
            signal.name in SAID_LAST,
            not is_rule(signal.name),
            -abs(signal.weight),
        ),
    )


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


def _make_reason(signal: Evidence) -> Reason:
    return Reason(
        text=signal.reason,
        weight=_write_weight(signal),
        tone=_find_reason_tone(signal),
    )


def _write_weight(signal: Evidence) -> str:
    """Return the points of a signal; a rule has none, it decides."""
    if is_rule(signal.name):
        return RULE
    return f"{signal.weight:+.1f}".replace("-", "\u2212")


def _find_reason_tone(signal: Evidence) -> str:
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
