"""The Home tab: what comes next for me, and what I can set."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.blocks import answers, gatherings, items, kit, lists, meetups, mentorships, people, posts
from bot.blocks.items import Item
from bot.blocks.kit import Json
from community.directory import Choices
from community.gathering_cards import GatheringCard
from community.holds import HeldPost
from community.meetings import Progress
from community.meetups import MeetupCard
from community.people import Reader
from letters.letter import House
from texts import Language, say, say_many

#: What waits, per kind; the lists of the commands have the rest.
MOST = 3
MOST_HELD = 2


@dataclass(frozen=True, kw_only=True)
class Next:
    """What the Home tab of one person is made of."""

    meetups: Sequence[MeetupCard]
    gatherings: Sequence[GatheringCard]
    pairs: Sequence[Progress]
    #: Only for moderators.
    held: Sequence[HeldPost]
    held_count: int
    choices: Choices
    #: Whether to show what coordinators can make.
    coordinates: bool


def view(language: Language, comes: Next, reader: Reader, house: House, *, note: str = "") -> Json:
    """Return the Home tab of somebody we know."""
    top = [kit.words(f"✓ {note}"), kit.divider()] if note else []
    return kit.home(
        [
            *top,
            kit.header(say(language, "Next for you")),
            *_next(language, comes, reader, house),
            *kit.rows(_makers(language, comes)),
            *_held(language, comes, reader, house),
            kit.divider(),
            kit.header(say(language, "Your settings")),
            kit.words(say(language, "Language"), people.language_menu(language)),
            *items.some(
                language, [lists.item(language, one, house) for one in comes.choices.lists]
            ),
            *items.blocks(
                people.category_item(language, category, way)
                for category, way in comes.choices.categories
            ),
        ]
    )


def stranger(language: Language, *, name: str) -> Json:
    """Return the Home tab of somebody we do not know yet."""
    return kit.home(answers.way_in_blocks(language, name=name))


def guest(language: Language) -> Json:
    """Return the Home tab of a guest."""
    return kit.home([kit.words(answers.guest(language))])


def _next(language: Language, comes: Next, reader: Reader, house: House) -> list[Json]:
    me = reader.person_id
    mine: list[Item] = [
        *(mentorships.item(language, view, house, reader_id=me) for view in comes.pairs[:MOST]),
        *(meetups.item(language, card, house, reader_id=me) for card in comes.meetups[:MOST]),
        *(gatherings.item(language, card, house) for card in comes.gatherings[:MOST]),
    ]
    if mine:
        return items.blocks(mine)
    return [kit.words(say(language, "Nothing waits for you. Propose a meetup?"))]


def _makers(language: Language, comes: Next) -> list[Json]:
    buttons = [meetups.propose_button(language)]
    if comes.coordinates:
        buttons += [
            kit.button(say(language, "New gathering"), "gathering.publish"),
            kit.button(say(language, "New announcement"), "announcement.draft"),
            kit.button(say(language, "Make a mentor pair"), "mentorship.pair"),
        ]
    return buttons


def _held(language: Language, comes: Next, reader: Reader, house: House) -> list[Json]:
    if not comes.held:
        return []
    count = say_many(
        language,
        "{n} post waits for a moderator",
        "{n} posts wait for a moderator",
        comes.held_count,
    )
    cards = [block for post in comes.held[:MOST_HELD] for block in posts.card(post, reader, house)]
    return [kit.divider(), kit.header(count), *cards]
