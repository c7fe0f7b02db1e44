"""Owns `moderation evaluate`: how well the filter judges labelled comments."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from moderation.cli.labelled import FILE, LabelledFile, Row, read_labelled
from moderation.cli.measures import (
    Scores,
    compute_auc,
    compute_calibration_error,
    compute_held,
    compute_recall,
    sort_three_ways,
)
from moderation.cli.train import make_examples, show_progress
from moderation.spam.cold import make_cold_context
from moderation.spam.fitting import fit_prior, make_example
from moderation.spam.pipeline import compute_score, judge
from moderation.spam.prior import Prior, calibrate, read_prior
from moderation.spam.signal import Signal

HEADINGS = (
    "set",
    "spam",
    "ham",
    "AUC",
    "recall",
    "spam held",
    "ham held",
    "ECE",
    "leaked",
    "queued",
    "ham lost",
)
POOLED = "all"


@click.command("evaluate")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE…")
@click.option(
    "--leave-one-out",
    is_flag=True,
    help="Judge each group by a prior fitted on the other groups.",
)
@click.option(
    "--also-fit",
    multiple=True,
    type=FILE,
    metavar="FILE",
    help="With --leave-one-out: a file to fit on, too, but not to judge.",
)
@click.option(
    "--prior",
    type=FILE,
    metavar="PATH",
    help="A prior that `moderation train` wrote, in place of the shipped one.",
)
@click.pass_context
def command(
    ctx: click.Context,
    files: Sequence[Path],
    also_fit: Sequence[Path],
    prior: Path | None,
    *,
    leave_one_out: bool,
) -> None:
    """Measure the filter on labelled JSON lines.

    Lines are those of `moderation judge` with a "label", "spam" or "ham". Each is
    judged cold: nothing is learnt. Printed per file, and for all of them together: the
    AUC; the recall, which is the share of spam above the score that at most 1% of the
    ham exceeds; the shares of spam and of ham that score 0.5 or more; the expected
    calibration error. With the usual thresholds: the shares of spam published, of all
    comments queued, and of ham filed as spam.

    With --leave-one-out the prior is fitted anew for each blog or video, on the other
    FILEs: this shows what the filter is worth on a blog it never saw. Lines that are
    no labelled comments are named and passed over; the exit status is then 1.
    """
    read = [read_labelled(path) for path in files]
    others = [read_labelled(path) for path in also_fit]
    given = None if prior is None else load_prior(prior)
    priors = fit_without_each(read, others) if leave_one_out else {}
    pooled = Scores()
    rows: list[Sequence[str]] = [HEADINGS]
    for file in read:
        scores = score_file(file, priors.get(file.group, given))
        pooled.extend(scores)
        rows.append(describe_scores(file.path.stem, scores))
    if len(read) > 1:
        rows.append(describe_scores(POOLED, pooled))
    for line in format_table(rows):
        click.echo(line)
    ctx.exit(1 if any(file.problems for file in [*read, *others]) else 0)


def load_prior(path: Path) -> Prior:
    """Return the prior in a file.

    :raises click.ClickException: if it is none.
    """
    try:
        return read_prior(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.ClickException(f"{path}: {error}") from error


def fit_without_each(
    files: Sequence[LabelledFile], others: Sequence[LabelledFile]
) -> Mapping[str, Prior]:
    """Return for each group of `files` the prior fitted on all others.

    Sets that may only be measured on are judged by the prior of all the others.

    :raises click.ClickException: if the others of a group have no spam or no ham.
    """
    fitted = [f for f in (*files, *others) if not f.is_for_measuring_only]
    examples = list(make_examples(fitted))
    priors = {}
    for group in sorted({file.group for file in files}):
        unseen = [example for example in examples if example.group != group]
        if {example.is_spam for example in unseen} != {True, False}:
            raise click.ClickException(
                f"without {group} there is no spam or no ham to fit on; give more files"
            )
        show_progress(f"without {group}")
        priors[group] = fit_prior(unseen)
    return priors


def score_file(file: LabelledFile, prior: Prior | None) -> Scores:
    """Return the scores of a file's comments, by label.

    Without `prior` the filter judges as it is shipped.
    """
    scores = Scores()
    for row in file.rows:
        score = score_row(row) if prior is None else rescore_row(row, prior)
        (scores.spam if row.is_spam else scores.ham).append(score)
    return scores


def score_row(row: Row) -> float:
    """Return the score of a comment that comes without its thread."""
    return judge(row.submission, make_cold_context(row.submission)).score


def rescore_row(row: Row, prior: Prior) -> float:
    """Return the score that a comment would have with another prior."""
    example = make_example(row.submission, group="", is_spam=row.is_spam)
    log_odds = calibrate(prior.add_up(example.signals, example.hashes))
    return compute_score([Signal(name="prior", weight=log_odds, reason="")])


def describe_scores(name: str, scores: Scores) -> Sequence[str]:
    """Return the row of the table for one set."""
    ways = sort_three_ways(scores)
    figures = (
        compute_auc(scores),
        compute_recall(scores),
        compute_held(scores.spam),
        compute_held(scores.ham),
        compute_calibration_error(scores),
        ways.spam_leaked,
        ways.queued,
        ways.ham_lost,
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
