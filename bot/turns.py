"""One turn: what one member did in Slack, who that is, and every way to answer it.

`answering` makes a Bolt listener of a function of a Turn. It acknowledges first, finds the reader,
and is the one place where a Refusal becomes words and anything else a reference to the log.
"""

import asyncio
import secrets
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Concatenate, Final, ParamSpec, TypeVar

import aiohttp
import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot import acquaintance
from bot.blocks import answers
from bot.blocks.kit import Json, Shown
from bot.door import Door
from bot.payloads import key_of
from bot.standing import LOST
from community import receipts
from community.errors import Refusal
from community.people import Reader
from community.receipts import Repeated
from community.store import NotThere, Session
from texts import LANGUAGES, N_, Language, local, say

P = ParamSpec("P")
T = TypeVar("T")

log = structlog.get_logger()

CROWDED: Final = N_("Many are here just now. Please try again in a minute.")
SHUT_OUT: Final = N_(
    "Slack does not let us in just now. Those who run this service have been told."
)
BROKEN: Final = N_("Something broke. It is not your fault. Reference: {reference}")

FORMLESS: Final = N_(
    "Slack lets us open no form here. /postdoc help shows what can be typed; the rest is at {url}."
)
#: Why Slack opens no modal, where the member can do something about it.
UNOPENED: Final = {
    "invalid_trigger_id": FORMLESS,
    "expired_trigger_id": N_("That took too long, and Slack opens nothing now. Please try again."),
    **dict.fromkeys(
        ("ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"),
        N_("Slack is busy just now. Please try again in a minute."),
    ),
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

    async def act(
        self, act: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do one act, once per turn however often Slack repeats it (M4).

        Raises:
            Repeated: this turn has had its effect; `answering` ends it in silence.
        """
        key = key_of(self.body)
        return await self.door.store.run(receipts.act_once, key, act, *args, **kwargs)

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
            code = str(error.response.get("error"))
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
        await self.door.client.views_update(view_id=self.body["view"]["id"], view=shown)

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
BoltListener = Callable[[AsyncAck, Json, AsyncBoltContext], Awaitable[BoltResponse | None]]


def answering(
    door: Door, listener: Listener, *, strangers: bool = False, meets: bool = True
) -> BoltListener:
    """Make a Bolt listener: acknowledge, find who it is, run, and answer what goes wrong.

    `strangers`: people we do not know may do this. `meets` off: nobody did this, so nobody is
    looked for, and Slack is answered when it has had its effect.
    """

    async def listen(ack: AsyncAck, body: Json, context: AsyncBoltContext) -> BoltResponse | None:
        turn = Turn(
            door=door,
            body=body,
            slack_id=str(context.user_id),
            language="en",
            known=None,
            ack=ack,
            context=context,
        )
        if door.ourselves.refuses(body):
            return BoltResponse(status=401)
        if door.running.is_full:
            return await _turn_away(turn)
        task = door.running.start(_run(turn, listener, strangers=strangers, meets=meets))
        if turn.is_event and not meets:
            return await _taken(task, door.patience_seconds)
        if turn.is_form:
            await _submitted(turn, task)
        else:
            await ack()
        return None

    return listen


async def _taken(task: asyncio.Task[bool], patience_seconds: float) -> BoltResponse | None:
    """Take an event when it has had its effect, so that Slack sends again what broke (M4)."""
    await asyncio.wait({task}, timeout=patience_seconds)
    return BoltResponse(status=500) if task.done() and not task.result() else None


async def _submitted(turn: Turn, task: asyncio.Task[bool]) -> None:
    """Wait for a form to be done as long as Slack does, then say that it takes longer (M2)."""
    await asyncio.wait({task}, timeout=turn.door.patience_seconds)
    if turn.ack.response is None:
        waits = None if task.done() else answers.waiting(turn.language)
        await (turn.ack() if waits is None else turn.ack(response_action="update", view=waits))


async def _turn_away(turn: Turn) -> BoltResponse | None:
    """Say that too many are here; what has no place for words is for Slack to warn or send again.

    Nothing is asked of the database or of Slack, which are what is slow then.
    """
    log.warning("slack.crowded", running=turn.door.running.most)
    words = " / ".join(say(language, CROWDED) for language in LANGUAGES)
    if turn.is_form and (field := answers.field_for(turn.body["view"], None)):
        await turn.ack(response_action="errors", errors={field: answers.beside(words)})
    elif "command" in turn.body:
        await turn.ack(words)
    else:
        return BoltResponse(status=503)
    return None


async def _run(turn: Turn, listener: Listener, *, strangers: bool, meets: bool) -> bool:
    """Take the turn to its end; say whether nothing broke."""
    try:
        await _answer(turn, listener, strangers=strangers, meets=meets)
    except Repeated:
        log.info("slack.repeated")
    except Exception as error:
        await _broke(turn, error)
        return False
    return True


async def _answer(turn: Turn, listener: Listener, *, strangers: bool, meets: bool) -> None:
    try:
        ours = await turn.door.ourselves.ask()
    except SlackApiError:
        if turn.door.standing.trouble not in LOST:
            raise
        await turn.refuse(turn.say(SHUT_OUT))
        return
    if not ours.is_app_of(turn.body):
        turn.door.ourselves.refuses(turn.body)  # who we are was not known when it came in
        return
    try:
        if not ours.is_team_of(turn.body):
            await _turn_out(turn)
        elif not meets or await _meet(turn, ours.team_id, strangers=strangers):
            await listener(turn)
    except NotThere:
        await turn.refuse(turn.say(N_("That is not there any more.")))
    except Refusal as refusal:
        await turn.refuse(turn.say(refusal.message, **refusal.facts), refusal)


async def _turn_out(turn: Turn) -> None:
    """Refuse what is of another workspace; without words where these would go astray."""
    log.warning("slack.foreign", team=True)
    if turn.is_form or turn.body.get("response_url"):
        await turn.refuse(answers.guest(turn.language))


async def _meet(turn: Turn, team_id: str, *, strangers: bool) -> bool:
    """Find who it is; tell whoever may not go on why, and return False."""
    met = await acquaintance.meet(turn.door, turn.slack_id, team_id=team_id)
    turn.known, turn.language, turn.is_guest = met.reader, met.language, met.is_guest
    if met.is_guest and not turn.is_event:
        await turn.refuse(answers.guest(turn.language))
        return False
    if met.reader is None and not strangers:
        await turn.tell(answers.way_in(turn.language, name=turn.door.house.name))
        return False
    return True


async def _broke(turn: Turn, error: Exception) -> None:
    """Log what broke under a reference, and give the member the reference."""
    reference = secrets.token_hex(4)
    # Not the error's own words: a database names its rows in them.
    where = [f"{at.filename}:{at.lineno}" for at in traceback.extract_tb(error.__traceback__)]
    kind = turn.body.get("type") or "command"
    log.error(
        "slack.broke", reference=reference, kind=kind, error=type(error).__name__, where=where
    )
    try:
        await turn.refuse(turn.say(BROKEN, reference=reference))
    except Exception as again:
        # Slack itself is what broke; the member sees Slack's own words.
        log.error("slack.silent", reference=reference, error=type(again).__name__)
