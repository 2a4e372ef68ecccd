"""A community of any size on either database, with the honest settings of the disk."""

import contextlib
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

import migrations
from bench import mails
from community import lists, subscriptions
from community.people import Address, Person
from community.store import Session, Store
from community.subscriptions import Subscription
from migrations.__main__ import load_tables
from tests import postgres

EARLIER = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
#: The tests' server forgets on a power cut to be fast; here each commit is on disk.
HONEST = (
    *("-c", "listen_addresses="),
    *("-c", "max_connections=60"),
    *("-c", "shared_buffers=128MB"),
    *("-c", "timezone=UTC"),
)
DATABASES = ("sqlite", "postgresql")
#: So much that no rule speaks.
OPEN = (
    "newcomer_posts=0",
    "grace_seconds=0",
    "repeats=0",
    "threads_per_day=10000",
    "mails_per_member_per_week=10000",
    "posts_per_member_per_week=10000",
)


@contextlib.contextmanager
def database(kind: str) -> Iterator[str]:
    """Give the URL of a new, migrated database of one kind."""
    load_tables()
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="samband-bench-") as folder:
            url = f"sqlite:///{Path(folder) / 'samband.db'}"
            migrations.upgrade(url)
            yield url
        return
    usual = postgres.SERVER_OPTIONS
    postgres.SERVER_OPTIONS = HONEST  # type: ignore[assignment]  # a shorter tuple
    try:
        with postgres.running() as server:
            url = server.url(server.create())
            migrations.upgrade(url)
            yield url
    finally:
        postgres.SERVER_OPTIONS = usual


def populate(store: Store, people: int, *, policy: tuple[str, ...] = OPEN) -> int:
    """Put so many people on a new list with this policy, and one on another; return the list."""

    def put(session: Session) -> int:
        made = lists.create(session, mails.LIST, by=None, now=EARLIER)
        lists.set_policy(session, made.id, policy, by=None, now=EARLIER)
        for start in range(0, people, 5_000):
            _put_people(session, made.id, range(start, min(start + 5_000, people)))
        first = lists.create(session, mails.FIRST, by=None, now=EARLIER)
        lists.set_policy(session, first.id, policy, by=None, now=EARLIER)
        subscriptions.subscribe(session, first.id, [1], by=None, now=EARLIER)
        return made.id

    return store.run_sync(put)


def _put_people(session: Session, list_id: int, numbers: range) -> None:
    names = [
        {
            "id": number + 1,
            "name": f"Member {number}",
            "language": "en",
            "joined_at": EARLIER,
            "state": "active",
        }
        for number in numbers
    ]
    addresses = [
        {"person_id": number + 1, "email": mails.member(number), "is_primary": True}
        for number in numbers
    ]
    session.execute(insert(Person), names)
    session.execute(insert(Address), addresses)
    session.execute(
        insert(Subscription),
        [{"list_id": list_id, "person_id": number + 1, "since": EARLIER} for number in numbers],
    )
