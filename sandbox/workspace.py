"""A local Slack workspace: the real Web API and Socket Mode to an app, and people who act in it.

Tests and the sandbox page use `Workspace`; `running` serves it over HTTP. In-memory; `dump` and
`load` keep it between two starts of the demo.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web

from sandbox import payloads
from sandbox.calls import Call
from sandbox.envelopes import Envelopes
from sandbox.exchanges import Exchanges
from sandbox.faults import Fault
from sandbox.forms import Raw, action_on, client_errors, element_named, state_of
from sandbox.handles import Handles
from sandbox.memory import Memory
from sandbox.methods_people import user_json
from sandbox.modals import Filled, after_submission, closing
from sandbox.records import Channel, Clock, Json, Member, Message, View
from sandbox.replies import Reply
from sandbox.serving import serving
from sandbox.socket_mode import Ack, Sockets
from sandbox.web_api import WebApi

__all__ = ["Filled", "Member", "Message", "Reply", "View", "Workspace", "running"]

SANDBOX_BOT = "xoxb-sandbox"
SANDBOX_APP = "xapp-sandbox"
SANDBOX_SIGNING = "sandbox-signing-secret"


class Workspace:
    """One workspace with its members, channels and one app.

    Everything runs in the caller's asyncio loop. Acts return when the app has answered and is
    quiet again.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        ack_seconds: float = 3.0,
        patience_seconds: float = 2.0,
    ) -> None:
        self.bot_token = SANDBOX_BOT
        self.app_token = SANDBOX_APP
        self.signing_secret = SANDBOX_SIGNING
        self.memory = Memory(clock)
        handles = Handles(clock)
        self._sockets = Sockets(app_id=self.memory.app_id, ack_seconds=ack_seconds)
        self.api = WebApi(self.memory, handles, self._sockets, tokens=(SANDBOX_BOT, SANDBOX_APP))
        self.envelopes = Envelopes(self._sockets, signing_secret=SANDBOX_SIGNING)
        self._exchanges = Exchanges(
            self.memory,
            self.envelopes,
            handles=handles,
            api=self.api,
            patience_seconds=patience_seconds,
        )

    @property
    def url(self) -> str:
        """Return the server's address without a path, once it runs."""
        return self._exchanges.url

    @url.setter
    def url(self, address: str) -> None:
        self._exchanges.url = address

    # People and places

    @property
    def bot(self) -> Member:
        """Return the app's bot user."""
        return self.memory.bot

    def add_member(
        self,
        name: str,
        real_name: str,
        email: str = "",
        *,
        locale: str = "en-GB",
        deleted: bool = False,
        is_restricted: bool = False,
    ) -> Member:
        """Add a person; `name` is the handle after the @."""
        member = Member(
            id=self.memory.new_id("U"),
            name=name,
            real_name=real_name,
            email=email,
            locale=locale,
            deleted=deleted,
            is_restricted=is_restricted,
        )
        self.memory.members[member.id] = member
        self.memory.changes.touch()
        return member

    def add_channel(
        self, name: str, *, members: Iterable[str] = (), private: bool = False, bot: bool = True
    ) -> Channel:
        """Add a channel with these members, and the bot unless told otherwise."""
        inside = [*([self.bot.id] if bot else []), *members]
        return self.memory.add_channel(
            name.removeprefix("#"), kind="private" if private else "public", members=inside
        )

    def direct(self, user: str) -> Channel:
        """Return the DM between this member and the bot."""
        return self.memory.open_direct(user)

    # What can be read

    def messages(self, channel: str) -> list[Message]:
        """Return what everybody sees in a channel; a member's id means the DM with the bot."""
        found = self.memory.channel(channel)
        return [
            message
            for message in self.memory.messages
            if found is not None and message.channel == found.id and message.only_for is None
        ]

    def ephemerals(self, user: str) -> list[Message]:
        """Return what only this member sees."""
        return [message for message in self.memory.messages if message.only_for == user]

    def home(self, user: str) -> View | None:
        """Return the member's Home tab once it was published."""
        return self.memory.views.get(self.memory.homes.get(user, ""))

    def modal(self, user: str) -> View | None:
        """Return the modal on the member's screen."""
        return self.memory.modal(user)

    @property
    def calls(self) -> list[Call]:
        """Return every Web API call so far, oldest first."""
        return self.api.calls

    # Bad days

    def fail_next(
        self,
        method: str,
        *,
        status: int = 429,
        retry_after: int | None = None,
        error: str | None = None,
        after_effect: bool = False,
    ) -> None:
        """Make the next call of a method fail; `response_url` stands for the response addresses.

        `error` answers 200 with that error; `after_effect` carries the call out first.
        """
        fault = Fault(
            status=status, retry_after=retry_after, error=error, after_effect=after_effect
        )
        self.api.faults.order(method, fault)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """End every socket the way Slack does: with a word before."""
        await self._sockets.disconnect(reason)

    async def drop_sockets(self) -> None:
        """End every socket with no word."""
        await self._sockets.drop()

    async def connected(self, count: int = 1) -> None:
        """Wait until the app holds at least `count` sockets."""
        await self._sockets.connected(count)

    async def stop(self) -> None:
        """End the sockets and let waiting readers go; `running` calls it."""
        await self._sockets.disconnect("link_disabled")
        self.memory.changes.wake()

    def signed_request(self, payload: Json) -> tuple[dict[str, str], str]:
        """Return headers and body that bring a payload to an app in HTTP mode."""
        return self.envelopes.signed_request(payload)

    # What people do

    async def command(
        self, user: str, name: str, text: str = "", *, channel: str | None = None
    ) -> Reply:
        """Type a slash command, in the DM with the bot unless a channel is given."""
        place = self._place(user, channel)
        occasion = self._exchanges.occasion(user, place)
        payload = payloads.command(self.memory, occasion, name=name, text=text)
        return await self._exchanges.act(user, "slash_commands", payload, place=place, spoken=name)

    async def press(
        self,
        user: str,
        where: Message | View,
        action_id: str,
        *,
        value: str | None = None,
        selected: Raw = None,
        values: Mapping[str, Raw] | None = None,
    ) -> Reply:
        """Press a button, or choose in a menu; `value` tells buttons of one action_id apart.

        `values` are what was filled in beside it, as for `fill`.

        Raises: NoSuchElement when it is not on the screen.
        """
        block, element = element_named(where.blocks, action_id, value)
        raw = value if selected is None else selected
        action = action_on(block, element, raw, at=self.memory.new_ts())
        before = where.values if isinstance(where, View) else {}
        given: dict[str, Raw] = dict(values or {})
        if element["type"] not in ("button", "overflow"):
            given[f"{block['block_id']}/{element['action_id']}"] = raw
        state = state_of(where.blocks, given, before)
        if isinstance(where, View):
            where.values = state
            payload = payloads.pressed_in_view(
                self.memory, self._exchanges.occasion(user), view=where, action=action
            )
        else:
            occasion = self._exchanges.occasion(user, self.memory.channels[where.channel], where.ts)
            payload = payloads.pressed_in_message(
                self.memory, occasion, message=where, action=action, values=state
            )
        return await self._exchanges.act(user, "interactive", payload)

    async def fill(self, user: str, view: View, values: Mapping[str, Raw]) -> Filled:
        """Fill in a modal and submit it; keys as for `forms.state_of`.

        What Slack's client checks by itself (required fields, lengths) never reaches the app.

        Raises: NoSuchElement for a key that is not on the screen.
        """
        view.values = state_of(view.blocks, values, view.values)
        errors = client_errors(view.blocks, view.values)
        if errors:
            return Filled(errors=errors, view=view)
        quiet = self._exchanges.quiet()
        payload = payloads.submitted(self.memory, self._exchanges.occasion(user), view)
        ack = await self.envelopes.deliver("interactive", payload)
        filled = after_submission(self.memory, view, ack)
        await quiet.wait()
        if filled.errors or filled.trouble:
            return filled
        shown = self.modal(user)
        return Filled(closed=shown is None, view=shown)

    async def close(self, user: str, *, all_of_them: bool = False) -> Reply:
        """Close the shown modal (or all of them) without submitting."""
        view = self.memory.modal(user)
        if view is None:
            return Reply()
        told = closing(view, self.memory, all_of_them=all_of_them)
        member = self.memory.members[user]
        notes = [payloads.closed(self.memory, member, one, is_cleared=all_of_them) for one in told]
        self.memory.close_modals(user, all_of_them=all_of_them)
        reply = Reply(modal=self.modal(user))
        for note in notes:
            reply = await self._exchanges.act(user, "interactive", note)
        return reply

    async def shortcut(
        self, user: str, callback_id: str, *, message: Message | None = None
    ) -> Reply:
        """Use a global shortcut, or one of a message."""
        place = self.memory.channels[message.channel] if message else None
        occasion = self._exchanges.occasion(user, place, message.ts if message else None)
        payload = payloads.shortcut(self.memory, occasion, callback_id=callback_id, message=message)
        return await self._exchanges.act(user, "interactive", payload)

    async def open_home(self, user: str, *, tab: str = "home") -> Reply:
        """Open the app's Home tab (or its Messages tab)."""
        event: Json = {"type": "app_home_opened", "user": user, "tab": tab}
        event |= {"channel": self.direct(user).id, "event_ts": self.memory.new_ts()}
        shown = self.home(user)
        if shown is not None and tab == "home":
            event["view"] = payloads.view_json(shown, self.memory)
        return await self._exchanges.event(user, event)

    def say(self, user: str, channel: str | None, text: str) -> None:
        """Write a message, in the DM with the bot when no channel is given.

        The app is not told: its manifest does not ask for events of messages.
        """
        place = self._place(user, channel)
        words = payloads.escaped(text, self.memory)
        ts = self.memory.new_ts()
        self.memory.post(Message(channel=place.id, ts=ts, user=user, text=words))

    async def join_team(self, user: str) -> Reply:
        """Become a member of the workspace, as far as the app is told."""
        member = user_json(self.memory.members[user], self.memory)
        return await self._exchanges.event(user, {"type": "team_join", "user": member})

    async def redeliver(self, event_id: str) -> Ack:
        """Send an event again, as Slack does when it got no answer."""
        return await self.envelopes.deliver("events_api", self.envelopes.events[event_id], retry=1)

    def _place(self, user: str, channel: str | None) -> Channel:
        found = self.direct(user) if channel is None else self.memory.channel(channel)
        if found is None:
            raise LookupError(f"there is no channel {channel}")
        return found

    def seen_by(self, user: str) -> list[Message]:
        """Return what this member sees, everywhere."""
        return self._exchanges.seen_by(user)

    # Keeping

    def dump(self) -> Json:
        """Return the workspace as values that JSON can keep."""
        return self.memory.dump()

    @classmethod
    def load(cls, kept: Json, clock: Clock) -> Workspace:
        """Return the workspace that `dump` kept."""
        workspace = cls(clock)
        workspace.memory.restore(kept)
        return workspace


@asynccontextmanager
async def running(
    workspace: Workspace,
    *,
    routes: Iterable[web.AbstractRouteDef] = (),
) -> AsyncIterator[str]:
    """Serve the workspace and yield the base URL of its Web API (`…/api/`).

    `workspace.url` is the address without a path; `routes` are served beside.
    """
    served = [*workspace.api.routes(), *routes]
    async with serving(served, port=0, stop=workspace.stop) as url:
        workspace.url = url
        yield f"{url}/api/"
