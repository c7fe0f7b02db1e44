import gzip
import json
from pathlib import Path

import pytest

from moderation.formats.detecting import detect_format
from moderation.formats.exported import ExportedSite
from moderation.formats.jsonl_writer import write_jsonl
from moderation.formats.times import EPOCH
from tests.unit.formats import samples

OWN = "".join(write_jsonl(ExportedSite(key="b", name="B", origin="", at=EPOCH), ()))


@pytest.mark.parametrize(
    ("text", "format_"),
    [
        (samples.write_wxr(samples.write_wxr_comment(1)), "wxr"),
        (samples.write_disqus(samples.write_disqus_post(1)), "disqus"),
        (samples.ARTRANS, "artrans"),
        (samples.ISSO_JSON, "isso-json"),
        (samples.REMARK42, "remark42"),
        (OWN, "jsonl"),
        # None of them: a page, a list of something else, nothing.
        ("<html><body>rss</body></html>", ""),
        (json.dumps([{"title": "x"}]), ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("is_packed", [False, True])
def test_the_format_is_found_out_from_the_beginning(
    tmp_path: Path, text: str, format_: str, *, is_packed: bool
) -> None:
    path = tmp_path / "x"
    path.write_bytes(gzip.compress(text.encode()) if is_packed else text.encode())

    assert detect_format(path) == format_


def test_a_database_of_isso_is_known(tmp_path: Path) -> None:
    samples.write_isso(tmp_path / "x")

    assert detect_format(tmp_path / "x") == "isso"
