"""What our own export holds is read back as it was, whatever people wrote."""

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.domain.kinds import CommentKind
from moderation.domain.statuses import Status
from moderation.formats.exported import ExportedComment, ExportedSite, ExportedThread
from moderation.formats.jsonl_writer import write_jsonl
from moderation.formats.reading import open_records
from moderation.formats.records import ImportedComment, ImportedThread

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    ["\r\n", "\u2028", "\x85", "\ufeff", '"}', "=1+1", "\U0001f469\u200d\U0001f467"]
)
INSTANT = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 the strategy adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
SITE = ExportedSite(
    key="blog",
    name="A blog",
    origin="https://blog.example",
    at=datetime(2026, 1, 2, tzinfo=UTC),
)
COMMENT = st.builds(
    ExportedComment,
    id=st.integers(1, 2**63 - 1),
    parent=st.none() | st.integers(1, 2**63 - 1),
    status=st.sampled_from(Status),
    kind=st.sampled_from(CommentKind),
    version=st.integers(1, 1000),
    name=TEXT,
    email=TEXT,
    website=TEXT,
    body=TEXT,
    html=TEXT,
    ip=TEXT,
    user_agent=TEXT,
    score=st.floats(0, 1),
    verdict=st.none(),
    created_at=INSTANT,
)
THREAD = st.builds(
    ExportedThread,
    id=st.integers(1, 1000),
    key=TEXT,
    url=TEXT,
    title=TEXT,
    is_open=st.booleans(),
    created_at=INSTANT,
    comments=st.lists(COMMENT, max_size=4),
)


@settings(max_examples=50, deadline=None)
@given(threads=st.lists(THREAD, max_size=3))
def test_our_own_export_is_read_back_as_it_was(threads: list[ExportedThread]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.jsonl"
        path.write_bytes("".join(write_jsonl(SITE, threads)).encode())
        with open_records("jsonl", path) as (items, _):
            found = list(items)

    read = [item for item in found if isinstance(item, ImportedThread)]
    assert [(t.key, t.url, t.title, t.is_open) for t in read] == [
        (t.key, t.url, t.title, t.is_open) for t in threads
    ]
    comments = [item for item in found if isinstance(item, ImportedComment)]
    assert [describe(comment) for comment in comments] == [
        describe_exported(thread, comment)
        for thread in threads
        for comment in thread.comments
    ]


def describe(comment: ImportedComment) -> tuple[object, ...]:
    bare = replace(comment, place="", kept=None)
    return (
        *(bare.id, bare.thread, bare.parent, bare.status, bare.kind, bare.name),
        *(bare.email, bare.website, bare.body, bare.ip, bare.user_agent, bare.score),
        bare.created_at,
    )


def describe_exported(
    thread: ExportedThread, comment: ExportedComment
) -> tuple[object, ...]:
    parent = "" if comment.parent is None else str(comment.parent)
    return (
        *(str(comment.id), thread.key, parent, comment.status, comment.kind),
        *(comment.name, comment.email, comment.website, comment.body, comment.ip),
        *(comment.user_agent, comment.score, comment.created_at),
    )
