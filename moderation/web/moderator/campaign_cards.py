"""Owns what is shown of a campaign: templates only lay it out."""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from moderation.domain.campaigns import CampaignKind, describe_campaign
from moderation.domain.scores import find_percent
from moderation.domain.urls import find_host
from moderation.services.campaign_decisions import Preview
from moderation.services.campaigns import Overview
from moderation.storage.models import Campaign, Comment
from moderation.web.moderator.cards import find_tone
from moderation.web.moderator.wording import count_comments_in_words

EXCERPT_CHARACTERS = 240
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class Heap:
    """A campaign in the list. `score` is the mean of the newest, in percent.

    `also` are others that the same comments make, with their headings.
    """

    campaign: Campaign
    heading: str
    also: Sequence[tuple[Campaign, str]]
    decided: str
    excerpt: str
    by: str
    score: int
    tone: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of an excerpt; `is_other` if it is not in the text compared with."""

    text: str
    is_other: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """A comment of a campaign, in short. `website_host` is "" if there is no link."""

    comment: Comment
    parts: Sequence[Part]
    is_cut: bool
    website_host: str
    score: int
    tone: str


def make_heaps(overviews: Sequence[Overview]) -> list[Heap]:
    """Return what a page of the list shows.

    Comments that share a text and a link as well are one heap: campaigns of one size
    whose newest comments are the same.
    """
    heaps: defaultdict[tuple[int, ...], list[Overview]] = defaultdict(list)
    for overview in overviews:
        newest = (comment.id for comment in overview.newest)
        heaps[overview.campaign.held, *newest].append(overview)
    return [_make_heap(same) for same in heaps.values()]


def _make_heap(same: Sequence[Overview]) -> Heap:
    campaign, newest = same[0].campaign, same[0].newest
    scores = [comment.score for comment in newest] or [0.0]
    mean = sum(scores) / len(scores)
    return Heap(
        campaign=campaign,
        heading=_describe(campaign),
        also=[(other.campaign, _describe(other.campaign)) for other in same[1:]],
        decided=describe_decided(campaign),
        excerpt=_make_excerpt(newest[0]) if newest else "",
        by=newest[0].name if newest else "",
        score=find_percent(mean),
        tone=find_tone(mean),
    )


def make_rows(campaign: Campaign, comments: Sequence[Comment]) -> list[Row]:
    """Return the rows of a page; in respun text what the first has not is marked."""
    known = None
    if campaign.kind is CampaignKind.TEXT and comments:
        known = frozenset(_WORD.findall(comments[0].body.lower()))
    return [_make_row(comment, known) for comment in comments]


def describe_preview(preview: Preview) -> str:
    """Return in a sentence what a decision on all that waits would be about."""
    said = count_comments_in_words(preview.held)
    if preview.networks:
        said += f" from {_count(preview.networks, 'network')}"
    said += f"; {preview.honest or 'none'} "
    said += "looks honest" if preview.honest == 1 else "look honest"
    if preview.by_known_authors:
        verb = "is" if preview.by_known_authors == 1 else "are"
        said += f", {preview.by_known_authors} {verb} by authors of approved comments"
    if preview.looked_at < preview.held:
        said += f" (of the newest {preview.looked_at:,})"
    return f"{said}."


def describe_spread(preview: Preview) -> str:
    """Return between which scores the comments lie."""
    lowest, highest = find_percent(preview.lowest), find_percent(preview.highest)
    if lowest == highest:
        return f"Spam score {lowest}%"
    return f"Spam scores from {lowest}% to {highest}%"


def describe_decided(campaign: Campaign) -> str:
    """Return how many comments of a campaign wait no more, "" if none."""
    number = campaign.members - campaign.held
    return f"{number:,} decided before" if number else ""


def _describe(campaign: Campaign) -> str:
    return describe_campaign(campaign.kind, campaign.key, campaign.held)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _make_row(comment: Comment, known: Collection[str] | None) -> Row:
    excerpt = _make_excerpt(comment)
    return Row(
        comment=comment,
        parts=_split(excerpt, known) if known is not None else [Part(text=excerpt)],
        is_cut=excerpt.endswith("…"),
        website_host=find_host(comment.website),
        score=find_percent(comment.score),
        tone=find_tone(comment.score),
    )


def _make_excerpt(comment: Comment) -> str:
    """Return the beginning of a comment on one line, cut at a word."""
    text = " ".join(comment.body[: EXCERPT_CHARACTERS * 2].split())
    if len(text) <= EXCERPT_CHARACTERS:
        return text
    return text[:EXCERPT_CHARACTERS].rsplit(" ", maxsplit=1)[0] + "…"


def _split(excerpt: str, known: Collection[str]) -> list[Part]:
    """Return the excerpt in parts, words that are not `known` each on its own."""
    parts, position = [], 0
    for match in _WORD.finditer(excerpt):
        if match[0].lower() in known:
            continue
        if position < match.start():
            parts.append(Part(text=excerpt[position : match.start()]))
        parts.append(Part(text=match[0], is_other=True))
        position = match.end()
    if position < len(excerpt):
        parts.append(Part(text=excerpt[position:]))
    return parts
