"""What a workspace remembers: members, channels, messages and views, as plain values.

`Json` is what travels on Slack's wire; it is described by Slack, not by us, and stays a dict.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar

Json = dict[str, Any]
ChannelKind = Literal["public", "private", "im"]
ViewKind = Literal["modal", "home"]


class Clock(Protocol):
    """Tell what time it is; injected, so that tests and the demo can move it."""

    def now(self) -> datetime:
        """Return the aware UTC moment."""
        ...


@dataclass(kw_only=True)
class Member:
    """A person or bot of the workspace."""

    id: str
    name: str
    real_name: str
    email: str = ""
    tz: str = "Europe/Oslo"
    locale: str = "en-GB"
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    #: When notifications rest next or rest now, in epoch seconds; 0 without a schedule.
    dnd_starts: int = 0
    dnd_ends: int = 0


@dataclass(kw_only=True)
class Channel:
    """A channel, or a DM (`im`)."""

    id: str
    name: str
    kind: ChannelKind
    members: list[str] = field(default_factory=list)
    is_archived: bool = False


@dataclass(kw_only=True)
class Edit:
    """What a message said before it was changed."""

    ts: str
    text: str
    blocks: list[Json]


@dataclass(kw_only=True)
class Message:
    """A message; `only_for` is the member who alone sees it when it is ephemeral."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    only_for: str | None = None
    metadata: Json | None = None
    history: list[Edit] = field(default_factory=list)
    #: The workspace's version when the message last changed; new and edited ones are found by it.
    version: int = 0

    def as_json(self, bot: Member) -> Json:
        """Return the message as Slack sends it."""
        shown: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        if self.user == bot.id:
            shown["bot_id"] = bot_id_of(bot)
        if self.blocks:
            shown["blocks"] = self.blocks
        if self.metadata:
            shown["metadata"] = self.metadata
        if self.history:
            shown["edited"] = {"user": self.user, "ts": self.history[-1].ts}
        return shown


@dataclass(kw_only=True)
class View:
    """A modal or a Home tab as one member sees it, with what is filled in so far."""

    id: str
    user: str
    kind: ViewKind
    body: Json
    hash: str
    values: Json = field(default_factory=dict)
    previous_id: str | None = None
    root_id: str = ""

    @property
    def blocks(self) -> list[Json]:
        """Return the blocks that are shown."""
        blocks: list[Json] = self.body.get("blocks", [])
        return blocks

    @property
    def title(self) -> str:
        """Return the title's words."""
        return str(self.body.get("title", {}).get("text", ""))


def bot_id_of(bot: Member) -> str:
    """Return the B… id that belongs to the bot's U… id."""
    return "B" + bot.id[1:]


Kept = TypeVar("Kept", Member, Channel, Message, View)


def of_record(kind: type[Kept], record: Json) -> Kept:
    """Return the thing that was kept as a dict; what only an older sandbox knew is left out."""
    known = {each.name for each in fields(kind)}
    return kind(**{key: value for key, value in record.items() if key in known})
