"""One turn: what one member did in Slack, who that is, and every way to answer it.

`answering` makes a Bolt listener of a function of a Turn. It acknowledges first, finds the reader,
and is the one place where a Refusal becomes words and anything else a reference to the log.
"""

import asyncio
import secrets
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Concatenate, Final, ParamSpec, TypeVar

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext

from bot import acquaintance
from bot.blocks import answers
from bot.blocks.kit import Json, Shown
from bot.door import Door
from community import receipts
from community.errors import Refusal
from community.people import Reader
from community.receipts import Repeated
from community.store import Session
from texts import N_, Language, local, say

P = ParamSpec("P")
T = TypeVar("T")

log = structlog.get_logger()

BROKEN: Final = N_("Something broke. It is not your fault. Reference: {reference}")


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

    @property
    def key(self) -> str:
        """Return what tells this turn from its repetition: Slack's own id of it."""
        if self.is_form:
            # One view can be several forms after another: the preview takes the draft's place.
            view = self.body["view"]
            return f"slack:{view['id']}:{view['callback_id']}"
        return f"slack:{self.body.get('trigger_id') or self.body.get('event_id')}"

    async def act(
        self, act: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Do one act, once per turn however often Slack repeats it (M4).

        Raises:
            Repeated: this turn has had its effect; `answering` ends it in silence.
        """
        return await self.door.store.run(receipts.act_once, self.key, act, *args, **kwargs)

    async def ask(
        self, question: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Answer one question."""
        return await self.door.store.read(question, *args, **kwargs)

    async def tell(self, message: Shown, *, instead: bool = False) -> None:
        """Show a message to the member alone, where the turn was; or in place of what was there."""
        if self.body.get("response_url"):
            respond = self.context.respond
            assert respond is not None  # noqa: S101 - Bolt sets it beside every response_url
            await respond(
                text=message.text,
                blocks=message.blocks,
                response_type="ephemeral",
                replace_original=instead,
                unfurl_links=False,
                unfurl_media=False,
            )
            return
        # Without a response address (Home, a shortcut) the direct message is the place.
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

    async def open(self, view: Json) -> None:
        """Open a modal."""
        await self.door.client.views_open(trigger_id=self.body["trigger_id"], view=view)

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
BoltListener = Callable[[AsyncAck, Json, AsyncBoltContext], Awaitable[None]]


def answering(door: Door, listener: Listener, *, strangers: bool = False) -> BoltListener:
    """Make a Bolt listener: acknowledge, find who it is, run, and answer what goes wrong.

    `strangers`: people we do not know may do this.
    """

    async def listen(ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        turn = Turn(
            door=door,
            body=body,
            slack_id=str(context.user_id),
            language="en",
            known=None,
            ack=ack,
            context=context,
        )
        if not turn.is_form:
            await ack()
            await _run(turn, listener, strangers=strangers)
            return
        task = asyncio.ensure_future(_run(turn, listener, strangers=strangers))
        await asyncio.wait({task}, timeout=door.patience_seconds)
        if ack.response is None:
            waits = None if task.done() else answers.waiting(turn.language)
            await (ack() if waits is None else ack(response_action="update", view=waits))
        await task

    return listen


async def _run(turn: Turn, listener: Listener, *, strangers: bool) -> None:
    try:
        await _answer(turn, listener, strangers=strangers)
    except Repeated:
        log.info("slack.repeated")
    except Exception as error:
        await _broke(turn, error)


async def _answer(turn: Turn, listener: Listener, *, strangers: bool) -> None:
    try:
        if await _meet(turn, strangers=strangers):
            await listener(turn)
    except Refusal as refusal:
        await turn.refuse(turn.say(refusal.message, **refusal.facts), refusal)


async def _meet(turn: Turn, *, strangers: bool) -> bool:
    """Find who it is; tell whoever may not go on why, and return False."""
    team = turn.context.authorize_result.team_id if turn.context.authorize_result else None
    met = await acquaintance.meet(turn.door, turn.slack_id, team_id=team)
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
