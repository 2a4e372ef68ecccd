"""What one chooses in a menu or by a button about oneself: language, kinds of message, posts."""

from collections.abc import Callable
from typing import Final

from bot import places
from bot.blocks import people as people_blocks
from bot.blocks.kit import Shown
from bot.listings import LISTINGS, categories
from bot.metadata import chosen, number, of_older_version
from bot.turns import Listener, Turn
from community import people, ways
from community.deliveries import VERBS
from community.people import Category
from community.ways import Way
from letters.actions import NEEDS_NO_LINK
from texts import N_, language_of

SPEAKS: Final = N_("From now on we write to you in English.")
STOPPED: Final = N_("Stopped. You can start it again here at any time.")
STARTED: Final = N_("Started again.")
CHOSEN: Final = N_("Saved.")


async def speak(turn: Turn) -> None:
    """Change the language of everything said to the reader."""
    wanted = chosen(turn.body["actions"][0])
    await turn.act(people.set_language, wanted, by=turn.reader.person_id, now=turn.door.clock.now())
    turn.language = language_of(wanted)
    done = turn.say(SPEAKS)
    await _show(turn, people_blocks.languages(turn.language, note=done), done)


def hearing(act: Callable[..., None], words: str) -> Listener:
    """Return what stops one kind of automatic message, or lets it come again."""

    async def hear(turn: Turn) -> None:
        category = Category(chosen(turn.body["actions"][0]))
        await turn.act(act, category, by=turn.reader.person_id, now=turn.door.clock.now())
        done = turn.say(words)
        await _show(turn, await categories(turn, done), done)

    return hear


async def choose_way(turn: Turn) -> None:
    """Have one kind of automatic message come by the way that was chosen in its menu."""
    category, _, way = chosen(turn.body["actions"][0]).partition("-")
    if category not in list(Category) or way not in list(Way):
        raise of_older_version()
    me, now = turn.reader.person_id, turn.door.clock.now()
    await turn.act(ways.choose, Category(category), Way(way), by=me, now=now)
    done = turn.say(STOPPED if way == Way.NONE else CHOSEN)
    await _show(turn, await categories(turn, done), done)


async def deliver(turn: Turn) -> None:
    """Have the posts of a list come in the way that was chosen in its menu."""
    verb, _, list_id = chosen(turn.body["actions"][0]).partition("-")
    if verb not in VERBS.values():
        raise of_older_version()
    action, me = NEEDS_NO_LINK[f"mailing_list.{verb}"], turn.reader.person_id
    await turn.act(action.act, number(list_id), by=me, now=turn.door.clock.now())
    done = turn.say(action.done)
    await _show(turn, await LISTINGS["mailing_list"](turn, done), done)


async def _show(turn: Turn, shown: Shown, done: str) -> None:
    if not await places.show_again(turn, turn.body.get("view"), done=done):
        await turn.tell(shown, instead=True)


PRESSES: Final[dict[str, Listener]] = {
    "person.speak": speak,
    "person.mute": hearing(ways.mute, STOPPED),
    "person.unmute": hearing(ways.unmute, STARTED),
    "person.choose_way": choose_way,
    "mailing_list.deliver": deliver,
}
