"""Owns `moderation judge`: JSON lines in, a judgement for each out."""

import json
import sys
from collections.abc import Iterable

import click

from moderation.cli.json_lines import Line, read_lines
from moderation.domain.policy import Policy
from moderation.spam.cold import make_cold_context
from moderation.spam.formats import (
    SubmissionFormatError,
    read_submission,
    write_judgement,
)
from moderation.spam.pipeline import judge
from moderation.spam.verdict import decide_verdict

# The filter alone decides: there is no site here that could want more held.
POLICY = Policy.HOLD_SUSPECT


@click.command("judge")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Judge comments given as JSON lines.

    Reads {"id", "author", "email", "url", "ip", "user_agent", "date", "thread",
    "reply", "body"} from standard input, all but "id" and "body" optional. Writes
    {"id", "score", "verdict", "signals"} for each line, in the same order and at
    once. A line that is no such object is answered by {"id", "error"}, and the exit
    status is 1 in the end. Nothing is stored, and nothing has been learnt, so that
    no verdict is "spam" yet: what a site would hold for its moderators is "hold".
    """
    ctx.exit(0 if judge_lines(read_lines(sys.stdin.buffer)) else 1)


def judge_lines(lines: Iterable[Line]) -> bool:
    """Write an answer to each line to stdout; return whether all could be judged."""
    is_clean = True
    for line in lines:
        answer = answer_line(line)
        is_clean = is_clean and "error" not in answer
        # ASCII, so that lone surrogates in an id survive. Flushed, so that a program
        # at both ends of a pipe gets each answer before it asks again.
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    return is_clean


def answer_line(line: Line) -> dict[str, object]:
    """Return the judgement of a line, or an object that says what is wrong with it."""
    if line.error:
        return {"id": None, "error": line.error}
    try:
        submission = read_submission(line.value)
    except SubmissionFormatError as error:
        return {"id": find_id(line.value), "error": str(error)}
    judgement = judge(submission, make_cold_context(submission))
    verdict = decide_verdict(judgement, policy=POLICY)
    identity = find_id(line.value)
    return write_judgement("" if identity is None else identity, judgement, verdict)


def find_id(value: object) -> str | int | None:
    """Return the id of a decoded line, None if it has none that could be one."""
    identity = value.get("id") if isinstance(value, dict) else None
    if isinstance(identity, str | int) and not isinstance(identity, bool):
        return identity
    return None
