"""Owns statements spelled out once: given to the driver, they cost a fifth as much."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Compiled, Connection, Dialect, Executable, Insert
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from moderation.storage.driving import Found, fetch_all, run_all

Process = Callable[[Any], Any] | None
Given = Mapping[str, Any]
Make = Callable[[Iterable[Any]], Any]

# What Core puts in for a list whose length is known only when it is run.
_OPEN_LIST = "__[POSTCOMPILE_"
# By this PostgreSQL names what columns of numbers with a point are there: its dialect
# asks for it, and no other type does.
_DOUBLE = 701
# The ways of a post have some twenty; tests have many databases.
MOST_KEPT = 200


class Spelling:
    """A statement in the words of one database, and what its values are written as.

    `text` is what the driver is given.
    """

    def __init__(self, compiled: SQLCompiler, dialect: Dialect) -> None:
        self.text = compiled.string
        self._is_named = compiled.positiontup is None
        names = compiled.bind_names.items()
        writers = {name: _find_writer(bind.type, dialect) for bind, name in names}
        # What the statement itself holds is written once, too.
        fixed = {name for bind, name in names if not bind.required}
        self._fixed = {
            name: _process(writers[name], value)
            for name, value in compiled.params.items()
            if name in fixed
        }
        self._slots = [
            (name, writers[name]) for name in compiled.positiontup or list(writers)
        ]
        columns = list(getattr(compiled.statement, "exported_columns", ()))
        readers = [_find_reader(column.type, dialect) for column in columns]
        self._readers = readers if any(readers) else []
        # A text does not say what it finds: then it is seen with the first answer.
        self._make = _find_maker([column.key or "" for column in columns])

    def write(self, given: Given) -> Any:  # noqa: ANN401 as the driver wants it
        """Return the values as the driver takes them; what is not given is fixed."""
        fixed = self._fixed
        values = [
            (write(given[name]) if write else given[name])
            if name in given
            else fixed[name]
            for name, write in self._slots
        ]
        if self._is_named:
            names = (name for name, _ in self._slots)
            return dict(zip(names, values, strict=True))
        return tuple(values)

    def read(self, found: Found) -> Sequence[Any]:
        """Return the rows that a driver found, each value as its column has it."""
        make = self._make
        if make is None:
            make = self._make = _find_maker(found.names) or tuple
        if not self._readers:
            return list(map(make, found.rows))
        return [
            make(
                read(value) if read else value
                for read, value in zip(self._readers, row, strict=True)
            )
            for row in found.rows
        ]


class Answer:
    """What a statement found, as the driver gave it until it is read."""

    def __init__(self, found: Found, read: Callable[[Found], Sequence[Any]]) -> None:
        self.rows = found.rows
        self._found = found
        self._read = read

    def read(self) -> Sequence[Any]:
        """Return the rows, with their columns as attributes."""
        return self._read(self._found)


def find_rows(
    connection: Connection, statement: Executable, given: Given
) -> Sequence[Any]:
    """Return the rows of a statement, with its columns as attributes.

    Compose it once, as a constant: it is known again by being the same object.
    """
    return ask(connection, statement, given).read()


def ask(connection: Connection, statement: Executable, given: Given) -> Answer:
    """Run a statement as `find_rows` does, and leave reading the rows to the caller."""
    columns = tuple(given) if isinstance(statement, Insert) else None
    spelling = spell(statement, connection.dialect, columns)
    if spelling is None:
        rows = connection.execute(statement, given).all()
        return Answer(Found((), rows), _read_as_is)
    found = fetch_all(connection, spelling.text, spelling.write(given))
    return Answer(found, spelling.read)


def insert_all(
    connection: Connection, statement: Insert, rows: Sequence[Given]
) -> None:
    """Insert rows that all have the same columns, by a statement composed once."""
    spelling = spell(statement, connection.dialect, tuple(rows[0]))
    if spelling is None:
        connection.execute(statement, rows)
    else:
        run_all(connection, spelling.text, [spelling.write(row) for row in rows])


@lru_cache(maxsize=MOST_KEPT)
def spell(
    statement: Executable, dialect: Dialect, columns: tuple[str, ...] | None = None
) -> Spelling | None:
    """Return the words for a statement; None if Core must have a hand in each run.

    That is where a list is put in, or a column is given what Python makes.
    """
    compiled = _compile(statement, dialect, columns)
    if not isinstance(compiled, SQLCompiler) or _OPEN_LIST in compiled.string:
        return None
    if compiled.insert_prefetch or compiled.update_prefetch:
        return None
    return Spelling(compiled, dialect)


def _compile(
    statement: Any,  # noqa: ANN401 not all that can be run can be compiled
    dialect: Dialect,
    columns: tuple[str, ...] | None,
) -> Compiled:
    # Without returning ids that nobody asked for.
    is_insert = columns is not None
    options = {"for_executemany": True} if is_insert else {}
    compiled: Compiled = statement.compile(
        dialect=dialect, column_keys=columns and list(columns), **options
    )
    return compiled


def _find_maker(names: Sequence[str]) -> Make | None:
    """Return what makes rows with these names of plain ones, None if there are none."""
    if not names:
        return None
    found: Any = namedtuple("Found", names, rename=True)  # type: ignore[misc] # noqa: PYI024 the names differ by statement
    make: Make = found._make
    return make


def _read_as_is(found: Found) -> Sequence[Any]:
    return found.rows


def _find_writer(kind: TypeEngine[Any], dialect: Dialect) -> Process:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _find_reader(kind: TypeEngine[Any], dialect: Dialect) -> Process:
    return kind.dialect_impl(dialect).result_processor(dialect, _DOUBLE)


def _process(process: Process, value: Any) -> Any:  # noqa: ANN401 of any column
    return process(value) if process is not None and value is not None else value
