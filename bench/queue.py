"""Ten thousand posts wait: they come in, are looked through, found, accepted and discarded (R15).

The whole service runs in a process of its own; the moderator uses its pages. Beside the discarding,
a post to another list goes out now and then.
"""

import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx2
from sqlalchemy import insert, select

from bench import handing_in, mails, results, serving, sinking, town
from bench.results import Result
from bench.serving import Serving
from bench.sinking import Sink
from community import holds, lists, sessions
from community.bulks import Bulk
from community.clock import SystemClock
from community.outbox import Notice
from community.people import Address, Person, PersonRole, Role
from community.store import Session, Store

POSTS = 10_000
CONNECTIONS = 8
MEMBERS = 10
ACCEPTED = 100
PAGES, SEARCHES = 60, 30
MOST_PRESSES = 20
MODERATOR = "moderator@d00.example.net"
#: So long the discarding may take before it counts as stuck.
PATIENCE_SECONDS = 1_800
_TOKEN = re.compile(r'name="(form_token|once)" value="([^"]*)"')
_MARK = re.compile(r'name="(post-\d+)"')

COLUMNS = (
    ("page p95, ms", "page_p95_ms", "{:.0f}"),
    ("search p95, ms", "search_p95_ms", "{:.0f}"),
    ("100 accepted in s", "accept_seconds", "{:.1f}"),
    ("rest discarded in s", "discard_seconds", "{:.1f}"),
    ("page p95 meanwhile, ms", "meanwhile_p95_ms", "{:.0f}"),
    ("other list: at the relay in ms at most", "other_most_ms", "{:.0f}"),
    ("at most MB", "peak_mb", "{:.0f}"),
    ("came in a second", "per_second", "{:.0f}"),
    ("left", "left", "{:.0f}"),
)


def main() -> None:
    """Measure on both databases."""
    results.show((measure(kind) for kind in town.DATABASES), columns=COLUMNS)


def measure(kind: str, *, posts: int = POSTS) -> Result:
    """Let so many posts wait, and have a moderator go through them."""
    with (
        tempfile.TemporaryDirectory(prefix="samband-bench-") as name,
        sinking.running() as sink,
        town.database(kind) as url,
    ):
        store = Store(url)
        cookie = _furnish(store)
        with (
            serving.running(url, relay_port=sink.port, folder=Path(name)) as running,
            serving.memory_watched(running) as memory,
            httpx2.Client(
                base_url=f"http://127.0.0.1:{running.web_port}",
                cookies={"samband": cookie},
                timeout=PATIENCE_SECONDS,
            ) as browser,
        ):
            seconds = handing_in.flood(running.lmtp_port, posts=posts, connections=CONNECTIONS)
            sink.wait_for(posts)  # each has a letter to its author
            sink.came()
            figures = _gone_through(Moderator(browser), store, running, sink)
        left = store.read_sync(holds.count)
        store.close()
    figures |= {"peak_mb": memory.peak_mb, "per_second": posts / seconds, "left": left}
    return Result(bench="queue", case=f"{kind}, {posts:,} posts", figures=figures)


def _furnish(store: Store) -> str:
    """Make a list that holds everything, another that does not, and a moderator; sign them in."""
    town.populate(store, MEMBERS, policy=(*town.OPEN, "newcomer_posts=10000"))
    now = SystemClock().now()

    def put(session: Session) -> str:
        other = lists.by_address(session, mails.FIRST)
        lists.set_policy(session, other.id, town.OPEN, by=None, now=now)
        person_id = MEMBERS + 1  # the members have theirs without asking the database's counter
        one = {"id": person_id, "name": "Mo", "language": "en", "joined_at": now, "state": "active"}
        session.execute(insert(Person), [one])
        session.execute(
            insert(Address), [{"person_id": person_id, "email": MODERATOR, "is_primary": True}]
        )
        session.add_all(PersonRole(person_id=person_id, role=role) for role in Role)
        session.flush()
        sessions.ask(session, MODERATOR, now=now)
        asked = select(Notice.object_id).where(Notice.kind == "sign_in.link")
        request_id = session.scalars(asked).one()
        return sessions.sign_in(session, request_id, by=person_id, now=now)

    return store.run_sync(put)


@dataclass(frozen=True)
class Moderator:
    """Somebody in front of the page of what waits."""

    browser: httpx2.Client

    def look(self, path: str) -> str:
        """Open a page."""
        answer = self.browser.get(path)
        answer.raise_for_status()
        return answer.text

    def press(self, path: str, fields: dict[str, str], *, seen: str) -> None:
        """Press a button on a page that was seen; again where the page says "not just now"."""
        sent = dict(_TOKEN.findall(seen)) | fields
        for _ in range(MOST_PRESSES):
            answer = self.browser.post(path, data=sent)
            if answer.status_code != 503:
                break
        if answer.status_code != 303:
            raise RuntimeError(f"{path}: {answer.status_code}")


def _gone_through(
    moderator: Moderator, store: Store, running: Serving, sink: Sink
) -> dict[str, float]:
    [first] = store.read_sync(holds.first, 1)
    step = POSTS // PAGES
    pages = _timed(PAGES, lambda n: moderator.look(f"/held?after={first.post_id + n * step}"))
    searches = _timed(SEARCHES, lambda n: moderator.look(f"/held?words=notes+{n:04d}"))
    begun = time.monotonic()
    for _ in range(ACCEPTED // holds.PAGE):
        seen = moderator.look("/held")
        marks = dict.fromkeys(_MARK.findall(seen), "1")
        moderator.press("/held/marked", marks | {"decision": "accept"}, seen=seen)
    accepted = time.monotonic() - begun
    sink.wait_for(ACCEPTED * MEMBERS)
    begun = time.monotonic()
    moderator.press(
        "/held/all", {"decision": "discard", "sure": "yes"}, seen=moderator.look("/held")
    )
    meanwhile, others = _beside(moderator, store, running, sink)
    return {
        "page_p95_ms": _p95(pages),
        "search_p95_ms": _p95(searches),
        "accept_seconds": accepted,
        "discard_seconds": time.monotonic() - begun,
        "meanwhile_p95_ms": _p95(meanwhile),
        "other_most_ms": max(others),
    }


def _beside(
    moderator: Moderator, store: Store, running: Serving, sink: Sink
) -> tuple[list[float], list[float]]:
    """While the rest is discarded, time pages and posts of another list; both in milliseconds."""
    line = handing_in.Line(running.lmtp_port)
    pages, others = list[float](), list[float]()
    limit = time.monotonic() + PATIENCE_SECONDS
    while not store.read_sync(_is_over) and time.monotonic() < limit:
        pages += _timed(5, lambda n: moderator.look("/held"))
        sink.came()
        begun = time.monotonic()
        line.hand_in(POSTS + len(others), to=mails.FIRST)
        sink.wait_for(1)
        others.append((time.monotonic() - begun) * 1_000)
    line.close()
    return pages, others


def _is_over(session: Session) -> bool:
    return session.scalars(select(Bulk.ended_at)).one() is not None


def _timed(times: int, ask: Callable[[int], object]) -> list[float]:
    return [_milliseconds(ask, number) for number in range(times)]


def _milliseconds(ask: Callable[[int], object], number: int) -> float:
    begun = time.monotonic()
    ask(number)
    return (time.monotonic() - begun) * 1_000


def _p95(took: list[float]) -> float:
    return sorted(took)[len(took) * 95 // 100]
