"""Claims rows, and keeps the mark of that beside the database before any of them is sent (U3)."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from community import freezes, marks
from community.store import Session, Store
from scheduler.lanes import Row

log = structlog.get_logger()


async def claimed(
    store: Store, file: Path | None, claim: Callable[[Session], Sequence[Row]]
) -> Sequence[Row]:
    """Take rows by an act of the outbox, none while it is frozen."""
    rows, mark = await store.run(freezes.claim, claim)
    if mark is not None and file is not None:
        try:
            await asyncio.to_thread(marks.keep, file, mark)
        except OSError as error:
            # A restore may then not be found out; mail goes on.
            log.warning("outbox.mark_not_kept", error=type(error).__name__)
    return rows
