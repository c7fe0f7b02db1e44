"""Owns the script of the elements as blogs load it, and the names of its versions.

It is made once per process from the sources in `static`: comments and white space are
taken off, and its styles put in. Its version is its content.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import rcssmin
import rjsmin

STATIC = Path(__file__).parents[1] / "static"
STYLES = "'@embed-element.css'"
DIGEST_CHARACTERS = 16
# Where each version that was ever served is kept: pages that pin one go on working.
KEPT = "embed"


@dataclass(frozen=True, kw_only=True)
class Script:
    """A script as it is served, and what names its content."""

    text: str
    version: str
    integrity: str


@cache
def make_element_script() -> Script:
    """Return the script of the elements."""
    styles = rcssmin.cssmin((STATIC / "embed-element.css").read_text("utf-8"))
    source = rjsmin.jsmin((STATIC / "embed.js").read_text("utf-8"))
    return _name_script(source.replace(STYLES, json.dumps(styles)))


@cache
def make_frame_script() -> Script:
    """Return the script by which a page fits the height of our frames."""
    return _name_script(rjsmin.jsmin((STATIC / "embed-frame.js").read_text("utf-8")))


def keep_script(data_dir: Path, script: Script) -> None:
    """Keep a version for when there is a newer one; without a place, it is not kept."""
    path = data_dir / KEPT / f"{script.version}.js"
    if path.exists():
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_text(script.text, "utf-8")
        draft.replace(path)
    except OSError:
        return


def _name_script(text: str) -> Script:
    digest = hashlib.sha384(text.encode()).digest()
    return Script(
        text=text,
        version=digest.hex()[:DIGEST_CHARACTERS],
        integrity=f"sha384-{base64.b64encode(digest).decode()}",
    )
