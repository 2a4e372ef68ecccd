"""`/postdoc`: one table of what can be typed. Everything without more words opens a form or a list.

Typing is never the only way: each has its buttons, and the Home tab has them all.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from bot import typed
from bot.actions import SPEAKS
from bot.blocks import help as help_blocks
from bot.blocks import lists as list_blocks
from bot.blocks import meetups as meetup_blocks
from bot.blocks import people as people_blocks
from bot.blocks import searches as search_blocks
from bot.forms import open_form
from bot.listings import LISTINGS
from bot.turns import Turn
from community import directory, lists, meetups, people, queries, searches
from community.deliveries import VERBS
from community.errors import Refusal
from community.people import Category, Role
from letters.actions import ACTIONS
from texts import N_, language_of

NAME: Final = "/postdoc"
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

#: What can be done with a list by typing; pausing asks until when, in the list itself.
LIST_VERBS: Final = ("join", "leave", "resume", *VERBS.values())

Run = Callable[[Turn, str], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Command:
    """One word that can be typed."""

    run: Run
    #: One sentence for the list of commands.
    does: str
    #: The same in Norwegian, and other words for it.
    also: tuple[str, ...] = ()
    #: Who sees it in the list; the acts check the right themselves.
    role: Role | None = None
    #: What may follow, as an example.
    example: str = ""


def _shows(noun: str) -> Run:
    async def run(turn: Turn, rest: str) -> None:
        await turn.tell(await LISTINGS[noun](turn, ""))

    return run


def _opens(form: str) -> Run:
    async def run(turn: Turn, rest: str) -> None:
        await open_form(turn, form)

    return run


async def _help(turn: Turn, rest: str) -> None:
    mine = [(word, command) for word, command in COMMANDS.items() if _is_for(turn, command)]
    lines = [
        (f"{NAME} {word} {command.example}".strip(), turn.say(command.does))
        for word, command in mine
    ]
    await turn.tell(help_blocks.listing(turn.language, lines, name=turn.door.house.name))


async def _meetup(turn: Turn, rest: str) -> None:
    given = typed.meetup(rest, turn.door.house.calendar)
    if not given.topic or not given.place or given.starts_at is None:
        view = meetup_blocks.form(
            turn.language, topic=given.topic, place=given.place, starts_at=given.starts_at
        )
        await turn.open(view)
        return
    made = await turn.act(
        meetups.propose,
        topic=given.topic,
        place=given.place,
        starts_at=given.starts_at,
        by=turn.reader.person_id,
        now=turn.door.clock.now(),
    )
    card = await turn.ask(meetups.card, made.id, reader_id=turn.reader.person_id)
    await turn.tell(meetup_blocks.proposed(turn.language, card, turn.door.house))


async def _list(turn: Turn, rest: str) -> None:
    verb, _, name = rest.partition(" ")
    if verb not in LIST_VERBS:
        await turn.tell(await LISTINGS["mailing_list"](turn, ""))
        return
    choices = await turn.ask(directory.choices, turn.reader.person_id, now=turn.door.clock.now())
    named = {one.mailing_list.name: one.mailing_list.id for one in choices.lists}
    named |= {one.mailing_list.address: one.mailing_list.id for one in choices.lists}
    list_id = named.get(name.strip().lower())
    if list_id is None and len(choices.lists) == 1 and not name.strip():
        list_id = choices.lists[0].mailing_list.id
    if list_id is None:
        known = ", ".join(one.mailing_list.name for one in choices.lists) or "–"
        raise Refusal("There is no list “{name}”. There is: {known}.", name=name, known=known)
    action = ACTIONS[f"mailing_list.{verb}"]
    await turn.act(action.act, list_id, by=turn.reader.person_id, now=turn.door.clock.now())
    await turn.tell(await LISTINGS["mailing_list"](turn, turn.say(action.done)))


async def _search(turn: Turn, rest: str) -> None:
    query, now = queries.read(rest), turn.door.clock.now()
    found = await turn.ask(searches.find, query, reader=turn.reader, now=now)
    await turn.tell(search_blocks.found(turn.language, rest, found, turn.door.house))


async def _rules(turn: Turn, rest: str) -> None:
    await turn.tell(list_blocks.rules(turn.language, await turn.ask(lists.all_lists)))


async def _language(turn: Turn, rest: str) -> None:
    note = ""
    if rest:
        wanted = LANGUAGE_WORDS.get(rest.lower(), rest.lower())
        me, now = turn.reader.person_id, turn.door.clock.now()
        await turn.act(people.set_language, wanted, by=me, now=now)
        turn.language = language_of(wanted)
        note = turn.say(SPEAKS)
    await turn.tell(people_blocks.languages(turn.language, note=note))


def _category(act: Callable[..., None]) -> Run:
    async def run(turn: Turn, rest: str) -> None:
        note = ""
        if rest:
            category = typed.nearest(rest.lower().removesuffix("s"), [str(one) for one in Category])
            if category is None:
                known = ", ".join(Category)
                raise Refusal("“{category}” is none of: {known}.", category=rest, known=known)
            me, now = turn.reader.person_id, turn.door.clock.now()
            await turn.act(act, Category(category), by=me, now=now)
            note = turn.say(N_("Done."))
        await turn.tell(await LISTINGS["person"](turn, note))

    return run


def _is_for(turn: Turn, command: Command) -> bool:
    roles = turn.reader.roles
    return command.role is None or command.role in roles or Role.ADMIN in roles


async def answer(turn: Turn) -> None:
    """Run what was typed, or say what can be typed."""
    given = typed.read(str(turn.body.get("text") or ""))
    words = {other: word for word, command in COMMANDS.items() for other in (word, *command.also)}
    word = words.get(given.word or "help")
    if word is not None:
        await COMMANDS[word].run(turn, given.rest)
        return
    mine = [other for other, word in words.items() if _is_for(turn, COMMANDS[word])]
    near = typed.nearest(given.word, mine)
    await turn.tell(help_blocks.unknown(turn.language, given.word, near))


COMMANDS: Final[dict[str, Command]] = {
    "help": Command(run=_help, does=N_("Show this list."), also=("hjelp", "?")),
    "meetup": Command(
        run=_meetup,
        does=N_(
            "Propose a meetup to people of your own and related fields; a form opens. Or in one "
            "line: Lunch | Hangaren | 2027-02-03 12:00"
        ),
        also=("treff",),
    ),
    "meetups": Command(
        run=_shows("meetup"),
        does=N_("See the meetups that are to come, and join."),
        also=("treffliste",),
    ),
    "gatherings": Command(
        run=_shows("gathering"),
        does=N_("See the gatherings, register, or release your place."),
        also=("samlinger",),
    ),
    "mentor": Command(
        run=_shows("mentorship"),
        does=N_("See your mentor pair and its next step."),
        also=("mentors", "mentee"),
    ),
    "lists": Command(
        run=_list,
        does=N_("See the mailing lists; join or leave one, choose how its posts come."),
        also=("list", "liste", "lister"),
        example="digest postdocs",
    ),
    "search": Command(
        run=_search,
        does=N_("Search the posts of your lists: words, “phrases”, from:, list:, before:, after:."),
        also=("søk", "find", "finn"),
        example="lunch from:ada",
    ),
    "rules": Command(
        run=_rules, does=N_("Read the posting rules of the lists."), also=("regler", "rule")
    ),
    "language": Command(
        run=_language, does=N_("Choose English or Norwegian."), also=("språk",), example="nb"
    ),
    "stop": Command(
        run=_category(people.mute),
        does=N_("Stop one kind of automatic message."),
        also=("stopp", "mute"),
        example="meetup",
    ),
    "start": Command(
        run=_category(people.unmute),
        does=N_("Let one kind of automatic message come again."),
        also=("unmute",),
        example="meetup",
    ),
    "held": Command(
        run=_shows("post"),
        does=N_("Decide about the posts that wait."),
        also=("queue", "kø"),
        role=Role.MODERATOR,
    ),
    "gathering": Command(
        run=_opens("gathering.publish"),
        does=N_("Plan a gathering and invite to it."),
        also=("samling",),
        role=Role.COORDINATOR,
    ),
    "announce": Command(
        run=_opens("announcement.draft"),
        does=N_("Write an announcement, see it as it is read, and schedule it."),
        also=("kunngjør",),
        role=Role.COORDINATOR,
    ),
    "announcements": Command(
        run=_shows("announcement"),
        does=N_("See drafts and what is scheduled or sent; cancel."),
        also=("kunngjøringer",),
        role=Role.COORDINATOR,
    ),
    "due": Command(
        run=_shows("due"),
        does=N_("See what is due when, for whom and why."),
        also=("frister",),
        role=Role.COORDINATOR,
    ),
    "addresses": Command(
        run=_shows("address"),
        does=N_("See the addresses that mail does not reach, and put one back in use."),
        also=("adresser", "bounces"),
        role=Role.COORDINATOR,
    ),
    "pair": Command(
        run=_opens("mentorship.pair"),
        does=N_("Make a mentor pair."),
        also=("par",),
        role=Role.COORDINATOR,
    ),
}
