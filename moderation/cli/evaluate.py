"""Owns `moderation evaluate`: how well the filter judges labelled comments."""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean

import click

from moderation.cli.labelled import FILE, LabelledFile, read_labelled
from moderation.cli.measures import (
    compute_auc,
    compute_calibration_error,
    compute_error,
    compute_held,
    compute_recall,
    count_ways,
    sort_three_ways,
)
from moderation.cli.scoring import Labels, Run, score_cold, score_learning
from moderation.cli.train import make_examples, show_progress
from moderation.spam.fitting import fit_prior
from moderation.spam.prior import Prior, read_prior

Describe = Callable[[Run], Sequence[float]]

COLD_HEADINGS = (
    "cold",
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
LEARNING_HEADINGS = (
    "learning",
    "spam",
    "ham",
    "AUC",
    "recall",
    "error",
    "error later",
    "ECE",
    "leaked",
    "queued",
    "ham lost",
)
POOLED, MEAN = "all", "mean"


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
    "--judge-only",
    is_flag=True,
    help="With --leave-one-out: fit on the files of --also-fit alone.",
)
@click.option(
    "--prior",
    type=FILE,
    metavar="PATH",
    help="A prior that `moderation train` wrote, in place of the shipped one.",
)
@click.option("--cold", is_flag=True, help="Leave out the runs that learn.")
@click.option(
    "--flip",
    type=click.FloatRange(0, 1),
    default=0.0,
    metavar="SHARE",
    help="Learn this share of the labels the wrong way round.",
)
@click.option(
    "--seed", type=int, default=7, show_default=True, help="Chooses those labels."
)
@click.pass_context
def command(
    ctx: click.Context,
    *,
    files: Sequence[Path],
    also_fit: Sequence[Path],
    prior: Path | None,
    flip: float,
    seed: int,
    leave_one_out: bool,
    judge_only: bool,
    cold: bool,
) -> None:
    """Measure the filter on labelled JSON lines.

    Lines are those of `moderation judge` with a "label", "spam" or "ham". They are
    judged twice: cold, and as a site judges that learns each label after the comment
    was judged, from none at the beginning of a file. Printed per file, and for all of
    them together: the AUC; the recall, which is the share of spam above the score that
    at most 1% of the ham exceeds; the expected calibration error; and what the usual
    thresholds do: the share of spam published, of all comments queued, of ham filed as
    spam. Cold, also the shares of spam and of ham that score 0.5 or more; learning, the
    share on the wrong side of 0.5, in all and after the first 50 comments of a file,
    which the last three figures leave out, too. The mean is over files with both kinds.

    With --leave-one-out the prior is fitted anew for each blog or video, on the other
    FILEs: this shows what the filter is worth on a blog it never saw. Lines that are
    no labelled comments are named and passed over; the exit status is then 1.
    """
    read = [read_labelled(path) for path in files]
    others = [read_labelled(path) for path in also_fit]
    given = None if prior is None else load_prior(prior)
    fitted = others if judge_only else [*read, *others]
    priors = fit_without_each(read, fitted) if leave_one_out else {}
    chosen = [(file, priors.get(file.group, given)) for file in read]
    runs = {file.path.stem: score_cold(file, prior) for file, prior in chosen}
    show_table(COLD_HEADINGS, describe_all(runs, describe_cold))
    if not cold:
        labels = Labels(flipped=flip, seed=seed)
        runs = {f.path.stem: score_learning(f, prior, labels) for f, prior in chosen}
        click.echo()
        show_table(LEARNING_HEADINGS, describe_all(runs, describe_learning))
    ctx.exit(1 if any(file.problems for file in [*read, *others]) else 0)


def load_prior(path: Path) -> Prior:
    """Return the prior in a file.

    :raises click.ClickException: if it is none.
    """
    try:
        return read_prior(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise click.ClickException(
            f"{path} is no prior; give a file that moderation train wrote"
        ) from error
    except ValueError as error:
        raise click.ClickException(f"{path}: {error}") from error


def fit_without_each(
    files: Sequence[LabelledFile], fitted: Sequence[LabelledFile]
) -> Mapping[str, Prior]:
    """Return for each group of `files` the prior fitted on the others of `fitted`.

    Sets that may only be measured on are judged by the prior of all the others.

    :raises click.ClickException: if the others of a group have no spam or no ham.
    """
    allowed = [file for file in fitted if not file.is_for_measuring_only]
    examples = list(make_examples(allowed))
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


def describe_all(runs: Mapping[str, Run], describe: Describe) -> list[Sequence[str]]:
    """Return the rows of a table: for each run, for all comments, and the means."""
    figures = {name: describe(run) for name, run in runs.items()}
    rows = [_format_row(name, runs[name], figures[name]) for name in runs]
    if len(runs) > 1:
        pooled = Run.join(runs.values())
        rows.append(_format_row(POOLED, pooled, describe(pooled)))
        whole = [f for f in figures.values() if not math.isnan(f[0])]
        if whole:
            means = [fmean(column) for column in zip(*whole, strict=True)]
            rows.append((MEAN, "", "", *map(_format_figure, means)))
    return rows


def describe_cold(run: Run) -> Sequence[float]:
    """Return the figures of one row of the table for cold judging."""
    ways = sort_three_ways(run.scores)
    return (
        compute_auc(run.scores),
        compute_recall(run.scores),
        compute_held(run.scores.spam),
        compute_held(run.scores.ham),
        compute_calibration_error(run.scores),
        ways.spam_leaked,
        ways.queued,
        ways.ham_lost,
    )


def describe_learning(run: Run) -> Sequence[float]:
    """Return the figures of one row of the table for judging that learns."""
    ways = count_ways(run.later_verdicts.spam, run.later_verdicts.ham)
    return (
        compute_auc(run.scores),
        compute_recall(run.scores),
        compute_error(run.scores),
        compute_error(run.later_scores),
        compute_calibration_error(run.scores),
        ways.spam_leaked,
        ways.queued,
        ways.ham_lost,
    )


def _format_row(name: str, run: Run, figures: Sequence[float]) -> Sequence[str]:
    counts = str(len(run.scores.spam)), str(len(run.scores.ham))
    return name, *counts, *map(_format_figure, figures)


def _format_figure(figure: float) -> str:
    return "-" if math.isnan(figure) else f"{figure:.3f}"


def show_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table."""
    for line in format_table([headings, *rows]):
        click.echo(line)


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
