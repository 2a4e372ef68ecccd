"""The same mail on several lines at the same moment, again and again: one post of each (R12).

An upstream server that lost our answer, or two that share a queue, send a mail at once. Each line
gives it a trace of its own; all start together.
"""

import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier

from sqlalchemy import func, select

from bench import mails, town
from community.posts import Post
from community.store import Session, Store
from proofs import house, injector
from proofs.house import Warm
from proofs.injector import Mail

RACES, LINES = 1_000, 4


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What came of it."""

    races: int
    #: How often each answer was given, by its code.
    said: Counter[str]
    #: How many mails became so many posts.
    posts: Counter[int]

    @property
    def is_sound(self) -> bool:
        """Say whether each mail was taken on every line and is one post."""
        return self.said == {"250": self.races * LINES} and self.posts == {1: self.races}


def run(warm: Warm, url: str, races: int) -> Tally:
    """Have so many races on a new, migrated database, and count."""
    store = Store(url)
    try:
        town.populate(store, 1)
        with (
            tempfile.TemporaryDirectory(prefix="samband-races-") as name,
            house.standing(warm, url, folder=Path(name), relay_url="smtp://127.0.0.1:9") as service,
        ):
            service.roles = ("mail",)
            service.start()
            barrier = Barrier(LINES)
            with ThreadPoolExecutor(LINES) as lines:
                racing = [
                    lines.submit(_line, number, service.lmtp, Path(name), barrier, races)
                    for number in range(LINES)
                ]
                said = Counter(code for line in racing for code in line.result())
            service.stop()
        return Tally(races=races, said=said, posts=store.read_sync(_posts))
    finally:
        store.close()


def _line(number: int, port: int, folder: Path, barrier: Barrier, races: int) -> list[str]:
    outside = injector.injecting(port, folder / f"acked-{number}")
    said = []
    for race in range(races):
        trace = f"Received: from mx{number}.example.org; 1 Feb 2027 10:00:00 +0000\r\n".encode()
        mail = Mail(
            message_id=f"{race:06d}.bench@d00.example.net",
            sender=mails.AUTHOR,
            recipient=mails.LIST,
            raw=trace + mails.post(race),
        )
        barrier.wait()
        said.append(outside.hand_in(mail)[:3])
    return said


def _posts(session: Session) -> Counter[int]:
    each = select(func.count()).select_from(Post).group_by(Post.message_id)
    return Counter(session.scalars(each))


def main(arguments: list[str]) -> bool:
    """Print a table: both databases."""
    races = int(arguments[0]) if arguments else RACES
    print("| database | races | lines | answers | posts of a mail | sound |")
    print("|---|---|---|---|---|---|")
    is_sound = True
    for kind in town.DATABASES:
        with town.database(kind) as url, house.warm() as warm:
            tally = run(warm, url, races)
        said = ", ".join(f"{code or 'none'}: {n}" for code, n in sorted(tally.said.items()))
        posts = ", ".join(f"{n}: {count}" for n, count in sorted(tally.posts.items()))
        verdict = "yes" if tally.is_sound else "NO"
        print(f"| {kind} | {races} | {LINES} | {said} | {posts} | {verdict} |", flush=True)
        is_sound = is_sound and tally.is_sound
    return is_sound
