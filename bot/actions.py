"""Presses: every action that needs no mailed link, the forms some want, and the bot's own few.

A press runs one act. Where it was pressed says what is shown then: the same view anew, or the
message without its buttons and with what was done.
"""

from contextlib import suppress
from typing import Final

from slack_sdk.errors import SlackApiError

from bot import channel_cards, choices, held, home_lists, introductions, places
from bot.blocks import actions as blocks
from bot.blocks import answers, kit, letters
from bot.blocks import lists as list_blocks
from bot.blocks.kit import Json
from bot.forms import FORMS, open_form
from bot.listings import LISTINGS
from bot.metadata import chosen, kept, number, of_older_version
from bot.turns import Listener, Turn
from community import meters, people
from community.errors import Refusal
from community.people import Role
from letters import cards
from letters.action import Action
from letters.actions import NEEDS_NO_LINK
from letters.letter import Letter
from letters.moderation import MODERATION
from texts import language_of


async def press(turn: Turn) -> None:
    """Do what the pressed button says, or open the form that it needs."""
    element = turn.body["actions"][0]
    await _do(turn, element["action_id"], number(chosen(element)))


async def more(turn: Turn) -> None:
    """Do what was chosen in the ⋯ menu of a thing: `claim-17`."""
    element = turn.body["actions"][0]
    noun = element["action_id"].partition(".")[0]
    verb, _, object_id = chosen(element).partition("-")
    if f"{noun}.{verb}" not in NEEDS_NO_LINK:
        raise of_older_version()
    await _do(turn, f"{noun}.{verb}", number(object_id))


async def _do(turn: Turn, name: str, object_id: int) -> None:
    action = NEEDS_NO_LINK[name]
    if action.inputs:
        await _open(turn, name, action, object_id)
        return
    try:
        await turn.act(action.act, object_id, by=turn.reader.person_id, now=turn.door.clock.now())
    except Refusal as refusal:
        await channel_cards.refresh(turn)
        no = turn.say(refusal.message, **refusal.facts)
        if not await places.show_again(turn, turn.body.get("view"), refused=no):
            raise
        return
    if name.startswith("onboarding."):  # perhaps in another language from here on
        turn.known = await turn.ask(people.reader, turn.reader.person_id)
        turn.language = language_of(turn.reader.language)
    await _show_done(turn, name, object_id, done=turn.say(action.done))


async def _open(turn: Turn, name: str, action: Action, object_id: int) -> None:
    """Open the form of an action, with what its inputs hold beforehand."""
    if name in MODERATION:
        await turn.ask(people.require, turn.reader.person_id, Role.MODERATOR)
    there = (
        await turn.ask(action.beforehand, object_id, by=turn.reader.person_id)
        if action.beforehand
        else {}
    )
    memory = {"id": object_id, **places.remembered(turn)}
    form = blocks.form(name, action, turn.language, kept=memory, there=there)
    await turn.open(form, above=places.is_shelf(turn.body.get("view")))


async def send(turn: Turn) -> None:
    """Do what a form of an action says, and bring the message up to date that it came from."""
    view = turn.body["view"]
    name, memory = view["callback_id"], kept(view)
    action, object_id = NEEDS_NO_LINK[name], number(memory.get("id"))
    reader, now = turn.reader, turn.door.clock.now()
    await turn.act(action.act, object_id, by=reader.person_id, now=now, **blocks.filled(view))
    done = turn.say(action.done)
    if "view" in memory:
        await turn.finish()
        await places.show_again(turn, memory["view"], done=done)
        return
    if not memory.get("ts"):
        # It came from a list that only the member saw; the form itself says that it is done.
        await turn.finish(answers.closing(turn.language, done))
        return
    await turn.finish()
    if await channel_cards.is_one(turn, memory["channel"], memory["ts"]):
        return
    # It is done all the same (M2) when the card is gone or no longer for this reader.
    with suppress(Refusal, SlackApiError):
        await _bring_up_to_date(turn, name, object_id, done=done)


async def _bring_up_to_date(turn: Turn, name: str, object_id: int, *, done: str) -> None:
    """Show in the message that a form came from what has become of its thing."""
    shown = letters.unpressable(await _card(turn, name, object_id), done)
    memory = kept(turn.body["view"])
    await turn.door.client.chat_update(
        channel=memory["channel"],
        ts=memory["ts"],
        text=shown.text,
        blocks=shown.blocks,
        link_names=False,
        parse="none",
    )


async def _card(turn: Turn, name: str, object_id: int) -> Letter:
    door = turn.door
    return await turn.ask(
        cards.about, name, object_id, to=turn.reader, house=door.house, now=door.clock.now()
    )


async def _show_done(turn: Turn, name: str, object_id: int, *, done: str) -> None:
    if await places.show_again(turn, turn.body.get("view"), done=done):
        return
    message = turn.body.get("message")
    if message is None:
        await turn.tell(await LISTINGS[name.partition(".")[0]](turn, done), instead=True)
    elif not await channel_cards.is_one(turn, turn.body["channel"]["id"], message["ts"]):
        try:
            await turn.door.client.chat_update(
                channel=turn.body["channel"]["id"],
                ts=message["ts"],
                text=kit.fallback(done),
                blocks=await _after(turn, name, object_id, done=done),
                link_names=False,
                parse="none",
            )
        except SlackApiError:
            # It is done all the same (M2); the member shall know, whatever becomes of the card.
            await turn.tell(answers.said(done))


async def _after(turn: Turn, name: str, object_id: int, *, done: str) -> list[Json]:
    """Return the pressed message with what can be done now, or without what cannot be again."""
    with suppress(Refusal):
        letter = await _card(turn, name, object_id)
        if letter.buttons or letter.items:
            return letters.anew(letter, done)
    before = turn.body["message"].get("blocks", [])
    return letters.settled(before, turn.body["actions"][0], done)


async def open_pressed(turn: Turn) -> None:
    """Open the form that the pressed button names."""
    await open_form(turn, turn.body["actions"][0]["action_id"])


async def send_form(turn: Turn) -> None:
    """Send one of the forms that make something new."""
    await FORMS[turn.body["view"]["callback_id"]].send(turn)


async def answer_field(turn: Turn) -> None:
    """Take the field that somebody new chose in the menu of the message that greeted them."""
    code, me = chosen(turn.body["actions"][0]), turn.reader.person_id
    await turn.act(people.set_fields, (code,), by=me, now=turn.door.clock.now())
    name = "onboarding.set_fields"
    await _show_done(turn, name, 0, done=turn.say(NEEDS_NO_LINK[name].done))


async def rules(turn: Turn) -> None:
    """Show the posting rules of a list."""
    list_id = number(chosen(turn.body["actions"][0]))
    ruled = await turn.ask(meters.of_lists, now=turn.door.clock.now())
    those = [one for one in ruled if one[0].id == list_id]
    await turn.open(
        answers.closing(
            turn.language,
            turn.say("Posting rules"),
            *list_blocks.rules(turn.language, those).blocks[1:],
        )
    )


async def gone(turn: Turn) -> None:
    """Answer a press on something that this version of the bot does not know."""
    raise of_older_version()


async def read_on_web(turn: Turn) -> None:
    """Do nothing: Slack opens the page, and tells us of the press."""


#: The bot's own actions, beside those of `letters.actions` and the forms.
OWN: Final[dict[str, Listener]] = {
    **held.PRESSES,
    **choices.PRESSES,
    "home.show": home_lists.show,
    "onboarding.field": answer_field,
    "introduction.field": introductions.choose_field,
    "introduction.turn": introductions.turn_page,
    "introduction.back": introductions.turn_page,
    "mailing_list.rules": rules,
    "post.more": more,
    "thread.read": read_on_web,
}
