"""Owns `moderation comment`: find comments, read one, and decide."""

import click

from moderation.cli.acting import find_actor
from moderation.cli.answering import note, reply, undo
from moderation.cli.database import open_database
from moderation.domain.errors import ChangedMeanwhileError
from moderation.domain.scores import find_percent
from moderation.domain.statuses import Action, Status
from moderation.services.access import OPERATOR
from moderation.services.finding import find_comments
from moderation.services.queues import PAGE_LENGTH, Position, find_comment
from moderation.services.reviews import decide_comments, list_history
from moderation.services.wishes import make_wish
from moderation.storage.models import Comment

EXCERPT_CHARACTERS = 80
MOST_LISTED = 100_000
_ID = click.argument("comment_id", type=click.IntRange(min=1, max=2**63 - 1))


@click.group("comment")
def command() -> None:
    """Find comments, read one, decide, note and reply."""


command.add_command(note)
command.add_command(reply)
command.add_command(undo)


@command.command("list")
@click.option("--site", help="The site's key.")
@click.option("--text", help="Words, as in the search box of the page Find.")
@click.option("--status", type=click.Choice([status.value for status in Status]))
@click.option("--from", "sender", help="The author's name or e-mail address.")
@click.option("--network", help="As in 203.0.113.0/24.")
@click.option("--reason", help="The name of a signal, as in honeypot.")
@click.option("--thread", help="The thread's number.")
@click.option("--campaign", help="The campaign's number.")
@click.option("--least", help="The least spam score in percent.")
@click.option("--most", help="The greatest spam score in percent.")
@click.option("--since", help="The first day, as 2026-03-31.")
@click.option("--until", help="The last day.")
@click.option(
    "--limit",
    type=click.IntRange(1, MOST_LISTED),
    default=PAGE_LENGTH,
    show_default=True,
    help="How many at most.",
)
def list_(
    *, text: str | None, sender: str | None, limit: int, **filters: str | None
) -> None:
    """List comments, the newest first: id, status, score, date, name, beginning."""
    typed = {"q": text, "from": sender, **filters}
    wish = make_wish({name: value for name, value in typed.items() if value})
    with open_database() as database:
        after: Position | None = None
        while limit > 0:
            with database.read() as session:
                found = find_comments(
                    session, OPERATOR, wish, after=after, length=min(limit, PAGE_LENGTH)
                )
                for comment in found.comments:
                    click.echo(_describe(comment))
            limit -= len(found.comments)
            after = found.next
            if after is None:
                return


@command.command("show")
@_ID
def show(comment_id: int) -> None:
    """Show the comment COMMENT_ID: its text, its reasons, and its history."""
    with open_database() as database, database.read() as session:
        comment = find_comment(session, OPERATOR, comment_id)
        click.echo(_describe(comment))
        for label, value in _list_facts(comment):
            click.echo(f"{label}\t{_flatten(value)}")
        for signal in comment.signals:
            click.echo(f"signal\t{signal.name}\t{signal.weight:+.1f}\t{signal.reason}")
        for decision in list_history(session, comment_id):
            who = decision.moderator.email if decision.moderator else decision.agent
            why = _flatten(decision.why)
            moment = f"{decision.created_at:%Y-%m-%d %H:%M}"
            click.echo(f"decision\t{decision.to_status}\t{moment}\t{who}\t{why}")
        click.echo()
        click.echo(comment.body)


@command.command("decide")
@_ID
@click.argument("action", type=click.Choice([action.value for action in Action]))
@click.option("--as", "email", required=True, help="Which moderator decides.")
@click.option("--why", default="", help="Kept in the history.")
def decide(comment_id: int, action: str, email: str, why: str) -> None:
    """Do ACTION to the comment COMMENT_ID, in the name of a moderator."""
    with open_database() as database, database.write() as session:
        actor = find_actor(session, email)
        comment = find_comment(session, actor, comment_id)
        versions = {comment_id: comment.version}
        outcome = decide_comments(session, actor, versions, Action(action), why=why)
        if outcome.stale:
            raise ChangedMeanwhileError(
                f"Comment {comment_id} is {comment.status}: {action} changes nothing."
            )
        line = f"{comment_id}\t{comment.status}"
    click.echo(line)


def _list_facts(comment: Comment) -> list[tuple[str, str]]:
    facts = {
        "site": comment.site.key,
        "thread": comment.thread.title or comment.thread.key,
        "email": comment.email,
        "website": comment.website,
        "network": comment.network,
        "note": comment.note.body if comment.note else "",
    }
    return [(label, value) for label, value in facts.items() if value]


def _describe(comment: Comment) -> str:
    body = _flatten(comment.body[: EXCERPT_CHARACTERS * 4])
    cut = body if len(body) <= EXCERPT_CHARACTERS else body[:EXCERPT_CHARACTERS] + "…"
    return "\t".join(
        [
            str(comment.id),
            comment.status,
            f"{find_percent(comment.score)}%",
            f"{comment.created_at:%Y-%m-%d %H:%M}",
            _flatten(comment.name),
            cut,
        ]
    )


def _flatten(text: str) -> str:
    return " ".join(text.split())
