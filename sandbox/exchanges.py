"""What goes to the app for one thing that a member does, and what the member sees of its answer."""

from __future__ import annotations

from sandbox import payloads
from sandbox.envelopes import Envelopes
from sandbox.handles import Handles
from sandbox.memory import Memory
from sandbox.payloads import Occasion
from sandbox.quiet import Quiet
from sandbox.records import Channel, Json, Message
from sandbox.replies import Reply
from sandbox.responses import show_ack
from sandbox.web_api import WebApi


class Exchanges:
    """Bring payloads to the app, wait until it is quiet again, and tell what came of it."""

    def __init__(
        self,
        memory: Memory,
        envelopes: Envelopes,
        *,
        handles: Handles,
        api: WebApi,
        patience_seconds: float,
    ) -> None:
        self._memory = memory
        self._envelopes = envelopes
        self._handles = handles
        self._api = api
        self._patience_seconds = patience_seconds
        #: The server's address without a path, once it runs.
        self.url = "http://127.0.0.1"

    def occasion(
        self, user: str, place: Channel | None = None, about: str | None = None
    ) -> Occasion:
        """Return where and by whom something is done, with fresh handles for an answer."""
        response_url = None
        if place is not None:
            response_url = f"{self.url}/response/{self._handles.response(user, place.id, about)}"
        return Occasion(
            member=self._memory.members[user],
            trigger_id=self._handles.trigger(user),
            channel=place,
            response_url=response_url,
        )

    def quiet(self) -> Quiet:
        """Begin to wait for the app to be quiet again."""
        return Quiet(self._api, patience_seconds=self._patience_seconds)

    async def event(self, user: str, event: Json) -> Reply:
        """Tell the app of an event that this member caused."""
        return await self.act(user, "events_api", payloads.event(self._memory, event))

    async def act(
        self,
        user: str,
        kind: str,
        payload: Json,
        *,
        place: Channel | None = None,
        spoken: str | None = None,
    ) -> Reply:
        """Deliver a payload and return what the member sees when the app is quiet again.

        With `place` the ack is shown there; `spoken` is the command that it answers.
        """
        quiet = self.quiet()
        before = self._memory.changes.version
        ack = await self._envelopes.deliver(kind, payload)
        if place is not None:
            show_ack(self._memory, ack, user=user, channel=place.id, spoken=spoken or "")
        await quiet.wait()
        seen = tuple(self.seen_by(user, since=before))
        return Reply(messages=seen, modal=self._memory.modal(user), error=ack.error)

    def seen_by(self, user: str, *, since: int = -1) -> list[Message]:
        """Return what this member sees, new or changed since a version."""
        return [
            message
            for message in self._memory.messages
            if message.version > since
            and user in self._memory.channels[message.channel].members
            and message.only_for in (None, user)
        ]
