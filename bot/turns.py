"""One turn: what one member did in Slack, who that is, and every way to answer it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Concatenate, Final, ParamSpec, TypeVar

import aiohttp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.blocks import answers
from bot.blocks.kit import Json, Shown
from bot.door import Door
from bot.errors import Meaning, meaning
from bot.pacing import read
from bot.payloads import key_of
from community import receipts
from community.errors import Refusal
from community.people import Reader
from community.receipts import Repeated
from community.store import Session
from texts import N_, Language, local, say

P = ParamSpec("P")
T = TypeVar("T")

CROWDED: Final = N_("Many are here just now. Please try again in a minute.")
SHUT_OUT: Final = N_(
    "Slack does not let us in just now. Those who run this service have been told."
)
BROKEN: Final = N_("Something broke. It is not your fault. Reference: {reference}")

BUSY: Final = N_("Slack is busy just now. Please try again in a minute.")
FORMLESS: Final = N_(
    "Slack lets us open no form here. /postdoc help shows what can be typed; the rest is at {url}."
)
#: Why Slack opens no form, where the member can do something about it.
UNOPENED: Final = {
    "invalid_trigger_id": FORMLESS,
    "expired_trigger_id": N_("That took too long, and Slack opens nothing now. Please try again."),
}


@dataclass(kw_only=True)
class Turn:
    """One thing that one member did."""

    door: Door
    #: What Slack sent; its shape is Slack's.
    body: Json
    slack_id: str
    language: Language
    #: The person, once we know who it is.
    known: Reader | None
    ack: AsyncAck
    context: AsyncBoltContext
    #: A guest, or somebody of another organisation.
    is_guest: bool = False
    #: Something was done: whatever breaks now breaks in showing it (M2).
    has_acted: bool = False

    @property
    def reader(self) -> Reader:
        """Return who is acting; only listeners for known people ask."""
        assert self.known is not None  # noqa: S101 - `answering` sees to it
        return self.known

    @property
    def is_form(self) -> bool:
        """Say whether this is a form that was sent, which waits for its ack."""
        return self.body.get("type") == "view_submission"

    @property
    def is_event(self) -> bool:
        """Say whether this only happened, so that nobody waits for words."""
        return self.body.get("type") == "event_callback"

    @property
    def _message(self) -> str:
        """Return the message that was pressed, as `channel:ts`; empty where none was."""
        message, channel = self.body.get("message"), self.body.get("channel")
        return f"{channel['id']}:{message['ts']}" if message and channel else ""

    async def act(
        self, act: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do one act, once per turn however often Slack repeats it (M4).

        Raises:
            Repeated: this turn has had its effect; `answering` ends it in silence.
        """
        key = key_of(self.body)
        store = self.door.store.at(self._message)
        done = await store.run(receipts.act_once, key, act, *args, **kwargs)
        self.has_acted = True
        return done

    async def ask(
        self, question: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Answer one question."""
        return await self.door.store.read(question, *args, **kwargs)

    async def tell(self, message: Shown, *, instead: bool = False) -> None:
        """Show a message to the member alone, where the turn was; or in place of what was there."""
        if await self._respond(message, instead=instead):
            return
        # Without one that works (Home, a shortcut) the direct message is the place.
        opened = await self.door.client.conversations_open(users=[self.slack_id])
        await self.door.client.chat_postMessage(
            channel=opened["channel"]["id"],
            text=message.text,
            blocks=message.blocks,
            mrkdwn=False,
            link_names=False,
            parse="none",
            unfurl_links=False,
            unfurl_media=False,
        )

    async def _respond(self, message: Shown, *, instead: bool) -> bool:
        """Answer at the response address; say whether there was one and it took the answer."""
        address = self.body.get("response_url")
        if not address:
            return False
        seconds = self.door.call_seconds
        hook = AsyncWebhookClient(str(address), timeout=seconds, retry_handlers=[])
        try:
            async with self.door.deadline.kept():
                answer = await hook.send(
                    text=message.text,
                    blocks=message.blocks,
                    response_type="ephemeral",
                    replace_original=instead,
                    unfurl_links=False,
                    unfurl_media=False,
                )
        except (aiohttp.ClientError, TimeoutError):
            return False
        return answer.status_code == HTTPStatus.OK

    async def open(self, view: Json, *, above: bool = False) -> None:
        """Open a modal, or put it above the one that is open.

        Raises:
            Refusal: Slack takes none now, or gave us nothing to open one with.
            Repeated: this turn has had its modal.
        """
        trigger_id, client = self.body.get("trigger_id"), self.door.client
        if not trigger_id:
            raise Refusal(FORMLESS, url=self.door.house.public_url)
        try:
            if above:
                await client.views_push(trigger_id=trigger_id, view=view)
            else:
                await client.views_open(trigger_id=trigger_id, view=view)
        except SlackApiError as error:
            code = read(error)[1]
            if code == "exchanged_trigger_id":
                raise Repeated from None
            if code not in UNOPENED:
                raise
            raise Refusal(UNOPENED[code], url=self.door.house.public_url) from None

    async def finish(self, view: Json | None = None) -> None:
        """Close the form that was sent, or show another view in its place."""
        if self.ack.response is None:
            await (self.ack() if view is None else self.ack(response_action="update", view=view))
            return
        # It took so long that the form says "please wait" already.
        shown = view or answers.closing(self.language, self.say("Done."))
        await self.show(self.body["view"], shown)

    async def show(self, view: Json, shown: Json) -> None:
        """Show another view in place of this one; what was closed meanwhile stays closed."""
        try:
            await self.door.client.views_update(view_id=view["id"], view=shown)
        except SlackApiError as error:
            if meaning(read(error)[1]) is not Meaning.GONE:
                raise

    async def refuse(self, words: str, refusal: Refusal | None = None) -> None:
        """Show a "no": beside the field of the form it is about, or where the member pressed."""
        if self.is_event:
            return  # nobody asked, so nobody is answered
        if not self.is_form:
            await self.tell(answers.said(words))
        elif (field := answers.field_for(self.body["view"], refusal)) and self.ack.response is None:
            await self.ack(response_action="errors", errors={field: answers.beside(words)})
        else:
            await self.finish(answers.closing(self.language, words))

    def say(self, message: str, **facts: object) -> str:
        """Say a sentence in the member's language, moments on the house's clock."""
        return say(self.language, message, **local(facts, self.door.house.calendar.zone))


Listener = Callable[[Turn], Awaitable[None]]
