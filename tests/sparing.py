"""Spares the tests of a process what each does anew, and what none of them needs."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from moderation.storage import session

# As the service opens a database of SQLite.
DURABLE = session.SQLITE_PRAGMAS
# What is lost with the machine is of no matter in tests: waiting for the disk took a
# quarter of their time.
QUICK = (*DURABLE, "PRAGMA synchronous = OFF")
# Of all tests; there are some thousands.
MOST_STATEMENTS = 10_000
# Objects made until the next look for cycles among the young, the middle and the old.
GARBAGE = (20_000, 20, 50)


@contextmanager
def sparing() -> Iterator[None]:
    """Let apps and databases of this process be made, and used, at less cost."""
    with pytest.MonkeyPatch.context() as patch:
        share_rules(patch)
        share_statements(patch)
        patch.setattr(session, "SQLITE_PRAGMAS", QUICK)
        yield


def share_rules(patch: pytest.MonkeyPatch) -> None:
    """Compile each route once: apps that are made anew have the same routes.

    That is four fifths of the time it takes to make one.
    """
    compile_builder = Rule._compile_builder  # noqa: SLF001
    kept: dict[object, Callable[..., tuple[str, str]]] = {}

    def find_builder(
        rule: Rule,
        append_unknown: bool = True,  # noqa: FBT001, FBT002 - as Werkzeug calls it
    ) -> Callable[..., tuple[str, str]]:
        # All that Werkzeug compiles a builder from.
        defaults = tuple(sorted((rule.defaults or {}).items()))
        key = (rule.rule, tuple(rule._trace), repr(defaults), append_unknown)  # noqa: SLF001
        if key not in kept:
            kept[key] = compile_builder(rule, append_unknown)
        return kept[key]

    patch.setattr(Rule, "_compile_builder", find_builder)


def share_statements(patch: pytest.MonkeyPatch) -> None:
    """Compile each statement once: each test has a database, and so an engine, anew.

    Engines keep what they compiled under their dialect. Those of one kind and one
    version compile alike: to tell them apart took a quarter of the time.
    """
    kept: LRUCache[object, object] = LRUCache(MOST_STATEMENTS)

    def find_kind(dialect: DefaultDialect) -> tuple[object, ...]:
        return type(dialect), getattr(dialect, "server_version_info", None)

    def is_alike(dialect: DefaultDialect, other: object) -> bool:
        return isinstance(other, DefaultDialect) and (
            find_kind(dialect) == find_kind(other)
        )

    patch.setattr(DefaultDialect, "__eq__", is_alike)
    patch.setattr(DefaultDialect, "__hash__", lambda dialect: hash(find_kind(dialect)))
    # Each engine sets its own.
    shared = property(lambda _: kept, lambda _, __: None)
    patch.setattr(Engine, "_compiled_cache", shared, raising=False)


def look_for_garbage_less() -> None:
    """Let what is there now be taken to stay, and look at the rest less often.

    Looking through ten thousand collected tests took 0.3 s every few seconds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
