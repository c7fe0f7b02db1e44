"""Owns the report of an import: what came, what was mended, what to expect."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from moderation.domain.kinds import CommentKind
from moderation.domain.statuses import Status
from moderation.services.imports.rehearsal import Expectation

MOST_EXAMPLES = 5


@dataclass(kw_only=True)
class Report:
    """Counts of one run. `new` were not there before; `known` are left as they were.

    `notes` count what was mended by kind, with the places of a few in `examples`.
    `left_out` are comments that could not be stored.
    """

    comments: int = 0
    threads: int = 0
    replies: int = 0
    orphans: int = 0
    new: int = 0
    known: int = 0
    left_out: int = 0
    statuses: Counter[Status] = field(default_factory=Counter)
    kinds: Counter[CommentKind] = field(default_factory=Counter)
    learnt: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    expectation: Expectation | None = None

    def note(self, what: str, place: str) -> None:
        """Count something that was mended."""
        self.notes[what] += 1
        found = self.examples.setdefault(what, [])
        if len(found) < MOST_EXAMPLES:
            found.append(place)


def describe_report(report: Report) -> Sequence[str]:
    """Return the lines of a report, name and number between tabs."""
    lines = [
        ("comments", report.comments),
        ("threads", report.threads),
        ("replies", report.replies),
        ("orphans", report.orphans),
        ("new", report.new),
        ("known already", report.known),
        ("left out", report.left_out),
        *((status.value, report.statuses[status]) for status in Status),
        ("pingbacks", report.kinds[CommentKind.PINGBACK]),
        ("trackbacks", report.kinds[CommentKind.TRACKBACK]),
        ("learnt as spam", report.learnt["spam"]),
        ("learnt as ham", report.learnt["ham"]),
    ]
    described = [f"{name}\t{number}" for name, number in lines]
    for what, number in report.notes.most_common():
        where = "; ".join(report.examples[what])
        more = "; …" if number > len(report.examples[what]) else ""
        described.append(f"mended: {what}\t{number}\t{where}{more}")
    if report.expectation is not None:
        described += _describe_expectation(report.expectation)
    return described


def _describe_expectation(found: Expectation) -> Sequence[str]:
    if not (found.spam or found.ham):
        return ["expected: too few labelled comments to tell"]
    tried = [f"expected: tried on\tone of {found.step} that teach"]
    return [
        *(tried if found.step > 1 else []),
        f"expected: spam published\t{_share(found.published_spam, found.spam)}",
        f"expected: ham held\t{_share(found.held_ham, found.ham)}",
        f"expected: ham filed as spam\t{_share(found.filed_ham, found.ham)}",
    ]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%} of {whole}" if whole else "none to tell by"
