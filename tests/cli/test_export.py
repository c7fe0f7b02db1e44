import csv
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from moderation.cli.database import open_database
from moderation.domain.kinds import CommentKind
from moderation.domain.statuses import Status
from moderation.services.drafts import prepare_draft
from moderation.services.sites import find_site
from moderation.services.threads import ensure_thread
from moderation.storage.models import Comment
from tests.cli.running import Run

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
            parent = comment.id
    return run


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
            }
            for comment in session.scalars(query)
        }


def export(run: Run, format_: str, path: Path) -> None:
    done = run("export", "--site", "blog", "--format", format_)

    assert (done.status, done.err) == (0, [])
    path.write_text("\n".join(done.out) + "\n", encoding="utf-8")


# What each format has no place for. Everything else comes back as it was.
LOST = {
    "jsonl": set[str](),
    # The text is made anew of HTML that shows the same; a page is known by its address.
    "wxr": {"body", "user_agent", "score", "fraction", "thread", "url"},
    "disqus": {"body", "user_agent", "score", "fraction", "thread", "url", "kind"},
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


@pytest.mark.parametrize(
    "arguments", [("--site", "none"), ("--site", "none", "--format", "wxr")]
)
def test_an_unknown_site_is_one_line(run: Run, arguments: tuple[str, ...]) -> None:
    done = run("export", *arguments)

    assert (done.status, done.out, len(done.err)) == (1, [], 1)
