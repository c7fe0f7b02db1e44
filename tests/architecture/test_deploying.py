"""Holds the files that operators copy against the code."""

import re
from pathlib import Path

import pytest

from moderation.config import SETTING_NAMES

DOCS = Path(__file__).parents[2] / "docs"
FILES = sorted([*(DOCS / "deploy").iterdir(), DOCS / "operating.md"])
SETTING = re.compile(r"MODERATION_[A-Z_]+[A-Z]")


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_what_operators_copy_names_settings_that_there_are(path: Path) -> None:
    named = set(SETTING.findall(path.read_text(encoding="utf-8")))

    known = {*SETTING_NAMES, *(f"{name}_FILE" for name in SETTING_NAMES)}
    assert named <= known


def test_every_file_is_told_of() -> None:
    told = (DOCS / "operating.md").read_text(encoding="utf-8")

    assert [path.name for path in FILES[:-1] if path.name not in told] == []
