"""A day of two lists that can be taken up wherever it broke off: posts, holds, a digest, a bounce.

The whole service is played in one process, with a clock that stands until somebody lets time pass.
The world around it, a mail server, a relay, a moderator and the clock, remembers in journals what
it has seen: the day begins anew after a crash, and whoever was answered does not ask again.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select, text

from app import roles, wiring
from app.reckoning import Copy
from app.wiring import Parts
from community import moderation
from community.bounces import Bounce
from community.cases import Decision
from community.errors import Refusal
from community.posts import Post
from community.store import Session, Store
from config import loading
from mailing.parser import Parser
from proofs import accounts, house, journals, village
from proofs.injector import Injector, Mail
from proofs.journals import Journal
from proofs.kills import LEASE_SECONDS
from proofs.points import Points
from proofs.relay import Line, Settings, Taking
from sandbox import jumping
from sandbox.jumping import StillClock

Found = TypeVar("Found")


class Here(Parser):
    """Reads mails in this process: a child keeps nothing, and its start costs as much as a day."""

    async def ask(self, reader: Callable[..., Found], raw: bytes, **words: str) -> Found:
        """Have a mail read."""
        return reader(raw, **words)


class KeptClock(StillClock):
    """A clock that stands, and that whoever comes after a crash finds where it stood."""

    def __init__(self, path: Path, *, ahead_seconds: float) -> None:
        stood = [datetime.fromisoformat(entry["at"]) for entry in journals.entries(path)]
        ahead = timedelta(seconds=ahead_seconds if stood else 0)
        super().__init__(max(stood, default=village.MORNING) + ahead)
        self._journal = Journal(path)

    def put_forward(self, moment: datetime) -> None:
        """Make it `moment` now, and let the world know first."""
        self._journal.note(at=max(moment, self.moment).isoformat())
        super().put_forward(moment)


class _Watched(Taking):
    def __init__(self, journal: Journal, points: Points) -> None:
        super().__init__(journal, Settings())
        self._points = points

    def ruled(self, verb: str, argument: str) -> str | None:
        self._points.hit(f"relay {verb}")
        return super().ruled(verb, argument)


class Day:
    """One process in which the day is played, until it is over or until it dies."""

    def __init__(self, url: str, folder: Path, *, fatal: int) -> None:
        self.url, self.folder = url, folder
        self.points = Points(fatal)
        self.store = Store(url)
        ahead = 0 if self.store.is_sqlite else LEASE_SECONDS
        self.clock = KeptClock(folder / "clock", ahead_seconds=ahead)
        self.posts = self._injector(folder / "acked")
        self.reports = self._injector(folder / "reported")
        #: What the relay had and the rows did not know of when this process began.
        self.window = self._window()

    async def play(self) -> None:
        """Play what is left of the day, and write down how it ended."""
        self.points.watch()
        taking = _Watched(Journal(self.folder / "relay"), self.points)
        loop = asyncio.get_running_loop()
        relay = await loop.create_server(lambda: Line(taking), "127.0.0.1", 0)
        parts = self._parts(relay.sockets[0].getsockname()[1])
        [(_, listener)] = parts.listeners
        async with listener.listening("127.0.0.1", 0) as port:
            self.posts.port = self.reports.port = port
            await parts.scheduler.prepare()
            if self.store.is_sqlite:
                await roles.give_back(self.store, self.clock.now())
            await self._until(parts, self.clock.now())
            await self._hours(parts)
        passed = self.points.end()
        await parts.relay.aclose()
        relay.close()
        ended = json.dumps(self._ended() | {"points": passed})
        (self.folder / "ended").write_text(ended)

    def _injector(self, path: Path) -> Injector:
        injector = Injector(0, Journal(path), step=self.points.hit)
        injector.acked = {(entry["message_id"], entry["list"]) for entry in journals.entries(path)}
        return injector

    async def _hours(self, parts: Parts) -> None:
        await self._hand_in(village.OPEN)
        await self._until(parts, village.RELEASED)
        await self._hand_in(village.OPEN, again=True)  # its first 250 was lost, say
        await self._hand_in(village.HELD)
        await self._hand_in(village.OFF_TOPIC)
        await self._until(parts, self.clock.now())
        await self._decide(village.HELD, Decision.ACCEPT)
        await self._decide(village.OFF_TOPIC, Decision.RETURN)
        await self._until(parts, self.clock.now())
        report = village.bounce_of(journals.entries(self.folder / "relay"))
        await self._hand_in(report, by=self.reports)
        await self._until(parts, village.EVENING)

    async def _hand_in(
        self, mail: Mail, *, by: Injector | None = None, again: bool = False
    ) -> None:
        answer = await asyncio.to_thread((by or self.posts).hand_in, mail, again=again)
        assert answer.startswith("250"), answer  # noqa: S101 - nothing of ours may refuse it

    async def _until(self, parts: Parts, moment: datetime) -> None:
        await jumping.jump(
            self.clock,
            moment,
            next_moment=lambda: roles.next_moment(parts),
            work_through=lambda: roles.work_through(parts),
        )

    async def _decide(self, mail: Mail, decision: Decision) -> None:
        """Press once; pressed before the crash, it has been dealt with already."""
        post_id = await self.store.read(_post_id, mail.message_id)
        self.points.hit(f"press {decision}")
        try:
            await self.store.run(
                moderation.decide,
                post_id,
                decision,
                by=village.MODERATOR,
                now=self.clock.now(),
                reason="It belongs elsewhere.",
            )
        except Refusal:
            return

    def _parts(self, relay_port: int) -> Parts:
        settings = loading.load(
            {
                "SAMBAND_DATABASE_URL": self.url,
                "SAMBAND_SECRET_KEY": house.SECRET_KEY,
                "SAMBAND_DOMAIN": house.DOMAIN,
                "SAMBAND_OWN_DOMAINS": house.OWN_DOMAINS,
                "SAMBAND_SMTP_RELAY": f"smtp://127.0.0.1:{relay_port}?starttls=never",
            },
            env_file=None,
        )
        return wiring.parts(settings, self.store, self.clock, parser=Here())

    def _window(self) -> set[Copy]:
        """Return what the relay took and the rows do not call relayed: the dot's window."""
        if not self.store.is_sqlite:
            journals.wait(lambda: not self.store.read_sync(_others), "the dead had let go")
        taken = {
            Copy(entry["message_id"], entry["recipient"])
            for entry in journals.entries(self.folder / "relay")
        }
        owed = self.store.read_sync(accounts.owed)
        return taken - {row.copy for row in owed if row.is_relayed}

    def _ended(self) -> dict[str, Any]:
        """Say how the day ended, for whoever compares it with one without a crash."""
        relay = self.folder / "relay"
        account = accounts.account(self.store, relay=relay, acked=self.folder / "acked")
        taken = {(entry["message_id"], entry["recipient"]) for entry in journals.entries(relay)}
        doubled = {copy for copy, _ in account.reckoning.doubled}
        return {
            "is_sound": account.is_sound,
            "account": repr(account),
            "mails": dict(sorted(Counter(recipient for _, recipient in taken).items())),
            "posts": self.store.read_sync(_states),
            "bounces": self.store.read_sync(lambda session: session.query(Bounce).count()),
            "second": account.reckoning.second_copies,
            "window": len(self.window),
            "beyond_window": sorted(doubled - self.window),
        }


def _post_id(session: Session, message_id: str) -> int:
    return session.scalars(select(Post.id).where(Post.message_id == f"<{message_id}>")).one()


def _states(session: Session) -> dict[str, str]:
    query = select(Post.message_id, Post.state).order_by(Post.message_id)
    return dict(session.execute(query).tuples().all())


def _others(session: Session) -> int:
    query = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    return session.scalar(text(query)) or 0


def play(url: str, folder: str, fatal: int) -> None:
    """Play the day in this process; die at one of its points, if one is named."""
    asyncio.run(Day(url, Path(folder), fatal=fatal).play())
