"""What is looked at, and the ways that lead there: typing, filling in, being told, opening Home."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from community.people import Role
from sandbox.records import Message, View
from sandbox.replies import Reply
from tests.stories.town import Town

WEI, ELENA, PRIYA, AMARA, JONAS, MICHAEL = (
    f"{name}@example.org"
    for name in (
        "wei.zhang",
        "elena.petrova",
        "priya.raman",
        "amara.okafor",
        "jonas.lie",
        "michael.brown",
    )
)
ACTORS: Final = (WEI, ELENA, PRIYA, AMARA, JONAS, MICHAEL)
#: So long all have what a whole community is told at one moment (bot/sender.py).
PACED: Final = timedelta(seconds=30)
#: Who types a word that not everybody sees.
TYPES: Final = {Role.MODERATOR: AMARA, Role.COORDINATOR: MICHAEL, None: WEI}


@dataclass(frozen=True)
class Shot:
    """What to look at, and as whom."""

    email: str
    #: A message, a modal, or the Home tab.
    what: Message | View | None


Make = Callable[[Town], Awaitable[Shot]]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One picture: the name of its file, one line about it, and what leads to it."""

    name: str
    words: str
    make: Make


def shown(email: str, reply: Reply) -> Shot:
    """Look at what a reply shows: its form, or else its message."""
    if reply.modal is not None:
        return Shot(email, reply.modal)
    assert reply.messages, reply  # noqa: S101 - every command answers
    return Shot(email, reply.messages[-1])


def typed(email: str, words: str) -> Make:
    """Type a word."""

    async def make(town: Town) -> Shot:
        return shown(email, await town.command(email, words))

    return make


def filled(email: str, words: str, **values: object) -> Make:
    """Type a word, fill in the form that opens, and show what takes its place."""

    async def make(town: Town) -> Shot:
        reply = await town.command(email, words)
        assert reply.modal is not None  # noqa: S101 - it opens one
        assert await town.fill(email, reply.modal, **values) == {}  # noqa: S101 - filled in well
        return Shot(email, town.workspace.modal(town.slack(email)))

    return make


def told(email: str, words: str) -> Make:
    """Look at what the bot has told somebody last, when Slack's pace has let it through."""

    async def make(town: Town) -> Shot:
        await town.wait_until(town.now + PACED)
        return Shot(email, town.told(email, words)[-1])

    return make


def home(email: str) -> Make:
    """Open Home."""

    async def make(town: Town) -> Shot:
        await town.workspace.open_home(town.slack(email))
        return Shot(email, None)

    return make
