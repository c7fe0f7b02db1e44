"""Owns `moderation train`: fits the prior that the filter ships with."""

import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from moderation.cli.labelled import FILE, LabelledFile, read_labelled
from moderation.spam.fitting import Example, fit_prior, make_example
from moderation.spam.prior import write_prior

OUT = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command("train")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE…")
@click.option(
    "--out", required=True, type=OUT, metavar="PATH", help="Where the prior is written."
)
@click.option(
    "--leave-out",
    multiple=True,
    metavar="NAME",
    help="A group of files not to fit on; may be given several times.",
)
@click.pass_context
def command(
    ctx: click.Context, files: Sequence[Path], out: Path, leave_out: Sequence[str]
) -> None:
    """Fit the shipped prior on labelled JSON lines.

    Lines are those of `moderation judge` with a "label", "spam" or "ham". Each file is
    one group, a blog or a video; blog_a_2020 and ham_a_2007 are the same blog, "a". The
    same files give the same prior, byte for byte, in whatever order they are named.
    Lines that are no labelled comments are named and passed over; the exit status is
    then 1.
    """
    if not os.access(out.parent, os.W_OK):
        raise click.ClickException(
            f"{out.parent} can't be written to; give --out a path in a folder that can"
        )
    read = [read_labelled(path) for path in sorted(files, key=lambda path: path.name)]
    refuse_unlicensed(read)
    examples = list(make_examples(read, leave_out=frozenset(leave_out)))
    if {example.is_spam for example in examples} != {True, False}:
        raise click.ClickException("give files with both spam and ham in them")
    prior = fit_prior(examples, report=show_progress)
    write_whole(out, write_prior(prior))
    ctx.exit(1 if any(file.problems for file in read) else 0)


def make_examples(
    files: Iterable[LabelledFile], *, leave_out: frozenset[str] = frozenset()
) -> Iterable[Example]:
    """Yield what the fit sees of each comment, without the groups left out."""
    for file in files:
        if file.group in leave_out:
            continue
        show_progress(f"signals of {file.path.name}")
        for row in file.rows:
            yield make_example(row.submission, group=file.group, is_spam=row.is_spam)


def refuse_unlicensed(files: Iterable[LabelledFile]) -> None:
    """Refuse data that may be measured on but not fitted on.

    :raises click.ClickException: if there is such a file.
    """
    for file in files:
        if file.is_for_measuring_only:
            raise click.ClickException(
                f"{file.path.name} may not be used for fitting: its licence allows "
                "academic use alone; leave it out, and measure on it with evaluate"
            )


def show_progress(step: str) -> None:
    """Say on a terminal what is being done; stay quiet elsewhere."""
    if sys.stderr.isatty():
        click.echo(f"Fitting: {step}.", err=True)


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    written = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        written.chmod(0o644)
        written.replace(path)
    except BaseException:
        written.unlink(missing_ok=True)
        raise
