"""A Slack workspace, our bot connected to it, and a small community behind it."""

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app import deliverers
from bot import app as bot_app
from bot.app import Chat
from bot.sender import SlackSender
from bot.tokens import LastingToken
from community.outbox import Channel, Notice
from community.store import Session, Store
from letters import kinds
from letters.letter import House
from sandbox.quiet import Quiet
from sandbox.records import Json
from sandbox.socket_mode import Ack
from sandbox.workspace import Workspace, running
from tests.bot.slack_double import SlackDouble, populate, serving
from tests.builders import a_house

#: Nothing here goes on for good: a machine with much to do may take longer than Slack would wait.
SLOW_SECONDS = 60.0


class Hands:
    """A clock that tests set."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def move(self, **by: float) -> None:
        self._now += timedelta(**by)


@dataclass
class Stage:
    """Everything that a chat test needs."""

    workspace: Workspace
    store: Store
    clock: Hands
    house: House
    chat: Chat

    async def receive(self, kind: str, payload: Json) -> Ack:
        """Have the bot receive a payload as it is; return when all that it led to is done."""
        quiet = Quiet(self.workspace.api, patience_seconds=SLOW_SECONDS)
        ack = await self.workspace.envelopes.deliver(kind, payload)
        await quiet.wait()
        return ack

    async def deal(self) -> int:
        """Send every card that is due in a moderators' channel; return how many were tried."""
        sender = self.chat.channel_sender(self.clock)
        return await deliverers.cards(
            self.store, self.clock, self.house, sender, tongue="en"
        ).drain()

    async def deliver(self) -> int:
        """Send every notice that waits for Slack, as the scheduler does; return how many."""
        sender = SlackSender(self.chat.client, self.clock)
        waiting = await self.store.read(_waiting)
        for notice, replaces in waiting:
            written = await self.store.read(kinds.write, notice, house=self.house)
            reference = "-"
            if written is not None:
                to, letter = written
                reference = await sender.send(notice, to, letter, replaces=replaces)
            await self.store.run(_sent, notice.id, reference)
        return len(waiting)


def _waiting(session: Session) -> list[tuple[Notice, str | None]]:
    query = select(Notice).where(Notice.channel == Channel.SLACK, Notice.reference.is_(None))
    found = []
    for notice in session.scalars(query.order_by(Notice.id)):
        first = session.get(Notice, notice.replaces_id) if notice.replaces_id else None
        found.append((notice, first.reference if first else None))
    return found


def _sent(session: Session, notice_id: int, reference: str) -> None:
    session.get_one(Notice, notice_id).reference = reference


@pytest.fixture
def hands(now: datetime) -> Hands:
    return Hands(now)


@pytest.fixture
def workspace(hands: Hands) -> Workspace:
    return Workspace(hands, ack_seconds=SLOW_SECONDS, patience_seconds=SLOW_SECONDS)


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    """The strict Slack, with the people of `village.py`, a newcomer and a guest."""
    double = SlackDouble()
    populate(double)
    async with serving(double):
        yield double


@pytest.fixture
def sqlite_store(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    """Most chat tests need one database; those that take `store` run on both."""
    path = tmp_path / "bot.db"
    shutil.copyfile(sqlite_template, path)
    opened = Store(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture
async def stage(workspace: Workspace, sqlite_store: Store, hands: Hands) -> AsyncIterator[Stage]:
    """The bot, connected by Socket Mode."""
    async for set_up in staged(workspace, sqlite_store, hands):
        yield set_up


@pytest.fixture
async def hasty_stage(
    workspace: Workspace, sqlite_store: Store, hands: Hands
) -> AsyncIterator[Stage]:
    """The same, with a bot that soon says of a form that it takes longer."""
    async for set_up in staged(workspace, sqlite_store, hands, patience_seconds=0.2):
        yield set_up


async def staged(
    workspace: Workspace, store: Store, hands: Hands, *, patience_seconds: float = SLOW_SECONDS
) -> AsyncIterator[Stage]:
    house = a_house()
    async with running(workspace) as api_url:
        chat = bot_app.build(
            store.door("slack"),
            house,
            hands,
            token=LastingToken(workspace.bot_token),
            signing_secret=workspace.signing_secret,
            app_token=workspace.app_token,
            api_url=api_url,
            patience_seconds=patience_seconds,
        )
        async with chat.connected():
            await workspace.connected()
            yield Stage(workspace, store, hands, house, chat)
