"""Holds constraints.txt against what the service needs: one version of each."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PINS = dict(
    line.split("==")
    for line in (ROOT / "constraints.txt").read_text().splitlines()
    if line and not line.startswith("#")
)
PINNED: dict[str, str] = {
    canonicalize_name(name): version for name, version in PINS.items()
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]


def list_needed() -> set[str]:
    """Return the names of all packages that are needed, by others of them, too."""
    asked = [
        *PROJECT["dependencies"],
        *(one for some in EXTRAS.values() for one in some),
    ]
    waiting = [Requirement(text) for text in asked]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement = waiting.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        waiting += list_further(requirement)
    return {name for name, _ in seen}


def list_further(requirement: Requirement) -> list[Requirement]:
    """Return what a package needs here, none if it is of an extra not installed."""
    try:
        texts = distribution(requirement.name).requires or []
    except PackageNotFoundError:
        return []
    extras = requirement.extras or {""}
    return [
        found
        for found in map(Requirement, texts)
        if found.marker is None
        or any(found.marker.evaluate({"extra": extra}) for extra in extras)
    ]


def test_every_package_that_is_needed_has_one_version() -> None:
    assert list_needed() - set(PINNED) == set()


def test_a_pin_is_a_version_and_no_address() -> None:
    wrong = {
        name: version
        for name, version in PINNED.items()
        if not re.fullmatch(r"[0-9][0-9A-Za-z.+!-]*", version)
    }

    assert wrong == {}


def test_what_is_installed_for_the_service_is_what_was_pinned() -> None:
    other = {}
    for name in list_needed():
        try:
            installed = distribution(name).version
        except PackageNotFoundError:
            continue
        if installed != PINNED.get(name):
            other[name] = (installed, PINNED.get(name))

    assert other == {}
