"""“Next for you”: of everything that waits for one person the three most urgent, each a card.

First what others wait for, by its deadline; then where I am going in the next days; then what I may
come to; then what a newcomer has not said yet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from bot.blocks import gatherings, items, kit, letters, meetups, mentorships
from bot.blocks.items import Item
from bot.blocks.kit import Json
from community.attention import Attention
from community.directory import Choices
from community.fields import RELATED, nearness
from community.gathering_cards import GatheringCard
from community.holds import HeldPost
from community.join_cards import JoinCard
from community.meetups import MeetupCard
from community.people import Reader, Role
from community.progress import Progress
from community.suppressions import AddressCard
from letters import posts as words_of
from letters.actions import button
from letters.letter import House
from texts import N_, Language, day, moment, say, say_many

#: So many cards; the button below them has the rest.
MOST: Final = 3
#: In the list of all, which is a modal of a hundred blocks.
MOST_OF_ALL: Final = 20
#: Where I am going is next for me from so long before on.
SOON: Final = timedelta(days=3)
#: So long before the last day of a stay it is asked what comes then.
BEFORE_LAST_DAY: Final = timedelta(days=14)
#: A pair that has no time yet has so long before it is late.
PAIR_TIME: Final = timedelta(days=14)

ASKED, GOING, INVITED, UNSAID = range(4)
ALL: Final = "home.show"


@dataclass(frozen=True, kw_only=True)
class Next:
    """What the Home tab of one person is made of."""

    reader: Reader
    now: datetime
    #: Those that I am going to, and those that I may come to.
    meetups: Sequence[MeetupCard]
    gatherings: Sequence[GatheringCard]
    pairs: Sequence[Progress]
    choices: Choices
    #: My addresses that mail does not reach.
    addresses: Sequence[AddressCard]
    #: The last day of my stay, if it will end.
    last_day: date | None
    #: Only for moderators: the first posts and people that wait, and how many do.
    held: Sequence[HeldPost] = ()
    held_count: int = 0
    joiners: Sequence[JoinCard] = ()
    joiners_count: int = 0
    #: Only for coordinators.
    attention: Attention | None = None


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Something that waits for me."""

    rank: int
    #: Until when, where there is a moment.
    until: datetime
    item: Item


def blocks(language: Language, comes: Next, house: House) -> list[Json]:
    """Return the three most urgent cards, and the button for the rest."""
    all_of_it = waiting(language, comes, house)
    if not all_of_it:
        words = say(language, "Nothing waits for you. When something does, it stands here.")
        return [kit.words(words)]
    left = len(all_of_it) - MOST
    more = say_many(language, "and {n} more", "and {n} more", left)
    rest = kit.rows([kit.button(more, ALL, "next")]) if left > 0 else []
    return [*items.blocks(one.item for one in all_of_it[:MOST]), *rest]


def every(language: Language, comes: Next, house: House) -> list[Json]:
    """Return everything that waits, for a list of its own."""
    found = [one.item for one in waiting(language, comes, house)]
    if not found:
        return [kit.words(say(language, "Nothing waits for you."))]
    return items.some(language, found, most=MOST_OF_ALL)


def waiting(language: Language, comes: Next, house: House) -> list[Waiting]:
    """Return everything that waits for one person, the most urgent first."""
    found = [
        *_addresses(language, comes),
        *_stay(language, comes, house),
        *_held(language, comes, house),
        *_joiners(language, comes, house),
        *_pairs(language, comes, house),
        *_meetups(language, comes, house),
        *_gatherings(language, comes, house),
        *_unsaid(language, comes),
    ]
    return sorted(found, key=lambda one: (one.rank, one.until))


def _addresses(language: Language, comes: Next) -> Iterator[Waiting]:
    for card in comes.addresses:
        if card.state == "suppressed":
            pressed = letters.pressable(
                language, button(language, "address.restore", card.address_id)
            )
            words = say(language, "Mail to this address comes back, so we have stopped.")
            item = Item(title=card.email, lines=(words,), buttons=(pressed,))
            yield Waiting(rank=ASKED, until=comes.now, item=item)


def _stay(language: Language, comes: Next, house: House) -> Iterator[Waiting]:
    last = comes.last_day
    if last is None or last > house.local(comes.now).date() + BEFORE_LAST_DAY:
        return
    is_over = last < house.local(comes.now).date()  # whoever is needed stays (community/roles.py)
    words = say(language, "Stay on your lists, or leave them with your stay.")
    pressed = letters.pressable(language, button(language, "person.stay_on", 0))
    title = N_("Your stay ended on {day}") if is_over else N_("Your stay ends on {day}")
    title = say(language, title, day=day(language, last))
    until = house.calendar.at_local(last, datetime.min.time())
    item = Item(title=title, lines=(words,), buttons=(pressed,))
    yield Waiting(rank=ASKED, until=until, item=item)


def _held(language: Language, comes: Next, house: House) -> Iterator[Waiting]:
    """Yield the post that waits longest; the queue has the others."""
    for post in comes.held[:1]:
        lines = (
            words_of.author(post),
            words_of.because(language, post),
            words_of.deadline(language, post, house) if post.deadline_at else "",
        )
        verbs = [button(language, f"post.{verb}", post.post_id) for verb in words_of.verbs(post)]
        yield Waiting(
            rank=ASKED,
            until=post.deadline_at or post.received_at,
            item=Item(
                title=say(language, "Held: {subject}", subject=post.subject),
                lines=lines,
                buttons=tuple(letters.pressable(language, one) for one in verbs),
            ),
        )


def _joiners(language: Language, comes: Next, house: House) -> Iterator[Waiting]:
    for card in comes.joiners:
        verbs = ("accept", "decline")
        pressed = [button(language, f"join_request.{verb}", card.request_id) for verb in verbs]
        since = moment(language, house.local(card.asked_at))
        title = say(language, "{name} wants to join {list}", name=card.name, list=card.list_address)
        yield Waiting(
            rank=ASKED,
            until=card.asked_at + PAIR_TIME,
            item=Item(
                title=title,
                lines=(card.email, say(language, "Asked: {when}", when=since)),
                buttons=tuple(letters.pressable(language, one) for one in pressed),
            ),
        )


def _pairs(language: Language, comes: Next, house: House) -> Iterator[Waiting]:
    me = comes.reader.person_id
    for view in comes.pairs:
        meeting = view.meeting
        item = mentorships.item(language, view, house, reader_id=me, now=comes.now)
        if meeting is None and view.times:
            if view.offered_by != me:
                yield Waiting(rank=ASKED, until=view.times[0][1], item=item)
        elif meeting is None:
            if view.pair.postdoc_id == me:
                yield Waiting(rank=ASKED, until=view.pair.agreed_at + PAIR_TIME, item=item)
        elif meeting.state == "booked" and meeting.ends_at <= comes.now:
            yield Waiting(rank=ASKED, until=meeting.ends_at, item=item)
        elif meeting.state == "booked" and meeting.starts_at <= comes.now + SOON:
            yield Waiting(rank=GOING, until=meeting.starts_at, item=item)


def _meetups(language: Language, comes: Next, house: House) -> Iterator[Waiting]:
    me = comes.reader
    for card in comes.meetups:
        item = meetups.item(language, card, house, reader_id=me.person_id)
        is_near = nearness(me.fields, card.host_fields) >= RELATED
        if card.am_going:
            if card.starts_at <= comes.now + SOON:
                yield Waiting(rank=GOING, until=card.starts_at, item=item)
        elif is_near and Role.MEMBER in me.roles and len(card.going) < card.max_people:
            yield Waiting(rank=INVITED, until=card.starts_at, item=item)


def _gatherings(language: Language, comes: Next, house: House) -> Iterator[Waiting]:
    for card in comes.gatherings:
        item = gatherings.item(language, card, house)
        if card.am_registered:
            if card.starts_at <= comes.now + SOON:
                yield Waiting(rank=GOING, until=card.starts_at, item=item)
        elif card.may_register:
            yield Waiting(rank=INVITED, until=card.starts_at, item=item)


def _unsaid(language: Language, comes: Next) -> Iterator[Waiting]:
    """Yield what makes the rest work, until it is said once."""
    me = comes.reader
    if Role.MEMBER in me.roles and not me.fields:
        words = say(language, "Then you hear of meetups in your field and close to it.")
        pressed = letters.pressable(language, button(language, "person.set_fields", me.person_id))
        title = say(language, "What do you do research in?")
        item = Item(title=title, lines=(words,), buttons=(pressed,))
        yield Waiting(rank=UNSAID, until=comes.now, item=item)
