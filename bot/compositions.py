"""Writing to a list from chat: the form, the look at what will become of it, and sending it.

A form is looked at before it can be sent, and what is sent is what was looked at.
"""

from bot import messages, mrkdwn
from bot.blocks import compositions as blocks
from bot.blocks.compositions import Draft
from bot.blocks.kit import Json
from bot.metadata import chosen, kept, number
from bot.turns import Turn
from community import compositions, prospects, topics, withdrawals
from community.compositions import Composition, Desk
from community.errors import Refusal
from community.topics import Topic
from letters import compositions as words_of
from texts import N_

#: What the author should know about words that are another's.
ANOTHERS = N_(
    "These are the words of {name}. Ask before you send them to a list, and leave out what is not "
    "for everybody."
)
PRIVATE = N_(
    "These are the words of {name}, from a private conversation. Ask before you send them to a "
    "list, and leave out what is not for everybody."
)


async def typed(turn: Turn, rest: str) -> None:
    """Open the form, with what was typed as the subject."""
    await turn.open(await _form(turn, Draft(subject=rest)))


async def form(turn: Turn) -> Json:
    """Make the form; its button may say for which list."""
    pressed: list[Json] = turn.body.get("actions") or [{}]
    value = chosen(pressed[0])
    return await _form(turn, Draft(list_id=number(value) if value else 0))


async def answer(turn: Turn) -> Json:
    """Make the form in which a thread is answered."""
    thread_id = number(chosen(turn.body["actions"][0]))
    return await _form(turn, Draft(thread_id=thread_id))


async def quote(turn: Turn) -> Json:
    """Make the form with a message of Slack in it: one's own words, or a quote of another's."""
    message = await messages.taken(turn)
    if not message.author:
        return await _form(turn, Draft(text=message.text))
    wrote = turn.say("{name} wrote in Slack:", name=message.author)
    notice = turn.say(PRIVATE if message.is_private else ANOTHERS, name=message.author)
    text = f"{wrote}\n\n{mrkdwn.quoted(message.text)}\n"
    return await _form(turn, Draft(text=text, notice=notice))


async def look(turn: Turn) -> None:
    """Show what will become of what was written, above the form."""
    await _show(turn, blocks.read(turn.body["view"]))


async def send(turn: Turn) -> None:
    """Send what was looked at; show it once more if it has changed since."""
    draft, door = blocks.read(turn.body["view"]), turn.door
    if draft.mark != kept(turn.body["view"]).get("mark"):
        await _show(turn, draft, is_changed=True)
        return
    me, now = turn.reader.person_id, door.clock.now()
    what = _composition(turn, await _desk(turn, draft), draft)
    post = await turn.act(compositions.send, what, words_of.write, by=me, now=now)
    card = await turn.ask(withdrawals.card, post.id)
    words = words_of.sent(turn.language, card, post.state, door.house)
    await turn.finish(blocks.sent(turn.language, words, door.house.fate_url(post.id)))


async def _show(turn: Turn, draft: Draft, *, is_changed: bool = False) -> None:
    desk = await _desk(turn, draft)
    view = await turn.ask(
        prospects.rehearse,
        _composition(turn, desk, draft),
        words_of.write,
        by=turn.reader.person_id,
        now=turn.door.clock.now(),
    )
    house = turn.door.house
    shown = blocks.preview(turn.language, desk, draft, view, house, is_changed=is_changed)
    await turn.finish(shown)


async def _form(turn: Turn, draft: Draft) -> Json:
    return blocks.form(turn.language, await _desk(turn, draft), draft)


async def _desk(turn: Turn, draft: Draft) -> Desk:
    now = turn.door.clock.now()
    return await turn.ask(compositions.desk, reader=turn.reader, thread_id=draft.thread_id, now=now)


def _composition(turn: Turn, desk: Desk, draft: Draft) -> Composition:
    return Composition(
        list_id=draft.list_id,
        subject=desk.answers or _labelled(turn, draft),
        text=draft.text,
        key=f"slack:{turn.body['view']['id']}",
        fields=_fields(desk, draft),
        thread_id=draft.thread_id,
    )


def _fields(desk: Desk, draft: Draft) -> tuple[str, ...]:
    if draft.reach == blocks.MINE and not desk.fields:
        raise Refusal("Say first what you do research in, or write to everybody.")
    return {blocks.ALL: (), blocks.MINE: desk.fields}.get(draft.reach, (draft.reach,))


def _labelled(turn: Turn, draft: Draft) -> str:
    """Return the subject with the label of its topic, as its author would write it in a mail."""
    if draft.topic not in list(Topic):
        return draft.subject
    return f"{topics.label(Topic(draft.topic), turn.language)} {draft.subject}"
