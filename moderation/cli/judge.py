"""Owns `moderation judge`: JSON lines in, a judgement for each out."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from moderation.cli.json_lines import Line, read_lines
from moderation.cli.judges import ColdJudge, Judge, LearningJudge
from moderation.spam.formats import (
    SubmissionFormatError,
    read_submission,
    write_judgement,
)
from moderation.spam.learning import Label


@click.command("judge")
@click.option(
    "--learn",
    is_flag=True,
    help='Learn the "label" of each line that has one, "spam" or "ham", after it was '
    "judged.",
)
@click.option(
    "--site",
    metavar="KEY",
    help="Judge as this site would; with --learn, the site keeps what was learnt.",
)
@click.pass_context
def command(ctx: click.Context, *, learn: bool, site: str | None) -> None:
    """Judge comments given as JSON lines.

    Reads {"id", "author", "email", "url", "ip", "user_agent", "date", "thread",
    "reply", "body"} from standard input, all but "id" and "body" optional. Writes
    {"id", "score", "verdict", "signals"} for each line, in the same order and at
    once. A line that is no such object is answered by {"id", "error"}, and the exit
    status is 1 in the end. Nothing is stored but what a site learns. Until a few of
    both labels were learnt no verdict is "spam": what a site would hold for its
    moderators is "hold".
    """
    with open_judge(site, learn=learn) as judge:
        is_clean = judge_lines(read_lines(sys.stdin.buffer), judge, learn=learn)
    ctx.exit(0 if is_clean else 1)


@contextmanager
def open_judge(site_key: str | None, *, learn: bool) -> Iterator[Judge]:
    """Yield the one who judges.

    :raises NotFoundError: if there is no such site.
    """
    if site_key is None:
        yield LearningJudge() if learn else ColdJudge()
        return
    # Only here is a database needed, which takes longer to import than to judge.
    from moderation.cli.database import open_database  # noqa: PLC0415
    from moderation.cli.site_judge import SiteJudge  # noqa: PLC0415

    with open_database() as database:
        yield SiteJudge(database, site_key)


def judge_lines(lines: Iterable[Line], judge: Judge, *, learn: bool) -> bool:
    """Write an answer to each line to stdout; return whether all could be judged."""
    is_clean = True
    for line in lines:
        answer = answer_line(line, judge, learn=learn)
        is_clean = is_clean and "error" not in answer
        # ASCII, so that lone surrogates in an id survive. Flushed, so that a program
        # at both ends of a pipe gets each answer before it asks again.
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    return is_clean


def answer_line(line: Line, judge: Judge, *, learn: bool) -> dict[str, object]:
    """Return the judgement of a line, or an object that says what is wrong with it."""
    if line.error:
        return {"id": None, "error": line.error}
    try:
        submission = read_submission(line.value)
        label = read_label(line.value) if learn else None
    except SubmissionFormatError as error:
        return {"id": find_id(line.value), "error": str(error)}
    judgement, verdict = judge.judge(submission)
    if label is not None:
        judge.learn(submission, judgement, label)
    identity = find_id(line.value)
    return write_judgement("" if identity is None else identity, judgement, verdict)


def read_label(value: object) -> Label | None:
    """Return the label of a decoded line, None if it has none.

    :raises SubmissionFormatError: if it is neither of the two.
    """
    label = value.get("label") if isinstance(value, dict) else None
    if label is None:
        return None
    try:
        return Label(label)
    except ValueError as error:
        raise SubmissionFormatError(
            'Give a "label" that is "spam" or "ham", or leave it out.'
        ) from error


def find_id(value: object) -> str | int | None:
    """Return the id of a decoded line, None if it has none that could be one."""
    identity = value.get("id") if isinstance(value, dict) else None
    if isinstance(identity, str | int) and not isinstance(identity, bool):
        return identity
    return None
