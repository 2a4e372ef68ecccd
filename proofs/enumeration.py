"""Whether an outsider can tell who is a member: by what is answered, and how fast (R28).

Known and unknown addresses take turns in random order at every place where an address can be
tried, in one process, so that nothing but our own work is between the two. The clock of the service
moves on by an hour each time: no ration is ever used up.
"""

import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import anyio
import httpx2

import migrations
from bench import mails, town
from community.calendar import Calendar
from community.store import Store
from community.tokens import Tokens
from letters.letter import House
from mailing.envelopes import Envelope
from mailing.parser import Parser
from mailing.proving import Vouching
from mailing.reception import Reception
from sandbox.jumping import StillClock
from web.app import build

PAIRS: Final = 1_000
#: What the medians may differ by (P2).
MOST_MS: Final = 1.0
DOMAIN: Final = "lists.example.org"
URL: Final = "https://samband.example.org"
NAME: Final = mails.LIST.partition("@")[0]

#: Tries an address, and returns the whole answer.
Try = Callable[[str], Awaitable[str]]


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What came of one place."""

    pairs: int
    #: Pairs of answers that were not the same.
    unlike: int
    known_ms: float
    unknown_ms: float

    @property
    def is_sound(self) -> bool:
        """Say whether nobody can be told from anybody else here."""
        return not self.unlike and abs(self.known_ms - self.unknown_ms) < MOST_MS


async def compare(attempt: Try, clock: StillClock, pairs: int) -> Compared:
    """Try so many known addresses and as many unknown ones of the same length."""
    times: dict[str, list[float]] = {"m": [], "u": []}
    unlike = 0
    for number in range(pairs):
        said = {}
        for first in random.sample("mu", 2):
            email = first + mails.member(number)[1:]
            clock.put_forward(clock.now() + timedelta(hours=1, minutes=1))
            start = time.perf_counter()
            answer = await attempt(email)
            times[first].append(time.perf_counter() - start)
            said[first] = answer.replace(email, "…")
        unlike += said["m"] != said["u"]
    known, unknown = (statistics.median(times[first]) * 1000 for first in "mu")
    return Compared(pairs=pairs, unlike=unlike, known_ms=known, unknown_ms=unknown)


@asynccontextmanager
async def places(store: Store, clock: StillClock) -> AsyncIterator[dict[str, Try]]:
    """Give every place where an outsider can try an address."""
    house = House(
        name="Samband",
        public_url=URL,
        domain=DOMAIN,
        calendar=Calendar(),
        tokens=Tokens("for proofs"),
    )
    transport = httpx2.ASGITransport(app=build(store, house, clock))
    parser = Parser()
    door = Reception(
        store, clock, house.tokens, parser, domain=DOMAIN, language="en", vouching=Vouching()
    )
    async with httpx2.AsyncClient(transport=transport, base_url=URL) as browser:
        yield {
            "join form": partial(_send, browser, f"/lists/{mails.LIST}/join"),
            "sign-in": partial(_send, browser, "/sign-in"),
            "-join": partial(_write, door, "join", "join"),
            "-leave": partial(_write, door, "leave", "leave"),
            "-request, a word": partial(_write, door, "request", "digest daily"),
            "-request, a question": partial(_write, door, "request", "settings"),
            "RCPT": partial(_name, door),
        }
    await parser.aclose()


async def _send(browser: httpx2.AsyncClient, path: str, email: str) -> str:
    answer = await browser.post(path, data={"email": email})
    headers = sorted(answer.headers.multi_items())
    return f"{answer.status_code} {headers} {answer.text}"


async def _write(door: Reception, sub: str, subject: str, email: str) -> str:
    to = f"{NAME}-{sub}@{DOMAIN}"
    raw = f"From: {email}\r\nTo: {to}\r\nSubject: {subject}\r\n\r\n\r\n".encode()
    return str(await door.take(Envelope(sender=email, recipient=to, raw=raw)))


async def _name(door: Reception, email: str) -> str:
    """Ask whether mail to somebody's name is taken here; it is for nobody."""
    local = email.partition("@")[0]
    return str(await door.knows(f"{local}@{DOMAIN}")).replace(local, "…")


async def run(store: Store, pairs: int) -> dict[str, Compared]:
    """Compare at every place."""
    clock = StillClock(town.EARLIER)
    async with places(store, clock) as attempts:
        return {name: await compare(each, clock, pairs) for name, each in attempts.items()}


def main(arguments: list[str]) -> bool:
    """Print a table of every place."""
    pairs = int(arguments[0]) if arguments else PAIRS
    with tempfile.TemporaryDirectory(prefix="samband-enumeration-") as folder:
        url = f"sqlite:///{Path(folder) / 'samband.db'}"
        migrations.upgrade(url)
        store = Store(url)
        try:
            town.populate(store, pairs)
            found = anyio.run(run, store, pairs)
        finally:
            store.close()
    print("| place | pairs | answers unlike | known, median ms | unknown, median ms | sound |")
    print("|---|---|---|---|---|---|")
    for name, each in found.items():
        verdict = "yes" if each.is_sound else "NO"
        print(
            f"| {name} | {each.pairs} | {each.unlike} | {each.known_ms:.2f} | "
            f"{each.unknown_ms:.2f} | {verdict} |"
        )
    return all(each.is_sound for each in found.values())
