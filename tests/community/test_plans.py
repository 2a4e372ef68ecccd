"""Questions that are asked often of tables that grow are answered from their indexes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, event, text

from community import failures, onboarding
from community.lists import Mode
from community.store import Session, Store
from tests.builders import a_person


def plans(store: Store, question: Callable[..., object], *args: object, **kwargs: object) -> str:
    """Return how the database answers every statement of a question."""

    def asked(session: Session) -> str:
        connection = session.connection()
        if not store.is_sqlite:  # of few rows it would rather read all
            session.execute(text("SET LOCAL enable_seqscan = off"))
        explain = "EXPLAIN QUERY PLAN " if store.is_sqlite else "EXPLAIN "
        said: list[tuple[str, Any]] = []

        def note(on: Connection, cursor: Any, sql: str, given: Any, *_: object) -> None:
            said.append((sql, given))

        event.listen(connection, "before_cursor_execute", note)
        question(session, *args, **kwargs)
        event.remove(connection, "before_cursor_execute", note)
        found = [connection.exec_driver_sql(explain + sql, given).all() for sql, given in said]
        return "\n".join(str(row[-1]) for rows in found for row in rows)

    return store.read_sync(asked)


def test_what_failed_is_found_without_reading_what_did_not(store: Store, now: datetime) -> None:
    found = plans(store, failures.failed, now=now)

    assert "ix_notice_failed" in found
    assert "ix_delivery_failed" in found
    assert ("SCAN notice USING INDEX ix_notice_failed" in found) is store.is_sqlite


def test_what_somebody_new_has_said_is_found_in_the_journal_by_index(
    store: Store, now: datetime
) -> None:
    ada = a_person(store)

    for found in (
        plans(store, onboarding.about, ada, now=now),
        plans(store, onboarding.has_wanted, ada, Mode.EACH, list_id=1),
    ):
        assert "ix_journal_noun_object_id" in found
        assert "ix_journal_person_id_lists" in found
        assert "SCAN journal" not in found
