"""`/postdoc`: one table of what can be typed. Everything without more words opens a form or a list.

Typing is never the only way: each has its buttons, and the Home tab has them all. What a word does
stands in the file of its noun.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from bot import compositions, introductions, lists, meetups, searches, typed
from bot import people as about_me
from bot.blocks import help as help_blocks
from bot.blocks.help import Group, Line
from bot.forms import open_form
from bot.listings import LISTINGS
from bot.metadata import chosen
from bot.turns import Turn
from community import ways
from community.people import Role
from texts import N_, Language

NAME: Final = "/postdoc"
#: The action of the buttons that stand for typing a word.
PRESSED: Final = re.compile(r"command\.run\..+")

Run = Callable[[Turn, str], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Command:
    """One word that can be typed."""

    run: Run
    #: Under which heading of the help it stands.
    group: Group
    #: What its button says.
    label: str
    #: One sentence for the list of commands.
    does: str
    #: The same in Norwegian first, then other words for it.
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
    lines = [
        Line(
            group=command.group,
            typed=f"{NAME} {_in(turn.language, word)} {command.example}".strip(),
            does=turn.say(command.does),
            button=help_blocks.runs(word, turn.say(command.label)),
        )
        for word, command in COMMANDS.items()
        if _is_for(turn, command) and command.run is not _help
    ]
    await turn.tell(help_blocks.listing(turn.language, lines, name=turn.door.house.name))


def _in(language: Language, word: str) -> str:
    """Return the word to type as its reader would call it."""
    return next(iter(COMMANDS[word].also), word) if language == "nb" else word


def _is_for(turn: Turn, command: Command) -> bool:
    roles = turn.reader.roles
    return command.role is None or command.role in roles or Role.ADMIN in roles


async def answer(turn: Turn) -> None:
    """Run what was typed, or say what can be typed."""
    given = typed.read(str(turn.body.get("text") or ""))
    words = _words()
    word = words.get(given.word or "help")
    if word is not None:
        await COMMANDS[word].run(turn, given.rest)
        return
    mine = [other for other, word in words.items() if _is_for(turn, COMMANDS[word])]
    near = dict.fromkeys(words[other] for other in typed.near(given.word, mine))
    buttons = [help_blocks.runs(word, turn.say(COMMANDS[word].label)) for word in near]
    await turn.tell(help_blocks.unknown(turn.language, given.word, buttons))


async def press(turn: Turn) -> None:
    """Run a command whose button was pressed, as if its word had been typed."""
    word = _words().get(chosen(turn.body["actions"][0]), "help")
    await COMMANDS[word].run(turn, "")


def _words() -> dict[str, str]:
    """Return every word that can be typed, with the command that it means."""
    return {other: word for word, command in COMMANDS.items() for other in (word, *command.also)}


COMMANDS: Final[dict[str, Command]] = {
    "post": Command(
        run=compositions.typed,
        group=Group.LIST,
        label=N_("Write to the list"),
        does=N_("Write to a mailing list; see first what becomes of it and how many get it."),
        also=("innlegg", "write", "skriv"),
    ),
    "threads": Command(
        run=_shows("thread"),
        group=Group.LIST,
        label=N_("Threads"),
        does=N_("See what is written on your lists; answer, follow or mute."),
        also=("tråder", "thread", "tråd"),
    ),
    "help": Command(
        run=_help,
        group=Group.LIST,
        label=N_("Help"),
        does=N_("Show this list."),
        also=("hjelp", "?"),
    ),
    "meetup": Command(
        run=meetups.propose,
        group=Group.MEETUPS,
        label=N_("Propose a meetup"),
        does=N_(
            "Propose a meetup to people of your own and related fields; a form opens. Or in one "
            "line: Lunch | Hangaren | 2027-02-03 12:00"
        ),
        also=("treff",),
    ),
    "meetups": Command(
        run=_shows("meetup"),
        group=Group.MEETUPS,
        label=N_("Meetups"),
        does=N_("See the meetups that are to come, and join."),
        also=("treffliste",),
    ),
    "gatherings": Command(
        run=_shows("gathering"),
        group=Group.GATHERINGS,
        label=N_("Gatherings"),
        does=N_("See the gatherings, register, or release your place."),
        also=("samlinger",),
    ),
    "mentor": Command(
        run=_shows("mentorship"),
        group=Group.MENTORING,
        label=N_("My mentor pair"),
        does=N_("See your mentor pair and its next step."),
        also=("mentor", "mentors", "mentee"),
    ),
    "lists": Command(
        run=lists.choose,
        group=Group.LIST,
        label=N_("My lists"),
        does=N_("See the mailing lists; join or leave one, choose how its posts come."),
        also=(
            *("lister", "liste", "list", "join", "leave", "subscribe", "unsubscribe", "pause"),
            *("bli", "meld", "avmeld", "digest", "oppsamling"),
        ),
        example="digest postdocs",
    ),
    "search": Command(
        run=searches.find,
        group=Group.LIST,
        label=N_("Search"),
        does=N_("Search the posts of your lists: words, “phrases”, from:, list:, before:, after:."),
        also=("søk", "find", "finn"),
        example="lunch from:ada",
    ),
    "rules": Command(
        run=lists.rules,
        group=Group.LIST,
        label=N_("Posting rules"),
        does=N_("Read the posting rules of the lists."),
        also=("regler", "rule"),
    ),
    "whois": Command(
        run=introductions.whois,
        group=Group.PEOPLE,
        label=N_("Find a person"),
        does=N_("See who somebody is: fields, and what they chose to show."),
        also=("hvem", "who"),
        example="ada",
    ),
    "people": Command(
        run=introductions.people,
        group=Group.PEOPLE,
        label=N_("People of my field"),
        does=N_("Find the people of a field and the related ones."),
        also=("folk", "directory", "katalog"),
        example="physics",
    ),
    "language": Command(
        run=about_me.language,
        group=Group.PEOPLE,
        label=N_("Language"),
        does=N_("Choose English or Norwegian."),
        also=("språk",),
        example="nb",
    ),
    "messages": Command(
        run=_shows("person"),
        group=Group.PEOPLE,
        label=N_("What we tell you"),
        does=N_("Choose how each kind of message comes: Slack, e-mail, both, or not at all."),
        also=(
            *("meldinger", "notices", "notifications", "varsler", "settings", "innstillinger"),
            *("quiet", "stille"),
        ),
    ),
    "stop": Command(
        run=about_me.category(ways.mute),
        group=Group.PEOPLE,
        label=N_("Stop a kind of message"),
        does=N_("Stop one kind of automatic message."),
        also=("stopp", "mute"),
        example="meetup",
    ),
    "start": Command(
        run=about_me.category(ways.unmute),
        group=Group.PEOPLE,
        label=N_("Start again"),
        does=N_("Let one kind of automatic message come again."),
        also=("start", "unmute"),
        example="meetup",
    ),
    "held": Command(
        run=_shows("post"),
        group=Group.MODERATORS,
        label=N_("Held posts"),
        does=N_("Decide about the posts that wait."),
        also=("kø", "queue"),
        role=Role.MODERATOR,
    ),
    "channel": Command(
        run=_opens("mailing_list.choose_channel"),
        group=Group.COORDINATORS,
        label=N_("Moderators’ channel"),
        does=N_("Choose the channel in which the moderators of a list decide."),
        also=("kanal",),
        role=Role.COORDINATOR,
    ),
    "gathering": Command(
        run=_opens("gathering.publish"),
        group=Group.COORDINATORS,
        label=N_("Plan a gathering"),
        does=N_("Plan a gathering and invite to it."),
        also=("samling",),
        role=Role.COORDINATOR,
    ),
    "announce": Command(
        run=_opens("announcement.draft"),
        group=Group.COORDINATORS,
        label=N_("Write an announcement"),
        does=N_("Write an announcement, see it as it is read, and schedule it."),
        also=("kunngjør",),
        role=Role.COORDINATOR,
    ),
    "announcements": Command(
        run=_shows("announcement"),
        group=Group.COORDINATORS,
        label=N_("Announcements"),
        does=N_("See drafts and what is scheduled or sent; cancel."),
        also=("kunngjøringer",),
        role=Role.COORDINATOR,
    ),
    "due": Command(
        run=_shows("due"),
        group=Group.COORDINATORS,
        label=N_("What is due"),
        does=N_("See what is due when, for whom and why."),
        also=("frister",),
        role=Role.COORDINATOR,
    ),
    "addresses": Command(
        run=_shows("address"),
        group=Group.COORDINATORS,
        label=N_("Addresses in doubt"),
        does=N_("See the addresses that mail does not reach, and put one back in use."),
        also=("adresser", "bounces"),
        role=Role.COORDINATOR,
    ),
    "pair": Command(
        run=_opens("mentorship.pair"),
        group=Group.COORDINATORS,
        label=N_("Make a mentor pair"),
        does=N_("Make a mentor pair."),
        also=("par",),
        role=Role.COORDINATOR,
    ),
}
