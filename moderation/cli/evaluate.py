"""Owns `moderation evaluate`: how well the filter judges labelled comments."""

import math
from collections.abc import Sequence
from pathlib import Path

import click

from moderation.cli.json_lines import Line, read_lines
from moderation.cli.measures import (
    Scores,
    compute_auc,
    compute_held,
    compute_recall,
)
from moderation.spam.formats import SubmissionFormatError, read_submission
from moderation.spam.pipeline import judge

HEADINGS = ("set", "spam", "ham", "AUC", "recall", "spam held", "ham held")
POOLED = "all"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("evaluate")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE…")
def command(files: Sequence[Path]) -> None:
    """Measure the filter on labelled JSON lines.

    Lines are those of `moderation judge` with a "label", "spam" or "ham". Each is
    judged cold: nothing is learnt. Printed per file, and for all of them together:
    the AUC; the recall, which is the share of spam above the score that at most 1% of
    the ham exceeds; and the shares of spam and of ham that score 0.5 or more.
    """
    pooled = Scores()
    rows: list[Sequence[str]] = [HEADINGS]
    for path in files:
        scores = score_file(path)
        pooled.extend(scores)
        rows.append(describe_scores(path.stem, scores))
    if len(files) > 1:
        rows.append(describe_scores(POOLED, pooled))
    for line in format_table(rows):
        click.echo(line)


def score_file(path: Path) -> Scores:
    """Return the scores of a file's comments, by label.

    :raises click.ClickException: at the first line that is no labelled comment.
    """
    scores = Scores()
    with path.open("rb") as file:
        for number, line in enumerate(read_lines(file), start=1):
            try:
                score_line(line, scores)
            except SubmissionFormatError as error:
                raise click.ClickException(f"{path}:{number}: {error}") from error
    return scores


def score_line(line: Line, scores: Scores) -> None:
    """Judge a line and add its score to the others of its label.

    :raises SubmissionFormatError: if it is no labelled comment.
    """
    if line.error:
        raise SubmissionFormatError(line.error)
    submission = read_submission(line.value)
    label = line.value.get("label") if isinstance(line.value, dict) else None
    if label not in {"spam", "ham"}:
        raise SubmissionFormatError('Give a "label" that is "spam" or "ham".')
    found = scores.spam if label == "spam" else scores.ham
    found.append(judge(submission).score)


def describe_scores(name: str, scores: Scores) -> Sequence[str]:
    """Return the row of the table for one set."""
    figures = (
        compute_auc(scores),
        compute_recall(scores),
        compute_held(scores.spam),
        compute_held(scores.ham),
    )
    counts = (str(len(scores.spam)), str(len(scores.ham)))
    return name, *counts, *("-" if math.isnan(f) else f"{f:.3f}" for f in figures)


def format_table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table; its first column stands to the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
