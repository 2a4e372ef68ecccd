"""Makes Bolt listeners of functions of a Turn.

A listener acknowledges first and finds out who it is. It is the one place where a Refusal becomes
words, where what Slack refuses is told from what we broke, and where that gets a reference to the
log.
"""

import asyncio
import secrets
import traceback
from collections.abc import Awaitable, Callable
from typing import Final

import aiohttp
import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError

from bot import acquaintance
from bot.blocks import answers
from bot.blocks.kit import Json
from bot.door import Door
from bot.errors import Meaning, meaning
from bot.pacing import read
from bot.turns import BUSY, Listener, Turn
from community.errors import Refusal
from community.receipts import Repeated
from community.store import NotThere, is_away
from texts import LANGUAGES, N_, say

log = structlog.get_logger()

CROWDED: Final = N_("Many are here just now. Please try again in a minute.")
BROKEN: Final = N_("Something broke. It is not your fault. Reference: {reference}")
AWAY: Final = N_("That does not work just now. Please try again in a few minutes.")
UNSEEN: Final = N_("It is done. Slack does not show it just now.")
SHUT_OUT: Final = N_(
    "Slack does not let us in just now. Those who run this service have been told."
)
FORBIDDEN: Final = N_(
    "Slack does not let this app do that here. Tell those who run this service: {code}"
)
#: What a member hears where Slack refuses; nothing where there is nobody or nothing any more.
REFUSED: Final = {
    Meaning.LOST: SHUT_OUT,
    Meaning.UNGRANTED: FORBIDDEN,
    Meaning.FORBIDDEN: FORBIDDEN,
    Meaning.PASSING: BUSY,
    Meaning.LATE: BUSY,
    Meaning.GONE: "",
}

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
    except SlackApiError as error:
        return await _refused(turn, error)
    except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
        log.warning("slack.unreached", error=type(error).__name__)
        await _tell(turn, UNSEEN if turn.has_acted else BUSY)
        return False
    except Exception as error:
        await _broke(turn, error)
        return False
    return True


async def _answer(turn: Turn, listener: Listener, *, strangers: bool, meets: bool) -> None:
    ours = await turn.door.ourselves.ask()
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


async def _refused(turn: Turn, error: SlackApiError) -> bool:
    """Say what it means that Slack refuses a call; return False if it may take it another time."""
    code = read(error)[1]
    what = meaning(code)
    if what is Meaning.OURS:
        await _broke(turn, error, code=code)
        return False
    log.info("slack.refused", error=code, meaning=str(what))
    words = UNSEEN if turn.has_acted and REFUSED[what] else REFUSED[what]
    await _tell(turn, words, code=code)
    return what is not Meaning.PASSING


async def _broke(turn: Turn, error: Exception, *, code: str = "") -> None:
    """Log what broke under a reference, and give the member the reference."""
    if is_away(error):
        log.warning("slack.database_away", error=type(error).__name__)
        await _tell(turn, AWAY)
        return
    reference = secrets.token_hex(4)
    # Not the error's own words: a database names its rows in them.
    where = [f"{at.filename}:{at.lineno}" for at in traceback.extract_tb(error.__traceback__)]
    kind = turn.body.get("type") or "command"
    log.error(
        "slack.broke",
        reference=reference,
        kind=kind,
        error=code or type(error).__name__,
        where=where,
    )
    await _tell(turn, BROKEN, reference=reference)


async def _tell(turn: Turn, words: str, **facts: object) -> None:
    """Say what went wrong, if Slack lets us; else the member sees Slack's own words."""
    try:
        if words:
            await turn.refuse(turn.say(words, **facts))
    except Exception as error:
        log.warning("slack.silent", error=type(error).__name__, **facts)
