"""Owns the worker's side of uploads: it looks at files, and moves them in.

Each unit of work renews the lease and notes how far it is. A worker that is killed
loses its lease; the next one reads the file again and passes over what was stored.
"""

import secrets
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy.orm import Session

from moderation.domain.errors import ModerationError
from moderation.formats.detecting import detect_format
from moderation.formats.reading import Progress, open_records
from moderation.formats.records import Imported
from moderation.services.imports import turns
from moderation.services.imports.moving import Batches, move_in
from moderation.services.imports.preparing import prepare_here
from moderation.services.imports.report import describe_report
from moderation.services.imports.run import Batch, ImportRun, Wishes
from moderation.services.imports.spool import Spool
from moderation.services.imports.turns import Turn
from moderation.services.imports.uploads import FOLDER, GONE, find_file, forget_uploads
from moderation.storage.models.base import now
from moderation.storage.session import Database

# Between two units whoever posts gets the database, and the processor.
PAUSE_SECONDS = 0.02
NOTE_SECONDS = 1.0
UNKNOWN = (
    "The format of this file is not known. Choose it, or see what the system that "
    "made the file calls its exports."
)
BROKE = "Something broke while it was read. The log has more; nothing is half stored."

log = structlog.get_logger(__name__)


class StoppedError(Exception):
    """Somebody cancelled, another worker took over, or this one is to end."""


@dataclass(frozen=True, kw_only=True)
class Importer:
    """Does what uploads wait for, one after the other."""

    database: Database
    data_dir: Path
    is_stopping: threading.Event
    lease: timedelta = timedelta(minutes=2)

    @property
    def folder(self) -> Path:
        """Where files lie."""
        return self.data_dir / FOLDER

    def run(self) -> None:
        """Look at and store all that waits, and delete files whose upload has ended."""
        while not self.is_stopping.is_set():
            with self.database.write() as session:
                turn = turns.take_turn(
                    session, lease=secrets.token_urlsafe(12), until=now() + self.lease
                )
            if turn is None:
                break
            self._do(turn)
        with self.database.write() as session:
            forget_uploads(session, self.folder, at=now())

    def _do(self, turn: Turn) -> None:
        report: Sequence[str] = ()
        error = ""
        try:
            report = self._move(turn)
        except StoppedError:
            return
        except ModerationError as refusal:
            error = str(refusal)
        except FileNotFoundError:
            error = GONE
        except Exception:
            log.exception("import failed", upload=turn.upload_id)
            error = BROKE
        with self.database.write() as session:
            turns.end_turn(session, turn, report=report, error=error)
        log.info("import ended", upload=turn.upload_id, is_dry=turn.is_dry)

    def _move(self, turn: Turn) -> Sequence[str]:
        path = find_file(self.folder, turn.upload_id)
        format_ = turn.format or detect_format(path)
        if not format_:
            raise ModerationError(UNKNOWN)
        with self.database.write() as session:
            self._renew(session, turn, 0, path.stat().st_size, format_=format_)
        with closing(Spool()) as spool:
            with open_records(format_, path) as (items, progress):
                spool.fill(self._note_reading(turn, items, progress))
            wishes = Wishes(format=format_, site_key=turn.site_key, learns=turn.learns)
            run = ImportRun(spool, wishes)
            report = move_in(
                self.database,
                run,
                is_dry=turn.is_dry,
                prepare=prepare_here,
                passing=lambda found: self._note_moving(turn, found, run),
                checking=lambda session: self._check(session, turn),
            )
        return describe_report(report)

    def _note_reading(
        self, turn: Turn, items: Iterable[Imported], progress: Progress
    ) -> Iterator[Imported]:
        """Note once a second how many bytes were read."""
        next_at = time.monotonic() + NOTE_SECONDS
        for item in items:
            if time.monotonic() >= next_at:
                with self.database.write() as session:
                    self._renew(session, turn, progress.position, progress.size)
                next_at = time.monotonic() + NOTE_SECONDS
            yield item

    def _note_moving(
        self, turn: Turn, batches: Batches, run: ImportRun
    ) -> Iterator[Batch]:
        """Note after each batch how many comments are done."""
        for batch in batches:
            yield batch
            with self.database.write() as session:
                done, count = run.passed, run.report.comments
                self._renew(session, turn, done, count, is_read=True)
            time.sleep(PAUSE_SECONDS)

    def _check(self, session: Session, turn: Turn) -> None:
        """Refuse to go on without the lease."""
        if self.is_stopping.is_set() or not turns.has_turn(session, turn):
            raise StoppedError

    def _renew(
        self,
        session: Session,
        turn: Turn,
        position: int,
        total: int,
        *,
        is_read: bool = False,
        format_: str = "",
    ) -> None:
        self._check(session, turn)
        turns.note_progress(
            session,
            turn,
            position=position,
            total=total,
            is_read=is_read,
            until=now() + self.lease,
            format_=format_,
        )
