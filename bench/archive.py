"""The archive of a list with 100,000 posts: how long searches, its pages and threads take."""

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import insert

from bench import results, town
from bench.results import Result
from community import lists, queries, searches, thread_pages, threads
from community.people import Reader, Role
from community.posts import Post, Thread
from community.store import Session, Store

POSTS = 100_000
A_BATCH = 1_000
#: The archive lies on several lists; of ten threads, so many are on each.
LISTS = {"bench@lists.example.org": 7, "a@lists.example.org": 2, "b@lists.example.org": 1}
QUESTIONS = 200
NOW = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
#: Words of posts, from the commonest to the rarest: the n-th is used 1/n as often.
SYLLABLES = ("mø", "ka", "ri", "for", "lun", "ster", "und", "pro", "ling", "na", "sa", "dek", "tor")

COLUMNS = (
    ("p50 ms", "p50_ms", "{:.1f}"),
    ("p95 ms", "p95_ms", "{:.1f}"),
    ("CPU ms", "cpu_ms", "{:.1f}"),
    ("posts", "posts", "{:,.0f}"),
)


def main() -> None:
    """Fill an archive on both databases, and ask it."""
    results.show(_measured(), columns=COLUMNS)


def _measured() -> Iterator[Result]:
    for kind in town.DATABASES:
        with town.database(kind) as url:
            store = Store(url)
            yield from _asked(store, kind)
            store.close()


def _asked(store: Store, kind: str) -> Iterator[Result]:
    chance = random.Random(4)  # noqa: S311 - the same archive each time
    words = [_word(chance, number) for number in range(5_000)]
    made = [store.run_sync(lists.create, address, by=None, now=NOW).id for address in LISTS]
    list_ids = [one for one, share in zip(made, LISTS.values(), strict=True) for _ in range(share)]
    for first in range(0, POSTS, A_BATCH):
        store.run_sync(_fill, list_ids, first, words, chance)
    reader = Reader(
        person_id=0,
        name="Bench",
        language="en",
        email="",
        slack_id=None,
        roles=frozenset({Role.MODERATOR}),
        fields=(),
    )

    def search(number: int) -> None:
        asked = _question(words, number)
        store.read_sync(searches.find, queries.read(asked), reader=reader, now=NOW)

    def page(number: int, *, days: int = 0) -> None:
        after = thread_pages.Position(at=NOW - timedelta(days=days + number), thread_id=0)
        store.read_sync(thread_pages.of_list, next(iter(LISTS)), reader=reader, after=after)

    def thread(number: int) -> None:
        store.read_sync(threads.shown, 1 + number * 37 % (POSTS // 4), reader=reader)

    asked = (
        ("search", search),
        ("threads, new", page),
        ("threads, old", partial(page, days=500)),
        ("thread", thread),
    )
    for name, ask in asked:
        yield _timed(f"{kind}, {name}", ask)


def _word(chance: random.Random, number: int) -> str:
    return "".join(chance.choices(SYLLABLES, k=2 + number % 3)) + str(number)[:1] * (number % 2)


def _question(words: list[str], number: int) -> str:
    """Ask for common and rare words alike, for phrases, authors and days."""
    common, rare = words[number % 20], words[number * 23 % len(words)]
    shapes = (common, rare, f"{common} {rare}", f'"{common} {words[1]}"', f"{common} from:person7",
              f"{rare} after:2026", f"{common} {words[(number + 3) % 20]} before:2026")  # fmt: skip
    return shapes[number % len(shapes)]


def _fill(
    session: Session, list_ids: list[int], first: int, words: list[str], chance: random.Random
) -> None:
    weights = [1 / (rank + 1) for rank in range(len(words))]
    new = []
    for number in range(first, first + A_BATCH):
        list_id = list_ids[number // 4 % len(list_ids)]
        if number % 4 == 0:
            session.execute(
                insert(Thread).values(list_id=list_id, subject=f"Thread {number}", started_at=NOW)
            )
        said = chance.choices(words, weights, k=90)
        at = NOW - timedelta(hours=(POSTS - number) / 5)
        new.append(_post(list_id, 1 + number // 4, number, said, at))
    session.add_all(new)
    session.flush()
    searches.index(session, new)


def _post(list_id: int, thread_id: int, number: int, said: list[str], at: datetime) -> Post:
    return Post(
        list_id=list_id,
        thread_id=thread_id,
        state="released",
        sender="",
        from_name=f"Person{number % 500}",
        from_email=f"person{number % 500}@example.org",
        message_id=f"<{number}@example.org>",
        fingerprint=f"{number:064}",
        subject=" ".join(said[:4]),
        text=" ".join(said),
        size_bytes=0,
        received_at=at,
        released_at=at,
        rule="accepted",
        judgement={},
        copies=0,
    )


def _timed(case: str, ask: Callable[[int], None]) -> Result:
    ask(0)
    took, cpu = [], time.process_time()
    for number in range(QUESTIONS):
        start = time.perf_counter()
        ask(number)
        took.append((time.perf_counter() - start) * 1_000)
    cpu = time.process_time() - cpu
    took.sort()
    return Result(
        bench="archive",
        case=case,
        figures={
            "p50_ms": took[len(took) // 2],
            "p95_ms": took[len(took) * 95 // 100],
            "cpu_ms": cpu / QUESTIONS * 1_000,
            "posts": POSTS,
        },
    )
