"""What must hold before a process serves: nobody else on its SQLite file, and honest commits.

Reliability promise U4; and U3, an outbox that is frozen where an older database was put in place.
Commands that only look or change a little need none of it.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog

import migrations
from community import freezes, marks
from community.database_facts import facts
from community.store import Store

log = structlog.get_logger()


class NotSafe(Exception):
    """The process must not serve; the message says in one line why and what to do."""


@contextmanager
def sole_process(database_url: str) -> Iterator[None]:
    """Hold the one place of a serving process on an SQLite file; PostgreSQL has room for many.

    Raises:
        NotSafe: when another process serves this file.
    """
    path = migrations.sqlite_path(database_url)
    if path is None:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # The system drops the lock with the process, so a killed one blocks nobody.
    with path.with_name(path.name + ".serving").open("a") as place:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotSafe(
                f"Another process already serves {path}. Stop it first, or use PostgreSQL, "
                "on which any number may serve."
            ) from None
        yield


def insist_on_honest_commits(database_url: str) -> None:
    """Refuse a database that may lose what it has confirmed; call it after the migrations.

    Raises:
        NotSafe: when fsync, synchronous or synchronous_commit is off.
    """
    unsafe = facts(database_url).unsafe
    if unsafe:
        raise NotSafe(
            f"The database may lose accepted mail in a power cut ({', '.join(unsafe)}); "
            "samband doctor says how to mend it."
        )


def freeze_if_restored(store: Store, *, now: datetime) -> None:
    """Freeze the outbox if an older SQLite database was put in place; log a freeze that is open.

    Call it before anything is sent, and as the only process on an SQLite file.

    Raises:
        NotSafe: when the file with the mark is not ours, or the database has been moved.
    """
    compare_marks(store, now=now)
    frozen = store.read_sync(freezes.current)
    if frozen is not None and frozen.why == freezes.MOVED and store.is_sqlite:
        raise NotSafe(
            "This database has been moved to PostgreSQL: let SAMBAND_DATABASE_URL name that one. "
            "To go on here all the same: samband outbox release."
        )
    if frozen is not None:
        hint = "samband outbox says what may have been sent, samband outbox release goes on"
        log.error("outbox.frozen", since=frozen.since.isoformat(), why=frozen.why, hint=hint)


def compare_marks(store: Store, *, now: datetime) -> None:
    """Freeze the outbox if an older SQLite database was put in place of one that has sent since.

    Raises:
        NotSafe: when the file with the mark is not ours.
    """
    path = marks.file_of(store.url)
    if path is not None:
        try:
            marks.keep(path, store.run_sync(freezes.look_for_restore, marks.kept(path), now=now))
        except OSError as error:
            raise NotSafe(
                f"{path} cannot be read and written: {error.strerror}. It shows whether an older "
                "database was put in place; give it to the account of the service."
            ) from error
