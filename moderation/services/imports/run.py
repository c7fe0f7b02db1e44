"""Owns one run of an import: which comments of a spool are new, and what they become.

A run is a row of short units of work. It can be stopped between any two, and done again
from the beginning: what was stored is passed over.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.domain.kinds import CommentKind
from moderation.domain.statuses import Status
from moderation.domain.urls import find_host
from moderation.formats.records import ImportedThread
from moderation.services.imports.parents import settle_parents
from moderation.services.imports.places import Page, PlaceRules, find_page
from moderation.services.imports.preparing import Prepared, Preparer, Task
from moderation.services.imports.ready import Ready
from moderation.services.imports.rehearsal import Tried, find_expectation, find_step
from moderation.services.imports.report import Report
from moderation.services.imports.sources import (
    MOST_COMPARED,
    choose_source,
    ensure_source,
    find_source,
)
from moderation.services.imports.spool import Spool, Spooled
from moderation.services.imports.storing import find_known, store_comments
from moderation.services.learning import find_label
from moderation.services.sites import find_site
from moderation.services.threads import ensure_thread
from moderation.spam.learning import Label
from moderation.storage.models import Comment, Site
from moderation.storage.models.base import now

PAGES_AT_ONCE = 200
ORPHANED = "answers a comment that is not on its page, so put at the top"
DELETED_PAGE = "approved on a deleted page, so rejected"
# Near-duplicates are looked for among the newest: the index of all texts of a million
# comments would be larger than the comments, and take longer to write.
MOST_REMEMBERED = 200_000
# Kept in memory: comments in order of time are mostly on the pages of that time.
MOST_REMEMBERED_PAGES = 4_000
NO_PAGE = "its page is not in the file, so named by number"

Place = tuple[str, str]
K = TypeVar("K")
T = TypeVar("T")
Preparing = Callable[[Preparer, Iterable[Sequence[Task]]], Iterable[list[Prepared]]]


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What is wanted of an import: from which format, where to, whether it teaches.

    `keeps_names`: who decided is taken from our own export (see `keeping`).
    """

    format: str
    site_key: str
    learns: bool = True
    keeps_names: bool = False
    rules: PlaceRules = field(default_factory=PlaceRules)


class Coming(NamedTuple):
    """A comment of the spool that is new, unpacked elsewhere, and what it becomes."""

    spooled: Spooled
    status: Status
    label: Label | None


Batch = Sequence[tuple[Coming, Prepared]]


class ImportRun:
    """The import of one spool into one site. `report` grows as it goes on.

    `passed` is how many comments were prepared or passed over.

    Call `begin`, then `store` with each of the batches that `prepare` yields, then
    `finish` until it returns None. A dry run leaves out the last two and calls `look`.
    """

    def __init__(self, spool: Spool, wishes: Wishes) -> None:
        self._spool = spool
        self._wishes = wishes
        self._now = now()
        self._pages: dict[Place, Page] = {}
        self._thread_ids: dict[str, int] = {}
        self._kept_pages: list[Place] = []
        self._missing_pages: set[Place] = set()
        self._home = ""
        self.passed = 0
        self.site_id = 0
        self._source_names: dict[str, str] = {}
        self._sources: dict[str, int] = {}
        self._own_hosts: list[str] = []
        # Their hashes: a file may have as many pages as comments.
        self._keys: set[int] = set()
        self._settled: tuple[str, str] = ("", "")
        self.site_key = wishes.site_key
        self.first_id = 0
        summary = spool.summarise()
        self.report = Report(comments=summary.comments, replies=summary.replies)
        self._labelled = summary.labelled
        self._tried: list[Tried] = []

    def begin(self, session: Session) -> None:
        """Find the pages of all comments.

        :raises NotFoundError: if there is no such site.
        :raises BrokenFileError: if a page makes no thread.
        """
        site = find_site(session, self._wishes.site_key)
        self.site_id = site.id
        for origin in self._spool.list_origins():
            times = self._spool.read_times(origin, most=MOST_COMPARED)
            # Formats number comments each in its way: Isso's two files do so.
            name = f"{self._wishes.format} {origin}".strip()
            self._source_names[origin] = choose_source(session, site.id, name, times)
        self._own_hosts = [find_host(row.origin) for row in site.origins]
        self._home = site.origins[0].origin if site.origins else ""
        for thread in self._spool.read_threads():
            find_page(thread, self._wishes.rules, home=self._home)
            if thread.is_kept:
                self._kept_pages.append((thread.origin, thread.id))
        self.first_id = session.scalar(select(func.max(Comment.id))) or 0

    def prepare(
        self, prepare: Preparing, known: Callable[[str, Sequence[str]], frozenset[str]]
    ) -> Iterator[Batch]:
        """Yield the comments that are new, batch by batch, prepared by `prepare`.

        `known` is asked which ids of a source were imported already.
        """
        preparer = Preparer(
            now=self._now, own_hosts=self._own_hosts, labelled=self._labelled
        )
        coming: deque[Sequence[Coming]] = deque()
        for prepared in prepare(preparer, self._list_tasks(known, coming)):
            yield list(zip(coming.popleft(), prepared, strict=True))

    def find_known(
        self, session: Session, origin: str, ids: Sequence[str]
    ) -> frozenset[str]:
        """Return which ids were imported already."""
        source_id = self._find_source(session, origin)
        return find_known(session, source_id, ids) if source_id else frozenset()

    def look(self, batch: Batch) -> None:
        """Do all with a batch that needs no database: what a dry run does."""
        for coming, prepared in batch:
            self._note(coming, prepared)

    def store(self, session: Session, batch: Batch) -> None:
        """Store a batch."""
        site = find_site(session, self._wishes.site_key)
        ready = []
        for coming, prepared in batch:
            if self._note(coming, prepared):
                spooled = coming.spooled
                ready.append(
                    Ready(
                        spooled,
                        prepared,
                        self._make_source(session, spooled.origin),
                        self._find_thread(session, site, spooled),
                        coming.status,
                        coming.label,
                    )
                )
        why = f"Imported ({self._wishes.format})."
        known = store_comments(
            session,
            site.id,
            ready,
            why=why,
            keeps_names=self._wishes.keeps_names,
        )
        self.report.new -= known
        self.report.known += known

    def finish(self, session: Session) -> bool:
        """Do some of what needs all comments; return whether there is more to do.

        Answers are given what they answer, and pages without comments a thread.
        """
        for origin, source_id in sorted(self._sources.items()):
            done, after = self._settled
            if origin < done:
                continue
            next_ = settle_parents(
                session, source_id, after=after if origin == done else ""
            )
            if next_ is not None:
                self._settled = (origin, next_)
                return True
        if not self._kept_pages:
            return False
        self._keep_pages(session)
        return True

    def _keep_pages(self, session: Session) -> None:
        """Make threads of pages of ours, those without comments, too."""
        site = find_site(session, self.site_key)
        for place in self._kept_pages[:PAGES_AT_ONCE]:
            page = self._read_page(place)
            if page is not None and page.key not in self._thread_ids:
                self._ensure_thread(session, site, page)
        del self._kept_pages[:PAGES_AT_ONCE]

    def close(self) -> Report:
        """Return the finished report."""
        if self._wishes.learns:
            self.report.expectation = find_expectation(
                self._tried, step=find_step(self._labelled)
            )
        self.report.threads = len(self._keys)
        return self.report

    def _list_tasks(
        self,
        known: Callable[[str, Sequence[str]], frozenset[str]],
        coming: deque[Sequence[Coming]],
    ) -> Iterator[Sequence[Task]]:
        for spooled in self._spool.read_comments():
            for origin in sorted({one.origin for one in spooled}):
                some = [one for one in spooled if one.origin == origin]
                there = known(origin, [one.id for one in some])
                found = [self._count(one) for one in some]
                self.passed += len(some)
                self.report.known += len(there)
                new = [one for one in found if one.spooled.id not in there]
                coming.append([_leave_data(one) for one in new])
                is_remembered = self.report.comments - self.passed < MOST_REMEMBERED
                yield [
                    Task(
                        one.spooled.data,
                        one.label,
                        one.status is Status.HELD,
                        is_remembered,
                    )
                    for one in new
                ]

    def _count(self, spooled: Spooled) -> Coming:
        page = self._find_page(spooled)
        self._keys.add(hash(page.key))
        status = spooled.status
        if page.is_deleted and status is Status.APPROVED:
            status = Status.REJECTED
        self.report.statuses[status] += 1
        self.report.kinds[spooled.kind] += 1
        if spooled.is_orphan:
            self.report.orphans += 1
            self.report.note(ORPHANED, spooled.place)
        is_lesson = self._wishes.learns and spooled.kind is CommentKind.COMMENT
        return Coming(spooled, status, find_label(status) if is_lesson else None)

    def _note(self, coming: Coming, prepared: Prepared) -> bool:
        """Note what was mended; return whether a comment can be stored."""
        place = coming.spooled.place
        for note in prepared.notes:
            self.report.note(note, place)
        if prepared.is_too_long:
            self.report.left_out += 1
            return False
        if coming.status is not coming.spooled.status:
            self.report.note(DELETED_PAGE, place)
        self.report.new += 1
        if coming.label is not None:
            self.report.learnt[coming.label] += 1
        if prepared.tried is not None:
            self._tried.append(prepared.tried)
        return True

    def _find_page(self, spooled: Spooled) -> Page:
        place = spooled.origin, spooled.thread
        page = self._pages.get(place) or self._read_page(place)
        if page is None:
            thread = ImportedThread(id=spooled.thread or "unknown")
            page = find_page(thread, self._wishes.rules)
            if place not in self._missing_pages:
                self.report.note(NO_PAGE, spooled.place)
                self._missing_pages.add(place)
        _remember(self._pages, place, page)
        return page

    def _read_page(self, place: Place) -> Page | None:
        """Return a page of the file, None if it is not in it."""
        thread = self._spool.find_thread(*place)
        if thread is None:
            return None
        return find_page(thread, self._wishes.rules, home=self._home)

    def _find_thread(self, session: Session, site: Site, spooled: Spooled) -> int:
        page = self._find_page(spooled)
        if page.key not in self._thread_ids:
            self._ensure_thread(session, site, page)
        return self._thread_ids[page.key]

    def _ensure_thread(self, session: Session, site: Site, page: Page) -> None:
        thread = ensure_thread(
            session, site, key=page.key, url=page.url, title=page.title
        )
        if not page.is_open:
            thread.is_open = False
        if page.created_at and page.created_at < thread.created_at:
            thread.created_at = page.created_at
        session.flush()
        _remember(self._thread_ids, page.key, thread.id)

    def _find_source(self, session: Session, origin: str) -> int | None:
        if origin not in self._sources:
            found = find_source(session, self.site_id, self._source_names[origin])
            if found is None:
                return None
            self._sources[origin] = found
        return self._sources[origin]

    def _make_source(self, session: Session, origin: str) -> int:
        if origin not in self._sources:
            name = self._source_names[origin]
            self._sources[origin] = ensure_source(session, self.site_id, name)
        return self._sources[origin]


def _remember(known: dict[K, T], key: K, value: T) -> None:
    """Note something; when that are many, forget the others: they can be read again."""
    if key not in known and len(known) >= MOST_REMEMBERED_PAGES:
        known.clear()
    known[key] = value


def _leave_data(one: Coming) -> Coming:
    """Return the same without the text, of which many are on their way."""
    return one._replace(spooled=one.spooled._replace(data=""))
