"""The workspace's memory: who is there, what was said, what is open; in order and with versions.

Used by the Web API, by people's acts and by the page. Knows no HTTP and no validation.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
from collections.abc import Iterable
from dataclasses import asdict

from sandbox.forms import elements_of
from sandbox.records import (
    Channel,
    ChannelKind,
    Clock,
    Edit,
    Json,
    Member,
    Message,
    View,
    ViewKind,
    of_record,
)

TEAM_NAME = "Sandbox"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Changes:
    """Count changes and let readers wait for the next one."""

    def __init__(self) -> None:
        self.version = 0
        self._waiting: set[asyncio.Event] = set()

    def touch(self) -> int:
        """Count one change, wake who waits, and return the new version."""
        self.version += 1
        self.wake()
        return self.version

    def wake(self) -> None:
        """Wake who waits, changed or not (at shutdown)."""
        for event in self._waiting:
            event.set()

    async def after(self, version: int, *, seconds: float) -> int:
        """Return the version as soon as it is past `version`, or after `seconds`."""
        if self.version != version:
            return self.version
        event = asyncio.Event()
        self._waiting.add(event)
        # Not wait_for: in Python 3.11 it starts a task, and `Quiet` watches for new tasks.
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await event.wait()
        finally:
            self._waiting.discard(event)
        return self.version


class Memory:
    """Keep one workspace in memory."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.changes = Changes()
        # Of the moment it was made, so that a browser tells one workspace from a fresh one.
        self.team_id = f"T{int(clock.now().timestamp()):X}"
        self.app_id = "A00000SBX"
        self.team_name = TEAM_NAME
        self.members: dict[str, Member] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: list[Message] = []
        self.views: dict[str, View] = {}
        self.homes: dict[str, str] = {}
        #: For each member, the ids of the open modals, the shown one last.
        self.stacks: dict[str, list[str]] = {}
        self._count = 0
        self._last_ts = 0
        self.bot = Member(id=self.new_id("U"), name="samband", real_name="Samband", is_bot=True)
        self.members[self.bot.id] = self.bot

    def new_id(self, letter: str) -> str:
        """Return an id of Slack's shape that was not given before."""
        self._count += 1
        number, digits = self._count, ""
        while number:
            number, rest = divmod(number, len(ALPHABET))
            digits = ALPHABET[rest] + digits
        return letter + digits.rjust(9, "0")

    def new_ts(self) -> str:
        """Return the clock's moment as a ts, later than every ts before."""
        microseconds = round(self.clock.now().timestamp() * 1_000_000)
        self._last_ts = max(microseconds, self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def channel(self, key: str) -> Channel | None:
        """Return the channel by id or name, or the DM with the bot by a member's id."""
        if key in self.channels:
            return self.channels[key]
        if key in self.members:
            return self.direct(key)
        name = key.removeprefix("#")
        return next((c for c in self.channels.values() if c.name == name and name), None)

    def direct(self, user: str) -> Channel | None:
        """Return the open DM of the bot with this member."""
        for channel in self.channels.values():
            if channel.kind == "im" and user in channel.members:
                return channel
        return None

    def open_direct(self, user: str) -> Channel:
        """Return the DM of the bot with this member, made if need be."""
        return self.direct(user) or self.add_channel("", kind="im", members=[self.bot.id, user])

    def add_channel(self, name: str, *, kind: ChannelKind, members: Iterable[str]) -> Channel:
        """Make a channel."""
        letter = "D" if kind == "im" else "C"
        channel = Channel(id=self.new_id(letter), name=name, kind=kind, members=list(members))
        self.channels[channel.id] = channel
        self.changes.touch()
        return channel

    def message(self, channel: str, ts: str) -> Message | None:
        """Return the message of that channel and moment."""
        return next((m for m in self.messages if m.ts == ts and m.channel == channel), None)

    def post(self, message: Message) -> Message:
        """Keep a new message; its blocks get the ids that Slack gives."""
        message.blocks = self.with_ids(message.blocks)
        message.version = self.changes.touch()
        self.messages.append(message)
        return message

    def edit(self, message: Message, *, text: str, blocks: list[Json]) -> None:
        """Change a message and keep what it said before."""
        message.history.append(Edit(ts=self.new_ts(), text=message.text, blocks=message.blocks))
        message.text, message.blocks = text, self.with_ids(blocks)
        message.version = self.changes.touch()

    def delete(self, message: Message) -> None:
        """Forget a message."""
        self.messages.remove(message)
        self.changes.touch()

    def with_ids(self, blocks: list[Json]) -> list[Json]:
        """Return a copy of the blocks where each block and element has its id."""
        named = copy.deepcopy(blocks)
        for block in named:
            block.setdefault("block_id", self.new_id("b"))
            for element in elements_of(block):
                element.setdefault("action_id", self.new_id("a"))
        return named

    def add_view(self, user: str, kind: ViewKind, body: Json) -> View:
        """Make a view; where it is shown is said by `stacks` and `homes`."""
        view = View(id=self.new_id("V"), user=user, kind=kind, body={}, hash="")
        view.root_id = view.id
        self.views[view.id] = view
        self.set_view(view, body)
        return view

    def set_view(self, view: View, body: Json) -> None:
        """Show other words and blocks in a view; what was filled in stays where ids match."""
        view.body = {**copy.deepcopy(body), "blocks": self.with_ids(body.get("blocks", []))}
        kept = {block["block_id"] for block in view.blocks}
        view.values = {key: value for key, value in view.values.items() if key in kept}
        view.hash = f"{self.new_ts()}.{view.id}"
        self.changes.touch()

    def modal(self, user: str) -> View | None:
        """Return the modal the member sees."""
        stack = self.stacks.get(user)
        return self.views[stack[-1]] if stack else None

    def push_modal(self, user: str, body: Json) -> View:
        """Put a modal on the member's screen, above the open ones."""
        below = self.modal(user)
        view = self.add_view(user, "modal", body)
        if below is not None:
            view.previous_id, view.root_id = below.id, below.root_id
        self.stacks.setdefault(user, []).append(view.id)
        return view

    def close_modals(self, user: str, *, all_of_them: bool) -> None:
        """Close the shown modal, or the whole stack."""
        stack = self.stacks.get(user, [])
        while stack:
            del self.views[stack.pop()]
            if not all_of_them:
                break
        self.changes.touch()

    def dump(self) -> Json:
        """Return everything as values that JSON can keep."""
        return {
            "team_id": self.team_id,
            "team_name": self.team_name,
            "bot": self.bot.id,
            "count": self._count,
            "last_ts": self._last_ts,
            "members": [asdict(member) for member in self.members.values()],
            "channels": [asdict(channel) for channel in self.channels.values()],
            "messages": [asdict(message) for message in self.messages],
            "views": [asdict(view) for view in self.views.values()],
            "homes": dict(self.homes),
            "stacks": {user: list(stack) for user, stack in self.stacks.items()},
        }

    def restore(self, kept: Json) -> None:
        """Become what `dump` kept."""
        kept = copy.deepcopy(kept)
        self.team_id, self.team_name = kept["team_id"], kept["team_name"]
        self._count, self._last_ts = kept["count"], kept["last_ts"]
        self.members = {record["id"]: of_record(Member, record) for record in kept["members"]}
        self.channels = {record["id"]: of_record(Channel, record) for record in kept["channels"]}
        self.messages = [_message_of(record) for record in kept["messages"]]
        self.views = {record["id"]: of_record(View, record) for record in kept["views"]}
        self.homes, self.stacks = kept["homes"], kept["stacks"]
        self.bot = self.members[kept["bot"]]
        self.changes.version = max((message.version for message in self.messages), default=0)
        self.changes.touch()


def _message_of(record: Json) -> Message:
    edits = [Edit(**edit) for edit in record["history"]]
    return of_record(Message, {**record, "history": edits})
