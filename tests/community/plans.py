"""How the databases answer a question, and how often they are asked for it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, event, text

from community.store import Session, Store


def plans(store: Store, question: Callable[..., object], *args: object, **kwargs: object) -> str:
    """Return how the database answers every statement of a question."""

    def asked(session: Session) -> str:
        connection = session.connection()
        if not store.is_sqlite:  # of few rows it would rather read all
            session.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN " if store.is_sqlite else "EXPLAIN "
        said: list[tuple[str, Any]] = []

        def note(on: Connection, cursor: Any, sql: str, given: Any, *_: object) -> None:
            said.append((sql, tuple(given) if isinstance(given, list) else given))

        event.listen(connection, "before_cursor_execute", note)
        question(session, *args, **kwargs)
        event.remove(connection, "before_cursor_execute", note)
        found = [connection.exec_driver_sql(explain + sql, given).all() for sql, given in said]
        return "\n".join(str(row[-1]) for rows in found for row in rows)

    return store.read_sync(asked)


def statements(
    store: Store, question: Callable[..., object], *args: object, **kwargs: object
) -> int:
    """Return how many statements a question takes."""

    def asked(session: Session) -> int:
        said: list[str] = []

        def note(on: Connection, cursor: Any, sql: str, *_: object) -> None:
            said.append(sql)

        event.listen(connection := session.connection(), "before_cursor_execute", note)
        question(session, *args, **kwargs)
        event.remove(connection, "before_cursor_execute", note)
        return len(said)

    return store.read_sync(asked)
