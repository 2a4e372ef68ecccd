"""What one types about oneself: the language, and which automatic messages come."""

from collections.abc import Awaitable, Callable
from typing import Final

from bot import typed
from bot.blocks import people as blocks
from bot.choices import SPEAKS
from bot.listings import LISTINGS
from bot.turns import Turn
from community import people
from community.errors import Refusal
from community.people import Category
from texts import N_, language_of

#: What people type for a language.
LANGUAGE_WORDS: Final = {
    "no": "nb",
    "nn": "nb",
    "norsk": "nb",
    "norwegian": "nb",
    "bokmål": "nb",
    "english": "en",
    "engelsk": "en",
}


async def language(turn: Turn, rest: str) -> None:
    """Speak the language that was typed from now on, or ask which."""
    note = ""
    if rest:
        wanted = LANGUAGE_WORDS.get(rest.lower(), rest.lower())
        me, now = turn.reader.person_id, turn.door.clock.now()
        await turn.act(people.set_language, wanted, by=me, now=now)
        turn.language = language_of(wanted)
        note = turn.say(SPEAKS)
    await turn.tell(blocks.languages(turn.language, note=note))


def category(act: Callable[..., None]) -> Callable[[Turn, str], Awaitable[None]]:
    """Return the run that stops or starts the kind of message that was typed, or shows them all."""

    async def run(turn: Turn, rest: str) -> None:
        note = ""
        if rest:
            wanted = typed.nearest(rest.lower().removesuffix("s"), [str(one) for one in Category])
            if wanted is None:
                known = ", ".join(Category)
                raise Refusal("“{category}” is none of: {known}.", category=rest, known=known)
            me, now = turn.reader.person_id, turn.door.clock.now()
            await turn.act(act, Category(wanted), by=me, now=now)
            note = turn.say(N_("Done."))
        await turn.tell(await LISTINGS["person"](turn, note))

    return run
