"""Holds the sources to the rules that no other tool checks."""

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from moderation.config import SETTING_NAMES, Settings

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "moderation"
MOST_MODULE_LINES = 400
MOST_FUNCTION_LINES = 40
# Revisions are lists of tables, not logic.
REVISIONS = PACKAGE / "storage" / "migrations" / "versions"
MODULES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.parent != REVISIONS
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    """Return what each module of the package says, by its name."""
    return {name: ast.parse(text) for name, text in MODULES.items()}


def list_functions(tree: ast.Module) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def count_lines(function: Function) -> int:
    """Return how long a function is, its docstring not counted."""
    first = function.body[0]
    is_described = ast.get_docstring(function) is not None
    described = (first.end_lineno or 0) - first.lineno + 1 if is_described else 0
    return (function.end_lineno or 0) - function.lineno + 1 - described


def list_words(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a module takes from others."""
    for node in ast.walk(tree):
        # `request.environ` is the request's own: WSGI's, not the process's.
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) != "request":
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_each_module_is_short() -> None:
    lengths = {name: len(text.splitlines()) for name, text in MODULES.items()}

    long = {name for name, lines in lengths.items() if lines > MOST_MODULE_LINES}

    assert lengths
    assert long == set()


def test_each_module_says_what_it_owns(trees: dict[str, ast.Module]) -> None:
    silent = {name for name, tree in trees.items() if not ast.get_docstring(tree)}

    assert silent == set()


def test_each_function_is_short(trees: dict[str, ast.Module]) -> None:
    long = {
        (name, function.name)
        for name, tree in trees.items()
        for function in list_functions(tree)
        if count_lines(function) > MOST_FUNCTION_LINES
    }

    assert long == set()


def test_only_the_settings_read_the_environment(trees: dict[str, ast.Module]) -> None:
    readers = {"environ", "getenv", "environs"}

    found = {
        name for name, tree in trees.items() if not readers.isdisjoint(list_words(tree))
    }

    assert {name for name in found if Path(name).name != "config.py"} == set()


def test_tests_mirror_the_package() -> None:
    folders = [
        (ROOT / "tests" / "unit", PACKAGE),
        (ROOT / "tests" / "web", PACKAGE / "web"),
        (ROOT / "tests" / "cli", PACKAGE / "cli"),
    ]

    strangers = [
        str(found.relative_to(ROOT))
        for tests, package in folders
        for found in tests.rglob("*/")
        if found.name != "__pycache__"
        and not (package / found.relative_to(tests)).is_dir()
    ]

    assert strangers == []


def test_every_layer_and_audience_has_tests() -> None:
    layers = {
        path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()
    }
    audiences = {path.parent.name for path in (PACKAGE / "web").glob("*/__init__.py")}

    tested = {path.name for path in (ROOT / "tests").glob("*/")}
    tested |= {path.name for path in (ROOT / "tests" / "unit").glob("*/")}
    tested_audiences = {path.name for path in (ROOT / "tests" / "web").glob("*/")}

    assert layers - tested == set()
    assert audiences - tested_audiences == set()


def test_the_changelog_has_what_is_not_released_yet() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert "## Unreleased" in text


def test_the_readme_lists_each_setting_with_its_default() -> None:
    listed = dict(list_settings_in_readme())

    assert sorted(listed) == sorted(SETTING_NAMES)
    for field in fields(Settings):
        if isinstance(field.default, str | int) and field.name != "is_demo":
            default = field.default
            shown = str(int(default)) if isinstance(default, bool) else str(default)
            assert shown in listed[f"MODERATION_{field.name.upper()}"]


def list_settings_in_readme() -> Iterator[tuple[str, str]]:
    """Yield name and default of each row `| `MODERATION_X` | default | meaning |`."""
    for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) >= 3 and cells[0].startswith("`MODERATION_"):
            yield cells[0].strip("`"), cells[1]
