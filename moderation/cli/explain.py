"""Owns `moderation explain`: how one text is judged, for people to read."""

import sys
from collections.abc import Iterator

import click

from moderation.domain.policy import Policy
from moderation.spam.formats import LONGEST_BODY
from moderation.spam.pipeline import Judgement, judge
from moderation.spam.signal import Signal, Span
from moderation.spam.submission import Submission
from moderation.spam.verdict import Verdict, decide_verdict

STDIN = "-"
LONGEST_QUOTE = 60
MOST_QUOTES = 5
MEANINGS = {
    Verdict.PUBLISH: "looks honest; a site's policy may still hold it",
    Verdict.HOLD: "is held for a moderator",
    Verdict.SPAM: "is filed as spam",
}


@click.command("explain")
@click.argument("text")
def command(text: str) -> None:
    """Show how one text is judged.

    Prints the score (the probability of spam, 0 to 1), the verdict, and every signal
    with its weight in log-odds, its reason and what it matched. TEXT is one argument,
    or - to read it from standard input.
    """
    body = read_text(text)
    if len(body) > LONGEST_BODY:
        raise click.ClickException(f"give a text of at most {LONGEST_BODY} characters")
    submission = Submission(body=body)
    judgement = judge(submission)
    verdict = decide_verdict(judgement, policy=Policy.HOLD_SUSPECT)
    for line in describe_judgement(submission, judgement, verdict):
        click.echo(line)


def read_text(text: str) -> str:
    """Return the text given; what is no UTF-8 in it becomes question marks."""
    if text == STDIN:
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def describe_judgement(
    submission: Submission, judgement: Judgement, verdict: Verdict
) -> Iterator[str]:
    """Yield the lines that explain a judgement, the strongest signal first."""
    yield f"Score {judgement.score:.3f}: {verdict} ({MEANINGS[verdict]})"
    yield ""
    width = max(len(signal.name) for signal in judgement.signals)
    for signal in judgement.signals:
        yield f"{signal.weight:+6.2f}  {signal.name:<{width}}  {signal.reason}"
        indent = " " * (width + 10)
        yield from (f"{indent}{quote}" for quote in quote_spans(submission, signal))
    for failure in judgement.failures:
        yield f"{failure} failed and is missing from the score; the comment is held."


def quote_spans(submission: Submission, signal: Signal) -> Iterator[str]:
    """Yield what a signal points at, each quoted on a line of its own."""
    for span in signal.spans[:MOST_QUOTES]:
        yield f"“{shorten(find_part(submission, span))}”"
    left_out = len(signal.spans) - MOST_QUOTES
    if left_out > 0:
        yield f"and {left_out} more"


def find_part(submission: Submission, span: Span) -> str:
    """Return the text a span marks."""
    field: str = getattr(submission, span.field)
    return field[span.start : span.end]


def shorten(text: str) -> str:
    """Return `text` on one line and not too long, without what steers a terminal."""
    line = " ".join(text.split())
    visible = "".join(
        c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line
    )
    if len(visible) <= LONGEST_QUOTE:
        return visible
    return visible[: LONGEST_QUOTE - 1] + "…"
