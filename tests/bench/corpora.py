"""Reads corpora of hostile strings, as the folders of a directory hold them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

# Where the collections have text among their cases, or one case has several texts.
INPUT_NAMES = ("input", "address")
FIELDS = ("name", "email", "website", "comment", "title", "url")


@dataclass(frozen=True, kw_only=True)
class Corpora:
    """Hostile strings by folder; whole bodies of requests; files to import.

    `carried` are (field, text): scripts in what passes the checks of that field.
    """

    strings: Mapping[str, Sequence[str]]
    carried: Sequence[tuple[str, str]]
    bodies: Sequence[bytes]
    files: Sequence[Path]


def read_corpora(directory: Path) -> Corpora:
    """Return what is in a directory; folders it does not have are empty."""
    strings = {
        folder.name: list(dict.fromkeys(_read_folder(folder)))
        for folder in sorted(directory.iterdir())
        if folder.is_dir() and folder.name not in {"json", "xml", "licences"}
    }
    carriers: dict[str, list[str]] = {}
    path = directory / "own" / "carriers.json"
    if path.exists():
        carriers = json.loads(path.read_text("utf-8"))
    return Corpora(
        strings={name: found for name, found in strings.items() if found},
        carried=[
            (field, carrier.replace("{}", attack))
            for attack in strings.get("xss", ())
            for field, found in carriers.items()
            for carrier in found
        ],
        bodies=[path.read_bytes() for path in sorted(directory.glob("json/*/*.json"))],
        files=sorted(directory.glob("xml/*.xml")),
    )


def _read_folder(folder: Path) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        if path.name == "carriers.json":
            continue
        if path.suffix == ".json":
            yield from _find_texts(json.loads(path.read_text("utf-8")))
        elif path.suffix == ".txt":
            yield from path.read_text("utf-8", "replace").splitlines()
        elif path.suffix == ".xml":
            # A collection of cases: what is hostile stands in them as text.
            for found in ET.parse(path).iter("address"):  # noqa: S314
                yield _restore_controls(found.text or "")


def _find_texts(found: Any) -> Iterator[str]:  # noqa: ANN401 whatever JSON holds
    if isinstance(found, str):
        yield found
    elif isinstance(found, list):
        for inner in found:
            yield from _find_texts(inner)
    elif isinstance(found, dict):
        named = [
            found[name] for name in INPUT_NAMES if isinstance(found.get(name), str)
        ]
        if named:
            yield from named
            return
        for inner in found.values():
            yield from _find_texts(inner)


def _restore_controls(text: str) -> str:
    """Return a text in which U+2400 + n stood for the control character n."""
    pictures = {0x2400 + number: number for number in range(0x20)}
    return text.translate(pictures)
