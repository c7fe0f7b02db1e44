import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from moderation.formats import streams
from moderation.formats.reading import open_records
from moderation.formats.records import BrokenFileError
from tests.unit.formats import samples

WXR = samples.write_wxr(samples.write_wxr_comment(1), samples.write_wxr_comment(2))
DTD = '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


def zip_up(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("x.xml", text)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("format_", "given", "place", "cause"),
    [
        ("wxr", b"", "byte 0", "empty"),
        # Cut off while it was written or fetched.
        ("wxr", WXR[:900].encode(), "line ", "ends in the middle"),
        ("artrans", samples.ARTRANS[:-40].encode(), "item 2", "ends in the middle"),
        ("artrans", samples.ARTRANS[:-1].encode(), "item 2", "ends in the middle"),
        ("remark42", samples.REMARK42[:-30].encode(), "line 3", "ends too early"),
        ("wxr", gzip.compress(WXR.encode())[:-40], "packed", "ends too early"),
        # Another encoding than it says, or than anybody knows.
        ("wxr", WXR.replace("Well", "Wöll").encode("latin-1"), "line ", "UTF-8"),
        ("wxr", WXR.replace("UTF-8", "klingon").encode(), "line 1", "UTF-8"),
        ("artrans", '[{"id":"ö"}]'.encode("latin-1"), "byte 8", "UTF-8"),
        ("remark42", b'{"version":"\xff"}', "line 1, byte 13", "UTF-8"),
        # Another format.
        ("wxr", samples.write_disqus().encode(), "line 2", "<disqus>"),
        ("disqus", WXR.encode(), "line 2", "<rss>"),
        ("wxr", b"<rss><channel></channel></rss>", "line 1", "feed"),
        ("artrans", b'{"id": "1"}', "byte 0", "no JSON list"),
        ("artrans", b"[1]", "item 1", "no object"),
        ("remark42", b'{"id": "1"}', "line 1", "no backup"),
        ("jsonl", samples.REMARK42.encode(), "line 1", "no export"),
        ("isso", WXR.encode(), "byte 0", "SQLite"),
        ("isso", b"SQLite format 3\0" + b"x" * 5_000, "x", "sound database"),
        ("wxr", zip_up(WXR), "byte 0", "zip"),
        # Bombs.
        ("wxr", WXR.replace("<rss", DTD + "<rss", 1).encode(), "line ", "DTD"),
        ("wxr", ("<rss>" + "<a>" * 500).encode(), "line 1", "nested"),
        ("artrans", b"[" + b'{"a":' * 100_000, "item 1", "nested too deeply"),
        # NUL.
        ("wxr", WXR.replace("Well", "W\0ll").encode(), "line ", "not well-formed"),
        ("artrans", b'[{"id":"\0"}]', "item 1", "not JSON"),
    ],
)
def test_a_broken_file_is_refused_with_place_and_cause(
    tmp_path: Path, format_: str, given: bytes, place: str, cause: str
) -> None:
    path = tmp_path / "x"
    path.write_bytes(given)

    with (
        pytest.raises(BrokenFileError) as caught,
        open_records(format_, path) as (items, _),
    ):
        list(items)

    assert place in caught.value.place
    assert cause in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("format_", ["wxr", "artrans", "remark42"])
@pytest.mark.parametrize(
    "begin",
    [
        # In a text, in a tag, in a comment; the line never ends.
        '<rss><channel><item><title>{}<wp:comment xmlns:wp="x"><comment_content>',
        '<rss a="',
        "<rss><!--",
        '[{"content": "',
        '{"version": "',
    ],
)
def test_a_line_without_end_takes_bounded_memory(
    tmp_path: Path, begin: str, format_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The bounds themselves take a second each to reach.
    for name in (
        "xml_reading.MOST_TEXT_CHARACTERS",
        "xml_reading.MOST_BYTES_WITHOUT_EVENT",
    ):
        monkeypatch.setattr(f"moderation.formats.{name}", 2**20)
    for name in ("json_reading.MOST_ITEM_CHARACTERS", "streams.MOST_LINE_BYTES"):
        monkeypatch.setattr(f"moderation.formats.{name}", 2**20)
    path = tmp_path / "x"
    path.write_bytes(begin.encode() + b"a" * 8 * 2**20)

    with (
        pytest.raises(
            BrokenFileError, match=r"longer than|more than|no JSON|is not|ends"
        ),
        open_records(format_, path) as (items, _),
    ):
        list(items)


def test_a_gzip_bomb_is_refused_long_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "UNSUSPICIOUS_BYTES", 2**20)
    path = tmp_path / "x"
    path.write_bytes(gzip.compress(b"<rss>" + b" " * 64 * 2**20))

    with (
        pytest.raises(BrokenFileError, match="unpacks to more"),
        open_records("wxr", path) as (items, _),
    ):
        list(items)


@pytest.mark.parametrize(
    ("name", "given", "cause"),
    [
        ("a.yml", "a: [", "not YAML"),
        ("a.yml", "just text", "no fields"),
        ("a.json", "{", "can't be read"),
        ("a.yml", "x: " + "[" * 5_000, "can't be read|not YAML"),
        ("a.yml", "message: !!python/object/apply:os.system ['true']", "not YAML"),
    ],
)
def test_a_broken_file_of_staticman_is_named(
    tmp_path: Path, name: str, given: str, cause: str
) -> None:
    (tmp_path / name).write_text(given)

    with (
        pytest.raises(BrokenFileError, match=cause) as caught,
        open_records("staticman", tmp_path) as (items, _),
    ):
        list(items)

    assert name in caught.value.place


# Lines that are whole are no sign that others are missing.
WHOLE: dict[str, str] = {
    "wxr": WXR,
    "disqus": samples.write_disqus(samples.write_disqus_post(1)),
    "artrans": samples.ARTRANS,
    "isso-json": samples.ISSO_JSON,
}


@pytest.mark.parametrize("format_", WHOLE)
@pytest.mark.parametrize(
    "break_",
    [
        # Cut off anywhere.
        lambda data: data[: len(data) // 3],
        lambda data: data[: len(data) * 2 // 3],
        lambda data: data.rstrip()[:-1],
        # Another encoding, and what no text has.
        lambda data: data.replace(b"A", b"\xe4"),
        lambda data: data.decode().encode("utf-16-be"),
        lambda data: data.replace(b"A", b"\0"),
        # What it is packed in.
        lambda data: gzip.compress(data)[:-20],
        lambda data: zip_up(data.decode()),
        # Something else behind it.
        lambda data: data + data,
    ],
)
def test_each_format_is_refused_when_broken(
    tmp_path: Path, format_: str, break_: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "x"
    path.write_bytes(break_(WHOLE[format_].encode()))

    with (
        pytest.raises(BrokenFileError) as caught,
        open_records(format_, path) as (items, _),
    ):
        list(items)

    assert caught.value.place
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("format_", ["jsonl", "remark42"])
@pytest.mark.parametrize(
    "line",
    [
        b'{"type": "comm',
        b'{"type": "\xe4"}',
        b'{"type": "\0"}',
        b"[]",
        b'{"type": "comment"}' + b"x",
        b'{"id": ' + b"[" * 5_000,
    ],
)
def test_each_format_of_lines_is_refused_when_broken(
    tmp_path: Path, format_: str, line: bytes
) -> None:
    head = b'{"type":"export","format":"leave-a-reply","version":1,"site":"b"}\n'
    path = tmp_path / "x"
    path.write_bytes(head + line)

    with (
        pytest.raises(BrokenFileError) as caught,
        open_records(format_, path) as (items, _),
    ):
        list(items)

    assert "line 2" in caught.value.place
    assert "\n" not in str(caught.value)


HEAD = (
    b'{"type":"export","format":"leave-a-reply","version":1,"site":"b","has_end":true}'
)
PAGE = b'{"type":"thread","key":"/a/"}'


@pytest.mark.parametrize(
    ("lines", "place", "what"),
    [
        # Cut between two lines.
        ((HEAD,), "line 1", "cut off"),
        ((HEAD, PAGE), "line 2", "cut off"),
        # A line is missing in the middle, or was added.
        ((HEAD, PAGE, b'{"type":"end","threads":2,"comments":0}'), "line 3", "missing"),
        ((HEAD, PAGE, b'{"type":"end"}'), "line 3", "missing"),
        ((HEAD, b'{"type":"end","threads":0,"comments":0}', PAGE), "line 3", "follows"),
        # A type that is no word at all.
        ((HEAD, b'{"type":["end"]}'), "line 2", "needs"),
    ],
)
def test_our_own_export_is_refused_when_lines_are_missing(
    tmp_path: Path, lines: tuple[bytes, ...], place: str, what: str
) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\n".join(lines))

    with (
        pytest.raises(BrokenFileError, match=what) as caught,
        open_records("jsonl", path) as (items, _),
    ):
        list(items)

    assert caught.value.place == place


def test_our_own_export_of_earlier_releases_ends_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(HEAD.replace(b',"has_end":true', b"") + b"\n" + PAGE)

    with open_records("jsonl", path) as (items, _):
        found = list(items)

    assert len(found) == 1
