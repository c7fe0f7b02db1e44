"""Owns the page on which a comment becomes a rule: tried first, then made with it."""

from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from moderation.services.access import load_actor
from moderation.services.backtests import backtest_rule
from moderation.services.proposals import (
    Proposal,
    accept_proposal,
    find_proposal,
    list_proposals,
)
from moderation.services.telling import tell_backtest
from moderation.storage.models.base import now
from moderation.web.context import reading, unit_of_work
from moderation.web.moderator.cards import make_card
from moderation.web.moderator.inputs import read_single, read_version
from moderation.web.moderator.settings.wording import SAID

KINDS = {
    "trust": "Trust this author",
    "email": "Block this address",
    "network": "Block this network",
    "domain": "Block",
}


def show_proposals(comment_id: int) -> str:
    """Show the rules a comment suggests, and what the chosen one would have done."""
    choice = read_single(request.args, "choice")
    with reading() as session:
        actor = load_actor(session, current_user.id)
        comment, proposals = list_proposals(session, actor, comment_id)
        chosen = find_proposal(proposals, choice)
        result = chosen and backtest_rule(session, actor, comment.site.key, chosen.rule)
        return render_template(
            "moderator/proposals.html",
            actor=actor,
            now=now(),
            card=make_card(comment, actor),
            proposals=[(proposal, name_proposal(proposal)) for proposal in proposals],
            chosen=chosen,
            backtest=result,
            sentences=tell_backtest(result) if result else (),
            SAID=SAID,
        )


def accept(comment_id: int) -> Response:
    """Make the rule that was chosen, and decide on the comment with it."""
    choice = read_single(request.form, "choice")
    seen = read_version(request.form)
    with unit_of_work() as session:
        actor = load_actor(session, current_user.id)
        outcome = accept_proposal(session, actor, comment_id, seen, choice)
    done = outcome.batch if outcome else None
    place = url_for(".show_comment", comment_id=comment_id, done=done)
    return redirect(place, HTTPStatus.SEE_OTHER)


def name_proposal(proposal: Proposal) -> str:
    """Return what a proposal is called."""
    kind = KINDS[proposal.name.split("-", maxsplit=1)[0]]
    return f"{kind} {proposal.rule.value}" if kind == "Block" else kind
