"""Owns the course of an import: read, then stored in short units of work.

What needs all comments comes last. It can be stopped between any two units, and begun
anew: what was stored is passed over.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy.orm import Session

from moderation.services.campaign_gathering import gather_campaigns
from moderation.services.counting import MOST_AT_ONCE, count_lessons
from moderation.services.imports.report import Report
from moderation.services.imports.run import Batch, ImportRun, Preparing
from moderation.storage.session import Database

Batches = Iterable[Batch]
# Goes through batches, and tells of them, pauses or raises between.
Passing = Callable[[Batches], Iterator[Batch]]
# Called in each unit of work; raises to have it taken back.
Checking = Callable[[Session], object]


def move_in(
    database: Database,
    run: ImportRun,
    *,
    is_dry: bool,
    prepare: Preparing,
    passing: Passing,
    checking: Checking = lambda _: None,
    batches_at_once: int = 1,
) -> Report:
    """Store what a run's spool holds, or (`is_dry`) find out what would become of it.

    So many batches are stored in a unit of work: more take less time, and let others
    who write wait longer.

    :raises NotFoundError: if the site is gone.
    :raises BrokenFileError: if a page makes no thread.
    """
    with database.read() as session:
        run.begin(session)

    def find_known(origin: str, ids: Sequence[str]) -> frozenset[str]:
        with database.read() as session:
            return run.find_known(session, origin, ids)

    batches = passing(run.prepare(prepare, find_known))
    if is_dry:
        for batch in batches:
            run.look(batch)
        return run.close()
    left = MOST_AT_ONCE
    found = iter(batches)
    while some := list(islice(found, batches_at_once)):
        with database.write() as session:
            checking(session)
            for batch in some:
                run.store(session, batch)
        left -= sum(map(len, some))
        if left <= 0:
            count_lessons(database, run.site_id, checking=checking)
            left = MOST_AT_ONCE
    _finish(database, run, checking)
    return run.close()


def _finish(database: Database, run: ImportRun, checking: Checking) -> None:
    """Do what needs all comments: answers to later ones, texts that are alike."""
    is_more = True
    while is_more:
        with database.write() as session:
            checking(session)
            is_more = run.finish(session)
    while count_lessons(database, run.site_id, checking=checking):
        pass
    after: int | None = run.first_id if run.report.new else None
    while after is not None:
        with database.write() as session:
            checking(session)
            after = gather_campaigns(session, run.site_key, after=after)
