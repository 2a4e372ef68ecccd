"""Fifty thousand people come in by one file, with their fields, and all go on the list; and again.

The CPU is that of the process; a PostgreSQL server has its own besides.
"""

import time
from collections.abc import Iterator

from bench import mails, results, town
from bench.results import Result
from community import lists, roster_files, rosters, subscriptions
from community.store import Session, Store

PEOPLE = 50_000
COLUMNS = (
    ("people a second", "per_second", "{:,.0f}"),
    ("seconds", "seconds", "{:.1f}"),
    ("CPU us a person", "cpu_us", "{:.0f}"),
)


def main() -> None:
    """Measure on both databases."""
    results.show(_measured(), columns=COLUMNS)


def _measured() -> Iterator[Result]:
    lines = [f"{mails.member(number)},Member {number},1.2;1.3" for number in range(PEOPLE)]
    file = "\n".join(["email,name,fields", *lines]).encode()
    for kind in town.DATABASES:
        with town.database(kind) as url:
            store = Store(url)
            store.run_sync(lists.create, mails.LIST, by=None, now=town.EARLIER)
            for case in ("new", "again"):
                yield _measured_once(store, file, case=f"{kind}, {PEOPLE:,} {case}")
            store.close()


def _measured_once(store: Store, file: bytes, *, case: str) -> Result:
    wall, cpu = time.perf_counter(), time.process_time()
    store.run_sync(_bring_in, file)
    seconds, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Result(
        bench="importing",
        case=case,
        figures={
            "per_second": PEOPLE / seconds,
            "seconds": seconds,
            "cpu_us": cpu / PEOPLE * 1e6,
        },
    )


def _bring_in(session: Session, file: bytes) -> None:
    reading = roster_files.read_bytes(file)
    plan = rosters.bring_in(session, reading, language="en", by=None, now=town.EARLIER)
    if plan.problems:
        raise ValueError(plan.problems[0])
    subscriptions.subscribe_all(session, 1, by=None, now=town.EARLIER)
