"""Owns the page on which moderators find comments: any status, by words and filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

from flask import render_template, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from moderation.domain.errors import InvalidInputError
from moderation.domain.statuses import Action, Status
from moderation.services.access import Actor, list_visible_sites, load_actor
from moderation.services.author_records import read_author
from moderation.services.campaigns import find_campaigns
from moderation.services.finding import Findings, find_comments
from moderation.services.histories import read_histories
from moderation.services.queues import Position
from moderation.services.replies import find_signature
from moderation.services.reviews import count_batch
from moderation.services.wishes import Wish, make_wish
from moderation.storage.models.base import now
from moderation.web.context import get_settings, reading
from moderation.web.moderator.author_seals import unseal_author
from moderation.web.moderator.cards import Card, make_card
from moderation.web.moderator.find_places import AUTHOR, NAMES, write_query
from moderation.web.moderator.find_words import CHIPS, describe_value
from moderation.web.moderator.hits import mark_hits
from moderation.web.moderator.inputs import (
    Place,
    read_batch,
    read_place,
    read_single,
    write_position,
)
from moderation.web.moderator.wording import make_notice

Errors = Mapping[str, Sequence[str]]
Fields = MultiDict[str, str]


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A filter that is set, in words, and the address of the page without it."""

    text: str
    url: str


def show_findings() -> str | tuple[str, int]:
    """Show a page of the comments that an address asks for; its fields are shown."""
    return _show({name: read_single(request.args, name).strip() for name in NAMES})


def _show(typed: Mapping[str, str]) -> str | tuple[str, int]:
    after = read_place(MultiDict({"after": read_single(request.args, "after")})).after
    with reading() as session:
        actor = load_actor(session, current_user.id)
        try:
            wish = make_wish(typed, author=_find_author(typed))
        except InvalidInputError as error:
            nothing = Findings(comments=(), next=None)
            page = _render(session, actor, typed, nothing, errors=error.errors)
            return page, HTTPStatus.UNPROCESSABLE_ENTITY
        findings = find_comments(session, actor, wish, after=after)
        return _render(session, actor, typed, findings, wish=wish, after=after)


def show_author(seal: str) -> str | tuple[str, int]:
    """Show what is known of an author, and all their comments."""
    return _show({**dict.fromkeys(NAMES, ""), AUTHOR: seal})


def _find_author(typed: Mapping[str, str]) -> str:
    if not typed[AUTHOR]:
        return ""
    return unseal_author(typed[AUTHOR], get_settings().signing_keys)


def _render(
    session: Session,
    actor: Actor,
    typed: Mapping[str, str],
    findings: Findings,
    *,
    wish: Wish | None = None,
    after: Position | None = None,
    errors: Errors | None = None,
) -> str:
    done = count_batch(session, actor, read_batch(request.args, "done"))
    return render_template(
        "moderator/find.html",
        actor=actor,
        now=now(),
        typed=typed,
        errors=errors or {},
        chips=list_chips(typed),
        sites=list_visible_sites(session, actor),
        statuses=list(Status),
        is_asked=any(typed.values()),
        cards=make_cards(session, actor, findings, wish or Wish()),
        looked_to=findings.looked_to,
        is_all_selected=read_single(request.args, "select") == "all",
        bulk_actions=list_bulk_actions(actor),
        signature=find_signature(session, actor),
        notice=make_notice(done),
        **_list_ways(typed, findings, after),
        **_introduce_author(session, actor, findings, wish),
    )


def _list_ways(
    typed: Mapping[str, str], findings: Findings, after: Position | None
) -> dict[str, object]:
    """Return where decisions lead back to, and the ways to other pages of the list."""
    here = url_for(".show_findings")
    next_after = write_position(findings.next)
    find = write_query(typed, after=write_position(after))
    return {
        "place": Place(status=Status.HELD, find=find),
        "start_url": f"{here}?{write_query(typed)}" if after else "",
        "next_url": f"{here}?{write_query(typed, after=next_after)}"
        if next_after
        else "",
    }


def _introduce_author(
    session: Session, actor: Actor, findings: Findings, wish: Wish | None
) -> dict[str, object]:
    """Return what is known of the author asked for, and if rules can be made here."""
    if wish is None or not wish.author:
        return {"author": None}
    author = read_author(session, actor, wish.author)
    may_rule = any(
        comment.id == author.last_id and actor.is_owner(comment.site_id)
        for comment in findings.comments
    )
    return {"author": author, "author_email": wish.author, "may_rule": may_rule}


def make_cards(
    session: Session, actor: Actor, findings: Findings, wish: Wish
) -> list[Card]:
    """Return the cards of what was found, the words that were searched for marked."""
    histories = read_histories(session, findings.comments)
    campaigns = find_campaigns(session, list(histories))
    cards = [
        make_card(
            comment,
            actor,
            history=histories[comment.id],
            campaigns=campaigns.get(comment.id, ()),
        )
        for comment in findings.comments
    ]
    return [_mark(card, wish) for card in cards]


def list_bulk_actions(actor: Actor) -> list[Action]:
    """Return what can be done to many comments of any status."""
    may_decide = any(role.may_decide for role in actor.roles.values())
    return [Action.APPROVE, Action.REJECT, Action.SPAM] if may_decide else []


def list_chips(typed: Mapping[str, str]) -> list[Chip]:
    """Return the filters that are set, each with the way to a page without it."""
    here = url_for(".show_findings")
    return [
        Chip(
            text=f"{CHIPS[name]} {describe_value(name, value)}",
            url=f"{here}?{write_query({**typed, name: ''})}",
        )
        for name, value in typed.items()
        if value and name in CHIPS
    ]


def _mark(card: Card, wish: Wish) -> Card:
    return replace(
        card,
        name=mark_hits(card.name, wish.terms),
        website=mark_hits(card.website, wish.terms),
        body=mark_hits(card.body, wish.terms),
        body_rest=mark_hits(card.body_rest, wish.terms),
    )
