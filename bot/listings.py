"""The lists that a member can ask for: read the community, show blocks.

One table by noun, so that a press in a list shows the same list again as it is then.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from bot.blocks import addresses as address_blocks
from bot.blocks import announcements as announcement_blocks
from bot.blocks import due as due_blocks
from bot.blocks import gatherings as gathering_blocks
from bot.blocks import lists as list_blocks
from bot.blocks import meetups as meetup_blocks
from bot.blocks import mentorships as mentorship_blocks
from bot.blocks import people as people_blocks
from bot.blocks import posts as post_blocks
from bot.blocks import threads as thread_blocks
from bot.blocks.kit import Shown
from bot.turns import Turn
from community import (
    announcements,
    directory,
    gathering_cards,
    holds,
    meetups,
    overview,
    people,
    progress,
    shared_returns,
    suppressions,
)
from community import recent_threads as threads_of_mine
from community.people import Role
from community.shared_returns import SharedTally
from community.threads import moderates

#: More than that is for the page.
DUE: Final = 50
#: How far back it is counted what came back of mails that many shared.
SHARED_SINCE: Final = timedelta(days=30)


async def posts(turn: Turn, note: str = "") -> Shown:
    """Show a moderator what waits."""
    await turn.ask(people.require, turn.reader.person_id, Role.MODERATOR)
    held, count = await turn.ask(holds.first, post_blocks.MOST), await turn.ask(holds.count)
    return post_blocks.listing(
        turn.language, held, turn.reader, turn.door.house, count=count, note=note
    )


async def upcoming_meetups(turn: Turn, note: str = "") -> Shown:
    """Show the meetups that are to come."""
    me, now = turn.reader.person_id, turn.door.clock.now()
    cards = await turn.ask(meetups.upcoming, reader_id=me, now=now)
    return meetup_blocks.listing(turn.language, cards, turn.door.house, reader_id=me, note=note)


async def upcoming_gatherings(turn: Turn, note: str = "") -> Shown:
    """Show the gatherings that are to come."""
    me, now = turn.reader.person_id, turn.door.clock.now()
    cards = await turn.ask(gathering_cards.upcoming, reader_id=me, now=now)
    shows = people.coordinates(turn.reader)
    return gathering_blocks.listing(
        turn.language, cards, turn.door.house, coordinates=shows, note=note
    )


async def mailing_lists(turn: Turn, note: str = "") -> Shown:
    """Show every list and whether I am on it."""
    choices = await turn.ask(directory.choices, turn.reader.person_id, now=turn.door.clock.now())
    return list_blocks.listing(turn.language, choices.lists, turn.door.house, note=note)


async def recent_threads(turn: Turn, note: str = "") -> Shown:
    """Show the threads of my lists in which something was written last."""
    most = thread_blocks.MOST
    found = await turn.ask(threads_of_mine.recent, reader=turn.reader, most=most)
    shown = (turn.language, found, turn.door.house)
    return thread_blocks.listing(*shown, moderates=moderates(turn.reader), note=note)


async def mentorships(turn: Turn, note: str = "") -> Shown:
    """Show my pairs and what comes next in each."""
    me, now = turn.reader.person_id, turn.door.clock.now()
    views = await turn.ask(progress.of_person, me)
    return mentorship_blocks.listing(
        turn.language, views, turn.door.house, reader_id=me, now=now, note=note
    )


async def recent_announcements(turn: Turn, note: str = "") -> Shown:
    """Show a coordinator the announcements."""
    await turn.ask(people.require, turn.reader.person_id, Role.COORDINATOR)
    cards = await turn.ask(announcements.recent)
    return announcement_blocks.listing(turn.language, cards, turn.door.house, note=note)


async def addresses(turn: Turn, note: str = "") -> Shown:
    """Show the addresses that mail does not reach: a coordinator's all, others' their own."""
    cards = await turn.ask(suppressions.in_doubt, reader_id=turn.reader.person_id)
    shared: list[SharedTally] = []
    if people.coordinates(turn.reader):
        lately = turn.door.house.local(turn.door.clock.now()).date() - SHARED_SINCE
        shared = await turn.ask(shared_returns.tallies, since=lately)
    return address_blocks.listing(turn.language, cards, turn.door.house, shared=shared, note=note)


async def categories(turn: Turn, note: str = "") -> Shown:
    """Show which automatic messages come."""
    choices = await turn.ask(directory.choices, turn.reader.person_id, now=turn.door.clock.now())
    return people_blocks.categories(
        turn.language, choices.categories, hours=choices.hours, note=note
    )


async def due(turn: Turn, note: str = "") -> Shown:
    """Show a coordinator what is due when, for whom and why."""
    await turn.ask(people.require, turn.reader.person_id, Role.COORDINATOR)
    waiting = await turn.ask(overview.due, now=turn.door.clock.now(), limit=DUE)
    return due_blocks.listing(turn.language, waiting, turn.door.house)


Listing = Callable[[Turn, str], Awaitable[Shown]]

LISTINGS: Final[dict[str, Listing]] = {
    "post": posts,
    "meetup": upcoming_meetups,
    "gathering": upcoming_gatherings,
    "mailing_list": mailing_lists,
    "thread": recent_threads,
    "mentorship": mentorships,
    "meeting": mentorships,
    "slot": mentorships,
    "announcement": recent_announcements,
    "person": categories,
    "address": addresses,
    "due": due,
}
