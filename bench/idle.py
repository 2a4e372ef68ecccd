"""A service that nobody asks anything: how soon it is ready, and what it costs to have it."""

import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from bench import results, serving, sinking, town
from bench.results import Result
from community.store import Session, Store

MEMBERS = 1_000
#: So long it comes to rest before it is watched.
REST_SECONDS = 3
WATCHED_SECONDS = 30
COLUMNS = (
    ("ready in s", "ready_seconds", "{:.2f}"),
    ("CPU s until then", "ready_cpu_seconds", "{:.2f}"),
    ("RSS MB", "rss_mb", "{:.0f}"),
    ("PSS MB, with children", "pss_mb", "{:.0f}"),
    ("CPU %", "cpu_percent", "{:.2f}"),
    ("wakes a second", "wakes_per_second", "{:.1f}"),
    ("transactions a minute", "transactions_per_minute", "{:.0f}"),
)


def main() -> None:
    """Measure on both databases."""
    results.show((_measure(kind) for kind in town.DATABASES), columns=COLUMNS)


def _measure(kind: str) -> Result:
    with (
        tempfile.TemporaryDirectory(prefix="samband-bench-") as name,
        sinking.running() as sink,
        town.database(kind) as url,
    ):
        store = Store(url)
        town.populate(store, MEMBERS)
        with serving.running(url, relay_port=sink.port, folder=Path(name)) as running:
            ready_cpu = running.cpu_seconds
            time.sleep(REST_SECONDS)
            before = running.cpu_seconds, running.wakes, _transactions(store)
            time.sleep(WATCHED_SECONDS)
            after = running.cpu_seconds, running.wakes, _transactions(store)
            cpu, wakes, transactions = (b - a for a, b in zip(before, after, strict=True))
            figures = {
                "ready_seconds": running.ready_seconds,
                "ready_cpu_seconds": ready_cpu,
                "rss_mb": running.rss_mb,
                "pss_mb": running.pss_mb,
                "cpu_percent": cpu / WATCHED_SECONDS * 100,
                "wakes_per_second": wakes / WATCHED_SECONDS,
                "transactions_per_minute": transactions / WATCHED_SECONDS * 60,
            }
        store.close()
    return Result(bench="idle", case=kind, figures=figures)


def _transactions(store: Store) -> float:
    """Count the transactions of PostgreSQL so far; SQLite keeps no such number."""
    if store.is_sqlite:
        return 0.0

    def question(session: Session) -> float:
        counted = "SELECT xact_commit + xact_rollback FROM pg_stat_database"
        query = text(f"{counted} WHERE datname = current_database()")
        return float(session.scalar(query) or 0)

    return store.read_sync(question)
