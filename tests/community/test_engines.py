"""The engines: how a connection is set, who may write, what a question sees."""

from datetime import datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from community import lists
from community.lists import MailingList
from community.store import Session, Store


def test_sqlite_commits_are_synced_and_only_the_writer_checkpoints(store: Store) -> None:
    if not store.is_sqlite:
        return

    def pragmas(session: Session) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint")
        return [session.execute(text(f"PRAGMA {name}")).scalar() for name in names]

    assert store.run_sync(pragmas) == ["wal", 2, 1, 1000]
    assert store.read_sync(pragmas) == ["wal", 2, 1, 0]


def test_a_question_that_would_change_something_is_refused(store: Store, now: datetime) -> None:
    kept = store.run_sync(lists.create, "kept@example.org", by=None, now=now).id

    def remove(session: Session) -> None:
        session.delete(session.get_one(MailingList, kept))

    with pytest.raises(DBAPIError, match=r"read-?only"):
        store.read_sync(remove)

    assert store.read_sync(lambda session: session.get_one(MailingList, kept).address) == (
        "kept@example.org"
    )


def test_a_question_sees_one_moment(store: Store, now: datetime) -> None:
    def count(session: Session) -> int:
        return session.scalar(select(func.count()).select_from(MailingList)) or 0

    def counts(session: Session) -> tuple[int, int]:
        before = count(session)
        store.run_sync(lists.create, "meanwhile@example.org", by=None, now=now)
        return before, count(session)

    assert store.read_sync(counts) == (0, 0)
    assert store.read_sync(count) == 1


def test_a_statement_that_postgresql_has_prepared_outlives_the_question(store: Store) -> None:
    if store.is_sqlite:
        return  # prepares in the driver

    def prepared(session: Session) -> list[str]:
        names = text("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%FIXED%'")
        session.execute(text("SELECT 'FIXED'"))
        return list(session.scalars(names))

    seen = [store.read_sync(prepared) for _ in range(8)]

    assert (seen[0], len(seen[-1])) == ([], 2)


def test_a_connection_that_the_server_has_ended_is_not_used_again(store: Store) -> None:
    if store.is_sqlite:
        return  # has no server

    def backend(session: Session) -> int:
        return int(session.scalar(text("SELECT pg_backend_pid()")) or 0)

    ended = store.run_sync(backend)
    other = Store(store.url)
    other.run_sync(
        lambda session: session.execute(
            text("SELECT pg_terminate_backend(:ended, 10000)"), {"ended": ended}
        )
    )
    other.close()

    assert store.run_sync(backend) != ended


def test_a_question_is_planned_for_what_it_asks(store: Store) -> None:
    if store.is_sqlite:
        return  # knows no plan for all values

    def asked(session: Session) -> list[int]:
        session.scalar(text("SELECT count(*) FROM post WHERE subject = :this"), {"this": "rare"})
        plans = "SELECT generic_plans FROM pg_prepared_statements WHERE statement ~ '^SELECT co'"
        return list(session.scalars(text(plans)))

    seen = [store.read_sync(asked) for _ in range(20)]  # of its own it would by the eleventh

    assert seen[-1] == [0]
