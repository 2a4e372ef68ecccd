"""Statements that are put together once, and then go to the database's driver as they are.

For what every mail costs (`arrivals.py`): SQLAlchemy looks up each time how a statement was put
together and what its rows are like, and that takes longer than carrying it out. Values and rows are
treated as ever, so are errors; and who listens for statements hears of these.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import (
    BindParameter,
    Connection,
    Dialect,
    Insert,
    Select,
    Update,
    literal_column,
)
from sqlalchemy.exc import DBAPIError, NoResultFound
from sqlalchemy.orm import Session
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

T = TypeVar("T")
Values = Mapping[str, Any]
Convert = Callable[[Any], Any]

Statement = Select[*tuple[Any, ...]] | Insert | Update

NOTHING: Final[Values] = {}


class Prepared:
    """A SELECT, INSERT or UPDATE whose text never changes; lists of any length travel as JSON.

    An INSERT names the `columns` whose values it is given; the others get their defaults.
    """

    def __init__(self, statement: Statement, *columns: str) -> None:
        self._statement, self._columns = statement, columns
        self._ready: dict[str, _Ready] = {}

    def rows(self, session: Session, values: Values = NOTHING) -> list[tuple[Any, ...]]:
        """Carry it out, and return its rows."""
        connection = session.connection()  # which the session takes its time to give
        return self._for(connection).rows(connection, values)

    def one(self, session: Session, values: Values = NOTHING) -> tuple[Any, ...]:
        """Carry it out, and return its first row.

        Raises:
            NoResultFound: there is none.
        """
        for row in self.rows(session, values):
            return row
        raise NoResultFound

    def each(self, session: Session, rows: Sequence[Values]) -> int:
        """Carry it out once for each of these; return how many rows that changed in all."""
        connection = session.connection()
        return self._for(connection).each(connection, rows)

    def row_of_each(self, session: Session, rows: Sequence[Values]) -> list[tuple[Any, ...]]:
        """Carry it out once for each of these; return the row that each gives, in their order."""
        connection = session.connection()
        return self._for(connection).row_of_each(connection, rows)

    def _for(self, connection: Connection) -> "_Ready":
        dialect = connection.dialect
        if dialect.name not in self._ready:
            self._ready[dialect.name] = _Ready(self._statement, self._columns, dialect)
        return self._ready[dialect.name]


class _Ready:
    """A statement as one kind of database takes it."""

    def __init__(
        self,
        statement: Statement,
        columns: tuple[str, ...],
        dialect: Dialect,
    ) -> None:
        spoken: Any = _with_constants(statement, dialect)
        compiled = spoken.compile(dialect=dialect, column_keys=list(columns) or None)
        self._text = str(compiled)
        self._names: list[str] = list(compiled.positiontup or compiled.binds)
        self._is_positional = bool(compiled.positiontup)
        #: For each parameter its value, or how the one that is given is converted.
        fixed = {column.key: column.default.arg for column in compiled.insert_prefetch}
        self._takes = [_taken(compiled.binds[name], dialect, fixed) for name in self._names]
        self._gives = [_given(each, dialect) for each in _types(statement)]
        self._converts = any(self._gives)

    def rows(self, connection: Connection, values: Values) -> list[tuple[Any, ...]]:
        parameters = self._parameters(values)

        def work(cursor: Any) -> list[tuple[Any, ...]]:
            cursor.execute(self._text, parameters)
            return self._read(cursor.fetchall())

        return self._carried_out(connection, parameters, work, many=False)

    def each(self, connection: Connection, rows: Sequence[Values]) -> int:
        many = [self._parameters(values) for values in rows]

        def work(cursor: Any) -> int:
            if len(many) == 1:
                cursor.execute(self._text, many[0])
            else:
                cursor.executemany(self._text, many)
            return int(cursor.rowcount)

        return self._carried_out(connection, many, work, many=True) if many else 0

    def row_of_each(self, connection: Connection, rows: Sequence[Values]) -> list[tuple[Any, ...]]:
        many = [self._parameters(values) for values in rows]

        def work(cursor: Any) -> list[tuple[Any, ...]]:
            # SQLite's driver gives no rows of many; PostgreSQL's would make a pipeline for one.
            if self._is_positional or len(many) == 1:
                return self._read([cursor.execute(self._text, one).fetchone() for one in many])
            cursor.executemany(self._text, many, returning=True)
            found = [cursor.fetchone()]
            while cursor.nextset():
                found.append(cursor.fetchone())
            return self._read(found)

        return self._carried_out(connection, many, work, many=True) if many else []

    def _parameters(self, values: Values) -> Any:
        given = [
            value if name is None else convert(values[name]) if convert else values[name]
            for name, convert, value in self._takes
        ]
        return given if self._is_positional else dict(zip(self._names, given, strict=True))

    def _read(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        if not rows or not self._converts:
            return rows
        columns = zip(zip(*rows, strict=True), self._gives, strict=True)
        return list(zip(*(map(to, cells) if to else cells for cells, to in columns), strict=True))

    def _carried_out(
        self, connection: Connection, parameters: Any, work: Callable[[Any], T], *, many: bool
    ) -> T:
        """Do as SQLAlchemy does around a statement: tell who listens, and wrap what goes wrong."""
        told = (self._text, parameters, None, many)
        cursor: Any = connection.connection.cursor()
        try:
            for hear in connection.dispatch.before_cursor_execute:
                hear(connection, cursor, *told)
            done = work(cursor)
            for hear in connection.dispatch.after_cursor_execute:
                hear(connection, cursor, *told)
            return done
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(error, connection, cursor) from error
        finally:
            cursor.close()


def _with_constants(statement: Any, dialect: Dialect) -> Any:
    """Have words that are always the same stand in the text, where SQLite is to see them.

    It plans anew, each time, what compares a parameter with a column of a partial index.
    """
    if dialect.name != "sqlite":
        return statement

    def constant(element: object, **_: object) -> ColumnElement[Any] | None:
        if not isinstance(element, BindParameter) or not isinstance(element.value, str):
            return None
        write = element.type.dialect_impl(dialect).literal_processor(dialect)
        return literal_column(write(element.value), element.type) if write else None

    return visitors.replacement_traverse(statement, {}, constant)


def _taken(
    bind: BindParameter[Any], dialect: Dialect, fixed: Values
) -> tuple[str | None, Convert | None, Any]:
    """Return of a parameter its name and what converts it; or its value, where it always has it."""
    if bind.expanding:
        raise TypeError(f"{bind.key} is a list, of which the text of the statement depends")
    convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
    if bind.required and bind.key not in fixed:
        return bind.key, convert, None
    value = fixed.get(bind.key, bind.effective_value)
    if callable(value):
        raise TypeError(f"{bind.key} is made anew each time")
    return None, None, convert(value) if convert else value


def _given(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _types(statement: Statement) -> list[TypeEngine[Any]]:
    if isinstance(statement, Select):
        return [column.type for column in statement.selected_columns]
    return [given["type"] for given in statement.returning_column_descriptions]


def _wrapped(error: Exception, connection: Connection, cursor: Any) -> BaseException:
    """Return an error of the driver as SQLAlchemy raises it; who is gone is asked no more."""
    dialect = connection.dialect
    is_gone = dialect.is_disconnect(
        error,  # type: ignore[arg-type]  # it is the driver's
        connection.connection.dbapi_connection,
        cursor,
    )
    if is_gone:
        connection.invalidate(error)
    return DBAPIError.instance(
        None,  # neither what was asked nor what people wrote
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=is_gone,
        dialect=dialect,
    )
