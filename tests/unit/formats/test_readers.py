import gzip
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from moderation.domain.kinds import CommentKind
from moderation.domain.statuses import Status
from moderation.formats.reading import open_records
from moderation.formats.records import ImportedComment, ImportedThread
from tests.unit.formats import samples

AT = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)


def read(
    path: Path, format_: str, text: str | bytes | None = None
) -> tuple[list[ImportedThread], list[ImportedComment]]:
    if text is not None:
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    with open_records(format_, path) as (items, _):
        found = list(items)
    threads = [item for item in found if isinstance(item, ImportedThread)]
    return threads, [item for item in found if isinstance(item, ImportedComment)]


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_wordpress_is_read_whatever_the_version(tmp_path: Path, version: str) -> None:
    text = samples.write_wxr(
        samples.write_wxr_comment(1, body="One <b>two</b>"),
        samples.write_wxr_comment(2, parent=1),
        version=version,
    )

    threads, comments = read(tmp_path / "x.xml", "wxr", text)

    [thread] = threads
    assert (thread.url, thread.title) == ("https://old.example/first/", "First post")
    first, second = comments
    assert (first.id, first.thread, first.parent) == ("1", thread.id, "")
    assert (first.name, first.email, first.website) == (
        "Ada",
        "ada@example.org",
        "https://ada.example/",
    )
    assert (first.body, first.created_at) == ("One <b>two</b>", AT)
    assert (first.ip, first.origin) == ("198.51.100.7", "https://old.example")
    assert second.parent == "1"


@pytest.mark.parametrize(
    ("approved", "type_", "status", "kind"),
    [
        ("1", "", Status.APPROVED, CommentKind.COMMENT),
        ("0", "comment", Status.HELD, CommentKind.COMMENT),
        ("spam", "pingback", Status.SPAM, CommentKind.PINGBACK),
        ("trash", "trackback", Status.REJECTED, CommentKind.TRACKBACK),
        # Whose post lies in the bin.
        ("post-trashed", "", Status.REJECTED, CommentKind.COMMENT),
        # A plugin's own: when in doubt, it is held.
        ("maybe", "review", Status.HELD, CommentKind.COMMENT),
    ],
)
def test_wordpress_has_five_statuses_and_three_types(
    tmp_path: Path, approved: str, type_: str, status: Status, kind: CommentKind
) -> None:
    comment = samples.write_wxr_comment(1, approved=approved, type_=type_)

    _, [found] = read(tmp_path / "x.xml", "wxr", samples.write_wxr(comment))

    assert (found.status, found.kind) == (status, kind)
    assert len(found.notes) == (2 if approved == "maybe" else 0)


def test_wordpress_leaves_out_the_universal_time_of_what_waits(tmp_path: Path) -> None:
    comment = samples.write_wxr_comment(1, date="0000-00-00 00:00:00")

    _, [found] = read(tmp_path / "x.xml", "wxr", samples.write_wxr(comment))

    assert found.created_at == datetime(2020, 1, 2, 5, 4, 5, tzinfo=UTC)


def test_old_exports_of_wordpress_end_cdata_twice(tmp_path: Path) -> None:
    old = "<x><![CDATA[]]>]]></x><x><![CDATA[a <![CDATA[ b]]> <![CDATA[c]]>]]></x>"
    # Where a chunk ends there, too.
    text = samples.write_wxr(
        *(f"{old}{' ' * n}{samples.write_wxr_comment(n + 1)}" for n in range(200))
    )

    _, comments = read(tmp_path / "x.xml", "wxr", text)

    assert len(comments) == 200


@pytest.mark.parametrize(
    ("deleted", "spam", "status"),
    [
        ("false", "false", Status.APPROVED),
        ("true", "false", Status.REJECTED),
        ("true", "true", Status.SPAM),
        ("false", "123", Status.HELD),
    ],
)
def test_disqus_has_two_flags(
    tmp_path: Path, deleted: str, spam: str, status: Status
) -> None:
    post = samples.write_disqus_post(5, deleted=deleted, spam=spam, parent=4)

    threads, [found] = read(tmp_path / "x.xml", "disqus", samples.write_disqus(post))

    assert [(t.id, t.is_open, t.is_deleted) for t in threads] == [
        ("1", False, False),
        ("2", True, True),
    ]
    assert (found.id, found.thread, found.parent) == ("5", "1", "4")
    assert (found.status, found.created_at, found.origin) == (status, AT, "blog")


def test_isso_is_read_from_its_database(tmp_path: Path) -> None:
    samples.write_isso(tmp_path / "comments.db")

    threads, comments = read(tmp_path / "comments.db", "isso")

    assert [thread.key for thread in threads] == ["/a/", "/b/"]
    assert [comment.status for comment in comments] == [
        Status.APPROVED,
        Status.HELD,
        Status.REJECTED,
    ]
    assert [comment.parent for comment in comments] == ["", "1", ""]
    assert comments[0].created_at == AT.replace(microsecond=500_000)
    assert (comments[0].body, comments[0].is_html) == ("One *two*", False)


def test_comments_of_issos_json_are_told_apart_although_their_ids_are_not(
    tmp_path: Path,
) -> None:
    path = tmp_path / "x.json"

    [thread], comments = read(path, "isso-json", samples.ISSO_JSON)
    _, again = read(path, "isso-json")

    assert (thread.key, thread.title) == ("/a/", "A")
    assert len({comment.id for comment in comments}) == 3
    assert [one.id for one in again] == [one.id for one in comments]
    assert {comment.created_at for comment in comments} == {AT}


def test_remark42_is_read_as_typed_where_that_was_kept(tmp_path: Path) -> None:
    [thread], [first, second] = read(tmp_path / "x", "remark42", samples.REMARK42)

    assert (thread.url, thread.title) == ("https://old.example/a/", "A")
    assert (first.body, first.is_html, first.origin) == ("One *two*", False, "s")
    assert (second.body, second.is_html) == ("<p>Gone</p>", True)
    assert (second.parent, second.status) == ("x1", Status.REJECTED)
    # Their hashes are nobody's addresses.
    assert (first.ip, first.email) == ("", "")


def test_artrans_is_read_from_texts(tmp_path: Path) -> None:
    [thread], [first, second] = read(tmp_path / "x", "artrans", samples.ARTRANS)

    assert (thread.url, thread.title) == ("/a/", "A")
    assert (first.created_at, first.user_agent, first.parent) == (AT, "UA/1", "")
    assert (second.status, second.parent) == (Status.HELD, "1")


def test_staticman_counts_answers_by_place(tmp_path: Path) -> None:
    samples.write_staticman(tmp_path / "comments")

    threads, comments = read(tmp_path / "comments", "staticman")

    assert [thread.key for thread in threads] == ["a", "b"]
    assert [(one.id, one.parent) for one in comments] == [
        ("e1", ""),
        ("e2", "e1"),
        ("entry3", "#9"),
    ]
    assert comments[1].created_at == datetime(2020, 1, 2, 3, 4, 6, tzinfo=UTC)
    assert comments[2].created_at == datetime(2020, 1, 3, tzinfo=UTC)


def test_a_long_list_is_read_wherever_its_chunks_end(tmp_path: Path) -> None:
    one = '{"id": "%d", "page_key": "/ä/", "content": "[{\\"ü\\": ]} , 😀"}'
    text = "[\n" + " ,\n".join(one % number for number in range(5_000)) + "\n]\n"

    [thread], comments = read(tmp_path / "x", "artrans", text)

    assert thread.id == "/ä/"
    assert len(comments) == 5_000
    assert {comment.body for comment in comments} == {'[{"ü": ]} , 😀'}


def test_what_gzip_packed_is_unpacked(tmp_path: Path) -> None:
    packed = gzip.compress(samples.write_wxr(samples.write_wxr_comment(1)).encode())

    _, comments = read(tmp_path / "x.xml.gz", "wxr", packed)

    assert len(comments) == 1


@pytest.mark.parametrize("before", ["\n\n", "` ", "\r\n\t"])
def test_what_copying_left_before_the_first_tag_is_passed_over(
    tmp_path: Path, before: str
) -> None:
    text = before + samples.write_wxr(samples.write_wxr_comment(1))

    _, comments = read(tmp_path / "x", "wxr", text)

    assert len(comments) == 1


def test_ids_of_disqus_need_no_quotes_wherever_a_chunk_ends(tmp_path: Path) -> None:
    posts = [samples.write_disqus_post(number) for number in range(1, 400)]
    quoted = samples.write_disqus(*posts)
    bare = re.sub(r'dsq:id="([0-9]+)"', r"dsq:id=\1", quoted)

    found = read(tmp_path / "x", "disqus", bare)

    assert bare != quoted
    assert len(found[1]) == 399
    assert found == read(tmp_path / "y", "disqus", quoted)
