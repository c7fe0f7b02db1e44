"""Owns `moderation import`: the comments of another system, moved in."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import click

from moderation.cli.database import open_database
from moderation.cli.preparing import prepare_beside
from moderation.formats.reading import FORMATS, Progress, open_records
from moderation.formats.records import Imported
from moderation.services.imports.moving import move_in
from moderation.services.imports.places import PlaceRules, read_keys, read_rewrite
from moderation.services.imports.preparing import prepare_here
from moderation.services.imports.report import Report, describe_report
from moderation.services.imports.run import ImportRun, Wishes
from moderation.services.imports.spool import Spool
from moderation.services.sites import find_site
from moderation.storage.session import Database

T = TypeVar("T")

# Below this many comments, another process takes longer to begin than it saves.
MANY = 5_000
# Others who write wait for a thousand comments, less than a second.
BATCHES_AT_ONCE = 2
ITEMS_PER_STEP = 500
PATH = click.Path(exists=True, path_type=Path)


@click.command("import")
@click.argument("format_", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("path", metavar="FILE", type=PATH)
@click.option("--site", "key", required=True, help="The site's key.")
@click.option("--dry-run", is_flag=True, help="Report all of it, and store nothing.")
@click.option("--no-learn", is_flag=True, help="Don't teach the site's filter.")
@click.option(
    "--map",
    "list_",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="CSV of old address (or name) of a page, and the key of its thread.",
)
@click.option(
    "--rewrite",
    multiple=True,
    metavar="OLD=NEW",
    help="A beginning of addresses, and what stands there now; may be repeated.",
)
def command(
    *,
    format_: str,
    path: Path,
    key: str,
    list_: Path | None,
    rewrite: Sequence[str],
    dry_run: bool,
    no_learn: bool,
) -> None:
    """Move the comments of another system in.

    FORMAT is one of wxr (WordPress), disqus, isso (its database), isso-json, remark42,
    artrans (Artalk, Waline, Twikoo, Valine), staticman (a folder) and jsonl (our own).
    Files may be packed with gzip. A page's thread is the path of its address, as the
    embed script asks for it, unless --map says otherwise.

    The file is read to its end before anything is stored. Approved comments and spam
    teach the site's filter. Nobody is told by mail or webhook. Done again, it changes
    nothing; stopped, it goes on where it was. The report says by name and number what
    came, what was mended and where, and how the filter would have done.
    """
    rules = PlaceRules(
        keys=read_keys(list_) if list_ else {},
        rewrites=[read_rewrite(text) for text in rewrite],
    )
    wishes = Wishes(
        format=format_, site_key=key, learns=not no_learn, keeps_names=True, rules=rules
    )
    with open_database() as database, closing(Spool()) as spool:
        with database.read() as session:
            find_site(session, key)
        with open_records(format_, path) as (items, progress):
            spool.fill(_show_reading(items, progress))
        report = _run(database, spool, wishes, is_dry=dry_run)
    for line in describe_report(report):
        click.echo(line)


def _run(database: Database, spool: Spool, wishes: Wishes, *, is_dry: bool) -> Report:
    run = ImportRun(spool, wishes)
    count = run.report.comments
    return move_in(
        database,
        run,
        is_dry=is_dry,
        prepare=prepare_beside if count >= MANY else prepare_here,
        passing=lambda batches: _show_storing(batches, count),
        batches_at_once=BATCHES_AT_ONCE,
    )


def _show_reading(items: Iterable[Imported], progress: Progress) -> Iterator[Imported]:
    """Show on a terminal how much of a file was read."""
    with click.progressbar(
        length=progress.size, label="Reading", file=sys.stderr, hidden=_is_quiet()
    ) as bar:
        for number, item in enumerate(items):
            if number % ITEMS_PER_STEP == 0:
                bar.update(progress.position - bar.pos)
            yield item


def _show_storing(batches: Iterable[Sequence[T]], count: int) -> Iterator[Sequence[T]]:
    with click.progressbar(
        length=count, label="Storing", file=sys.stderr, hidden=_is_quiet()
    ) as bar:
        for batch in batches:
            yield batch
            bar.update(len(batch))


def _is_quiet() -> bool:
    return not sys.stderr.isatty()
