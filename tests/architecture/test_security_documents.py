"""Holds what the documents on security say against the suite."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
NAMED = re.compile(r"`([a-z_/]+/test_[a-z_0-9]+\.py)::(test_[a-z_0-9]+)`")
POINT = re.compile(r"^\| (\d+\.\d+\.\d+) \|", re.MULTILINE)
# What the project has bound itself to, of OWASP ASVS 5.0.0.
LISTED = """
1.1.2 1.2.1 1.2.2 1.2.3 1.2.4 1.2.9 1.2.10 1.3.1 1.3.6 1.3.7 1.3.11 1.3.12 1.5.1 1.5.3
2.2.1 2.3.1 2.3.3 2.4.1 3.2.1 3.3.1 3.3.2 3.3.3 3.3.4 3.4.1 3.4.2 3.4.3 3.4.4 3.4.5
3.4.6 3.4.8 3.5.1 3.5.2 3.5.3 3.5.5 3.6.1 3.7.2 4.1.1 4.1.3 4.2.1 5.2.1 5.2.3 5.3.2
5.4.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.2.9 6.2.10 6.2.11 6.2.12 6.3.1
6.3.2 6.3.3 6.5.1 7.2.4 7.3.1 7.3.2 7.4.1 7.5.1 8.2.1 8.2.2 8.2.3 8.3.1 8.4.1 9.1.1
9.1.2 9.1.3 9.2.1 9.2.2 9.2.3 11.4.2 11.5.1 12.3.2 13.4.2 13.4.5 14.2.1 14.3.2 15.1.3
15.3.1 15.3.2 15.3.3 15.3.4 15.3.5 15.3.7 15.4.2 16.2.5 16.3.1 16.3.2 16.3.3 16.3.4
16.4.1 16.5.1 16.5.2 16.5.3
"""


def read(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["asvs.md", "threat-model.md"])
def test_every_test_that_is_named_is_there(name: str) -> None:
    named = NAMED.findall(read(name))

    missing = [
        f"{path}::{test}"
        for path, test in named
        if not (TESTS / path).exists()
        or f"def {test}(" not in (TESTS / path).read_text(encoding="utf-8")
    ]

    assert len(named) >= 20
    assert missing == []


def test_every_point_has_one_line_and_a_test() -> None:
    text = read("asvs.md")
    rows = [line for line in text.splitlines() if POINT.match(line)]

    assert POINT.findall(text) == LISTED.split()
    assert [row for row in rows if not NAMED.search(row)] == []
