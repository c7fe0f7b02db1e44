"""Owns labelled comments as they come in: files of JSON lines, one group each."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from moderation.cli.json_lines import Line, read_lines
from moderation.spam.formats import SubmissionFormatError, read_submission
from moderation.spam.submission import Submission

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
# The kinds of sets that file names begin with; what follows names blog or video.
KINDS = ("blog_", "ham_", "spam_")
# Sets whose licence allows measuring and nothing else.
MEASURE_ONLY = ("ham_empathy",)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A comment that is known to be spam or ham."""

    submission: Submission
    is_spam: bool


@dataclass(frozen=True, kw_only=True)
class LabelledFile:
    """The comments of a file, and what was wrong with the lines that hold none."""

    path: Path
    rows: Sequence[Row]
    problems: Sequence[str] = ()

    @property
    def group(self) -> str:
        """The blog or video that the comments stem from.

        `blog_a_to2021` and `ham_a_disqus` are one blog, "a".
        """
        stem = self.path.stem
        for kind in KINDS:
            if stem.startswith(kind):
                return stem.removeprefix(kind).partition("_")[0]
        return stem

    @property
    def is_for_measuring_only(self) -> bool:
        """Whether the licence of the comments forbids to fit on them."""
        return self.path.name.startswith(MEASURE_ONLY)


def read_labelled(path: Path) -> LabelledFile:
    """Return the labelled comments of a file; say on stderr which lines are none."""
    rows, problems = [], []
    with path.open("rb") as file:
        for number, line in enumerate(read_lines(file), start=1):
            try:
                rows.append(_read_row(line))
            except SubmissionFormatError as error:
                problems.append(f"{path}:{number}: {error}")
                click.echo(f"Error: {problems[-1]}", err=True)
    return LabelledFile(path=path, rows=rows, problems=problems)


def _read_row(line: Line) -> Row:
    """Return the labelled comment in a line.

    :raises SubmissionFormatError: if it holds none.
    """
    if line.error:
        raise SubmissionFormatError(line.error)
    submission = read_submission(line.value)
    label = line.value.get("label") if isinstance(line.value, dict) else None
    # Not in a set: a list or an object, which could stand here, can't be looked up.
    if label not in ("spam", "ham"):
        raise SubmissionFormatError('Give a "label" that is "spam" or "ham".')
    return Row(submission=submission, is_spam=label == "spam")
