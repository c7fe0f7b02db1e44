import csv
import json
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cli.database import open_database
from moderation.domain.kinds import CommentKind
from moderation.domain.statuses import Status
from moderation.services.drafts import prepare_draft
from moderation.services.sites import find_site
from moderation.services.threads import ensure_thread
from moderation.spam.learning import Label
from moderation.spam.verdict import Verdict
from moderation.storage.models import (
    Comment,
    Decision,
    Moderator,
    Note,
    SignalEvidence,
    Thread,
)
from tests.cli.running import Run
from tests.factories import make_moderator

ADDED = ("--name", "B", "--origin", "https://blog.example")
FORMATS = ("jsonl", "wxr", "disqus", "csv")
AT = datetime(2020, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
BODIES = (
    "One *two* `x` & <b> ]]> [l](https://a.example/b(c))\n\nthree\nfour",
    "=1+1",
    "Ünïcode 😀 \\*no\\*",
    "- a\n- b",
    "> q",
)
Fields = Mapping[str, object]


@pytest.fixture
def filled(run: Run) -> Run:
    """Return what runs commands, with a site of comments of every kind."""
    run("site", "add", "blog", *ADDED)
    statuses = [*Status, Status.APPROVED]
    with open_database() as database, database.write() as session:
        site = find_site(session, "blog")
        alice = make_moderator(session)
        parent = None
        for place, (body, status) in enumerate(zip(BODIES, statuses, strict=True)):
            thread = ensure_thread(
                session,
                site,
                key="my-post" if place == 4 else "/a/",
                url="https://blog.example/a/" if place < 4 else "",
                title="A & B",
            )
            comment = _make_comment(body, status, place)
            comment.site_id, comment.thread_id = site.id, thread.id
            comment.parent_id = parent if place < 4 else None
            session.add(comment)
            session.flush()
            _tell_of(session, comment, alice)
            parent = comment.id
    return run


def _tell_of(session: Session, comment: Comment, moderator: Moderator) -> None:
    """Add a note, a signal and a history to a comment."""
    comment.version = 3
    comment.verdict = Verdict.HOLD
    session.add(Note(comment_id=comment.id, body="A regular?"))
    signal = SignalEvidence(
        position=0, name="links", weight=1.5, reason="A link", spans=[["body", 0, 3]]
    )
    comment.signals.append(signal)
    arrival = Decision(to_status=Status.HELD, version=1, why="It was held.")
    move = Decision(
        from_status=Status.HELD,
        to_status=comment.status,
        version=2,
        moderator_id=moderator.id,
        agent="mail",
        why="So.",
        label=Label.HAM,
    )
    for place, decision in enumerate((arrival, move)):
        decision.comment_id = comment.id
        decision.created_at = AT.replace(minute=place)
        session.add(decision)
    session.flush()


def _make_comment(body: str, status: Status, place: int) -> Comment:
    draft = prepare_draft(
        thread="",
        name=f"Ada {place}",
        email=f"ada{place}@example.org",
        website="https://ada.example/" if place else "",
        body=body,
    )
    return Comment(
        status=status,
        name=draft.name,
        email=draft.email,
        website=draft.website,
        body=body,
        html=draft.html,
        digest=draft.digest,
        ip="198.51.100.7",
        network="198.51.100.0/24",
        user_agent="UA/1",
        score=0.25,
        kind=CommentKind.PINGBACK if place == 4 else CommentKind.COMMENT,
        created_at=AT.replace(second=place),
    )


def read_all(key: str) -> dict[str, Fields]:
    """Return what matters of all comments of a site, by name."""
    with open_database() as database, database.read() as session:
        query = select(Comment).where(Comment.site_id == find_site(session, key).id)
        return {
            comment.name: {
                "thread": comment.thread.key,
                "url": comment.thread.url,
                "title": comment.thread.title,
                "parent": comment.parent.name if comment.parent else None,
                "status": comment.status,
                "kind": comment.kind,
                "email": comment.email,
                "website": comment.website,
                "html": comment.html,
                "body": comment.body,
                "ip": comment.ip,
                "network": comment.network,
                "user_agent": comment.user_agent,
                "score": comment.score,
                "seconds": comment.created_at.replace(microsecond=0),
                "fraction": comment.created_at.microsecond,
                "version": comment.version,
                "verdict": comment.verdict,
                "note": comment.note.body if comment.note else "",
                "signals": [
                    (signal.name, signal.weight, signal.reason, signal.spans)
                    for signal in comment.signals
                ],
                "history": list_history(session, comment),
            }
            for comment in session.scalars(query)
        }


def list_history(session: Session, comment: Comment) -> list[tuple[object, ...]]:
    query = select(Decision).where(Decision.comment_id == comment.id)
    return [
        (
            one.from_status,
            one.to_status,
            one.version,
            one.created_at,
            one.moderator.email if one.moderator else None,
            one.agent,
            one.why,
            one.label,
        )
        for one in session.scalars(query.order_by(Decision.id))
    ]


def list_threads(key: str) -> list[tuple[object, ...]]:
    with open_database() as database, database.read() as session:
        site = find_site(session, key)
        query = select(Thread).where(Thread.site_id == site.id).order_by(Thread.key)
        return [
            (one.key, one.url, one.title, one.is_open, one.created_at)
            for one in session.scalars(query)
        ]


def export(run: Run, format_: str, path: Path) -> None:
    done = run("export", "--site", "blog", "--format", format_)

    assert (done.status, done.err) == (0, [])
    path.write_text("\n".join(done.out) + "\n", encoding="utf-8")


# What was said of comments, and done.
TOLD = {"version", "verdict", "note", "signals", "history"}
# What each format has no place for. Everything else comes back as it was.
LOST = {
    "jsonl": set[str](),
    # The text is made anew of HTML that shows the same; a page is known by its address.
    "wxr": {"body", "user_agent", "score", "fraction", "thread", "url", *TOLD},
    "disqus": {
        *{"body", "user_agent", "score", "fraction", "thread", "url", "kind"},
        *TOLD,
    },
}


@pytest.mark.parametrize("format_", LOST)
def test_a_round_trip_loses_what_the_format_can_not_carry_and_nothing_else(
    filled: Run, tmp_path: Path, format_: str
) -> None:
    path = tmp_path / "export"
    export(filled, format_, path)
    filled("site", "add", "copy", *ADDED)

    done = filled("import", format_, str(path), "--site", "copy", "--no-learn")

    assert done.status == 0, done.err
    before, after = read_all("blog"), read_all("copy")
    assert after.keys() == before.keys()
    lost = {
        field
        for name in before
        for field in before[name]
        if before[name][field] != after[name][field]
    }
    assert lost == LOST[format_]


def test_our_own_export_has_threads_without_comments(
    filled: Run, tmp_path: Path
) -> None:
    with open_database() as database, database.write() as session:
        site = find_site(session, "blog")
        ensure_thread(session, site, key="/quiet/", url="", title="Q").is_open = False
    path = tmp_path / "export"
    export(filled, "jsonl", path)
    filled("site", "add", "copy", *ADDED)

    filled("import", "jsonl", str(path), "--site", "copy")

    assert list_threads("copy") == list_threads("blog")


def test_an_export_of_an_earlier_version_is_read(filled: Run, tmp_path: Path) -> None:
    path = tmp_path / "export"
    export(filled, "jsonl", path)
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for line in lines:
        for name in ("note", "signals", "history", "verdict", "version"):
            if line["type"] == "comment":
                del line[name]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    filled("site", "add", "copy", *ADDED)

    done = filled("import", "jsonl", str(path), "--site", "copy")

    assert "new\t5" in done.out
    assert {one["note"] for one in read_all("copy").values()} == {""}


@pytest.mark.parametrize(
    "changed",
    [
        {"version": "many"},
        {"verdict": "perhaps"},
        {"note": "a\0b"},
        {"note": 5},
        {"signals": [{"name": "x"}]},
        {"signals": [{"name": "x", "weight": 1, "reason": "", "spans": [[1]]}]},
        {"history": [{"to": "approved"}]},
        {"history": "none"},
    ],
)
def test_what_is_told_of_a_comment_is_checked(
    filled: Run, tmp_path: Path, changed: Fields
) -> None:
    path = tmp_path / "export"
    export(filled, "jsonl", path)
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    # The last line tells how many there are.
    lines[-2] |= changed
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    filled("site", "add", "copy", *ADDED)

    done = filled("import", "jsonl", str(path), "--site", "copy")

    assert (done.status, len(done.err)) == (1, 1)
    assert f"line {len(lines) - 1}" in done.err[0]
    assert read_all("copy") == {}


def test_our_own_export_changes_nothing_where_it_came_from(
    filled: Run, tmp_path: Path
) -> None:
    path = tmp_path / "export"
    export(filled, "jsonl", path)
    before = read_all("blog")

    done = filled("import", "jsonl", str(path), "--site", "blog")

    assert "known already\t5" in done.out
    assert read_all("blog") == before


def test_our_own_export_has_what_the_schema_says(filled: Run) -> None:
    done = filled("export", "--site", "blog")

    lines = [json.loads(line) for line in done.out]
    schema = Path(__file__).parents[2].joinpath("docs/export.md").read_text("utf-8")
    assert [line["type"] for line in lines].count("comment") == 5
    assert lines[0]["version"] == 1
    for line in lines[1:]:
        for name in line:
            assert f"`{name}`" in schema


def test_no_cell_of_the_table_is_a_formula(run: Run) -> None:
    run("site", "add", "blog", *ADDED)
    risky = ["=1", "+1", "-1", "@x", "\t=1", "  =1", "\uff1d1", "a\n=1", "%0A", "|x"]
    with open_database() as database, database.write() as session:
        site = find_site(session, "blog")
        thread = ensure_thread(session, site, key="=k", url="", title="=t")
        for place, text in enumerate(risky):
            comment = _make_comment(text, Status.HELD, place)
            comment.site_id, comment.thread_id, comment.name = site.id, thread.id, text
            session.add(comment)

    done = run("export", "--site", "blog", "--format", "csv")

    rows = list(csv.reader("\n".join(done.out).splitlines(keepends=True)))
    cells = [cell for row in rows[1:] for cell in row]
    assert done.out[0].startswith("\ufeff")
    assert len(cells) > 100
    assert not [
        c for c in cells if c.lstrip(" ")[:1] in set("=+-@\t\r\n%|＝＋－＠") - {""}
    ]


@pytest.mark.parametrize("format_", FORMATS)
def test_an_empty_site_is_exported(run: Run, tmp_path: Path, format_: str) -> None:
    run("site", "add", "blog", *ADDED)

    export(run, format_, tmp_path / "export")

    if format_ != "csv":
        path = str(tmp_path / "export")
        done = run("import", format_, path, "--site", "blog")
        assert "comments\t0" in done.out


def test_what_is_not_public_can_not_become_so_elsewhere(filled: Run) -> None:
    disqus = filled("export", "--site", "blog", "--format", "disqus").out
    wxr = filled("export", "--site", "blog", "--format", "wxr").out

    # Two of five are approved.
    assert disqus.count("<isDeleted>true</isDeleted>") == 3
    assert sum("<wp:comment_approved>1<" in line for line in wxr) == 2


@pytest.mark.sqlite(reason="its log")
def test_who_is_slow_to_take_an_export_keeps_no_log_from_being_cut(
    filled: Run, data_dir: Path
) -> None:
    del filled
    with open_database() as database, database.write() as session:
        # More than a pipe holds.
        for comment in session.scalars(select(Comment)):
            comment.body = "word " * 12_000
    command = [sys.executable, "-m", "moderation", "export", "--site", "blog"]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as exporting,
        closing(sqlite3.connect(data_dir / "moderation.sqlite3")) as other,
    ):
        assert exporting.stdout is not None
        exporting.stdout.read(1)
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("UPDATE sites SET name = 'Other'")
        other.commit()

        (is_hindered, *_) = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

        taken = exporting.stdout.read()
    assert is_hindered == 0
    assert len(taken) > 5 * 60_000
    assert exporting.returncode == 0


@pytest.mark.parametrize(
    "arguments", [("--site", "none"), ("--site", "none", "--format", "wxr")]
)
def test_an_unknown_site_is_one_line(run: Run, arguments: tuple[str, ...]) -> None:
    done = run("export", *arguments)

    assert (done.status, done.out, len(done.err)) == (1, [], 1)
