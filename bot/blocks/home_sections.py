"""The sections of the Home tab below “Next for you”: short, each with a button to all of it."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from bot.blocks import items, kit, lists, meetups, mentorships, people
from bot.blocks.home_next import ALL, Next
from bot.blocks.kit import Json
from bot.blocks.letters import pressable
from community.attention import Attention, WaitingPair
from community.directory import ListChoice
from community.fields import spoken
from community.gathering_cards import GatheringCard
from community.holds import HeldPost
from community.meetups import MeetupCard
from letters import posts as words_of
from letters.actions import button
from letters.closings import closing
from letters.deliveries import besides
from letters.letter import House
from letters.meters import left
from texts import N_, Language, moment, say, say_many, span

#: What one section shows of its things; the list behind its button has them all.
MOST = 3
MOST_LISTS = 5
#: The first post has a card of its own above.
MOST_HELD = 3

#: What can be opened whole by a button.
Whole = Literal["mailing_list", "meetup", "gathering", "mentorship", "person", "due", "address"]
#: The words of that button.
SHOW_ALL: Final[Mapping[Whole, str]] = {
    "mailing_list": N_("All lists"),
    "meetup": N_("All meetups"),
    "gathering": N_("All gatherings"),
    "mentorship": N_("My mentor pairs"),
    "person": N_("What we tell you"),
    "due": N_("What is due"),
    "address": N_("Addresses in doubt"),
}


def show_all(language: Language, noun: Whole) -> Json:
    """Return the button that opens all of a noun's things."""
    return kit.button(say(language, SHOW_ALL[noun]), ALL, noun)


def queue(language: Language, comes: Next, house: House) -> list[Json]:
    """Return what waits for moderators: how much, since when, and what comes first."""
    if not comes.held_count and not comes.joiners_count:
        return []
    opens = kit.button(say(language, "Open the queue"), words_of.QUEUE, "0", style="primary")
    people_wait = say_many(
        language,
        "{n} person wants to join a list.",
        "{n} people want to join a list.",
        comes.joiners_count,
    )
    lines = [people_wait] if comes.joiners_count else []
    if comes.held_count:
        count = say_many(
            language,
            "{n} post waits for a moderator.",
            "{n} posts wait for a moderator.",
            comes.held_count,
        )
        since = moment(language, house.local(comes.held[0].received_at))
        lines = [f"{count} {say(language, 'The oldest: {when}.', when=since)}", *lines]
    body = kit.words("\n".join(lines), opens if comes.held_count else None)
    posts = [block for post in comes.held[1:MOST_HELD] for block in _held(language, post, house)]
    return _section(say(language, "The queue"), [body, *posts])


def _held(language: Language, post: HeldPost, house: House) -> list[Json]:
    until = words_of.deadline(language, post, house) if post.deadline_at else ""
    about = filter(None, (words_of.author(post), post.list_address, until))
    return [items.bold(kit.cut(post.subject, 150)), kit.small(" · ".join(about))]


def attention(language: Language, needed: Attention, house: House) -> list[Json]:
    """Return what coordinators should look at: what is due, what is stuck, and why."""
    due = say(
        language,
        "Due today: {today}. Until Sunday: {week}.",
        today=str(needed.today),
        week=str(needed.week),
    )
    stuck = [
        "• " + " – ".join(filter(None, (each.title or say(language, each.why), each.last_error)))
        for each in needed.stuck
    ]
    if needed.stuck_count:
        failed = say_many(
            language, "{n} message is stuck:", "{n} messages are stuck:", needed.stuck_count
        )
        stuck = [failed, *(kit.cut(each, 200) for each in stuck)]
    if needed.waits_since is not None:
        since = moment(language, house.local(needed.waits_since))
        late = say(
            language,
            "Mail has waited since {when}, and nothing keeps it back: perhaps no mail server "
            "answers. “samband doctor” says what is wrong.",
            when=since,
        )
        stuck = [late, *stuck]
    pairs = [_pair(language, each) for each in needed.pairs[:MOST]]
    more = len(needed.pairs) - MOST
    if more > 0:
        pairs.append(say_many(language, "… and {n} more.", "… and {n} more.", more))
    calm = [] if stuck or pairs else [say(language, "Nothing is stuck.")]
    body = [kit.words("\n".join([due, *calm]), show_all(language, "due"))]
    body += [kit.words("\n".join(lines)) for lines in (stuck, pairs) if lines]
    makers = [
        kit.button(say(language, "New gathering"), "gathering.publish"),
        kit.button(say(language, "New announcement"), "announcement.draft"),
        kit.button(say(language, "Make a mentor pair"), "mentorship.pair"),
    ]
    rows = [*kit.rows(makers), *kit.rows([show_all(language, "address")])]
    return _section(say(language, "Due and stuck"), [*body, *rows])


def _pair(language: Language, waiting: WaitingPair) -> str:
    names = f"{waiting.pair.postdoc_name} – {waiting.pair.mentor_name}"
    # The sign is for the eye; the words say the same.
    if waiting.is_stuck:
        return "🔴 " + say(language, "{pair}: no first meeting in ten working days", pair=names)
    return "🟡 " + say(language, "{pair}: no first meeting in five working days", pair=names)


def my_lists(language: Language, comes: Next, house: House) -> list[Json]:
    """Return my lists, each with how it comes and what is left of its traffic."""
    mine = [one for one in comes.choices.lists if one.chosen is not None]
    body: list[Json] = []
    for one in mine[:MOST_LISTS]:
        assert one.chosen is not None  # noqa: S101 - picked so above
        menu = lists.ways(language, one.mailing_list.id, one.chosen.mode)
        said = (one.mailing_list.address, besides(language, one.chosen, house))
        body += [
            kit.words("\n".join(filter(None, said)), menu),
            kit.small(_goes(language, one, house)),
        ]
    if not mine:
        body = [kit.words(say(language, "You are on no mailing list."))]
        body += [_to_join(language, one) for one in comes.choices.lists[:MOST]]
    write = [kit.button(say(language, "Write to the list"), "post.compose")] if mine else []
    more = _left_out(language, len(mine) - MOST_LISTS)
    rows = kit.rows([*write, show_all(language, "mailing_list")])
    return _section(say(language, "My lists"), [*body, *more, *rows])


def _goes(language: Language, one: ListChoice, house: House) -> str:
    """Say what is left of a list's traffic, or that it is closed."""
    if one.is_open:
        return left(language, one.meter)
    return closing(language, one.mailing_list.closes_at, is_open=False, local=house.local)


def _to_join(language: Language, one: ListChoice) -> Json:
    verb = f"mailing_list.{one.join_verb}"
    pressed = pressable(language, button(language, verb, one.mailing_list.id))
    return kit.words(one.mailing_list.address, pressed)


def my_meetups(language: Language, comes: Next, house: House) -> list[Json]:
    """Return the meetups that I am going to."""
    mine = [card for card in comes.meetups if card.am_going]
    body = [_meetup(language, card, house, comes.reader.person_id) for card in mine[:MOST]]
    if not mine:
        body = [kit.words(say(language, "You are going to no meetup just now."))]
    more = _left_out(language, len(mine) - MOST)
    buttons = [meetups.propose_button(language), show_all(language, "meetup")]
    return _section(say(language, "My meetups"), [*body, *more, *kit.rows(buttons)])


def _meetup(language: Language, card: MeetupCard, house: House, me: int) -> Json:
    when = span(language, house.local(card.starts_at), house.local(card.ends_at))
    verb = "cancel" if card.host_id == me else "leave"
    pressed = _quiet(pressable(language, button(language, f"meetup.{verb}", card.meetup_id)))
    count = f"{len(card.going)}/{card.max_people}"
    return kit.words(f"{card.topic}\n{when} · {card.place} · {count}", pressed)


def _quiet(pressed: Json) -> Json:
    """Return a button without its colour, which would outshine everything beside it."""
    return {key: value for key, value in pressed.items() if key != "style"}


def my_pairs(language: Language, comes: Next, house: House) -> list[Json]:
    """Return my mentor pairs and what comes next in each."""
    me, now = comes.reader.person_id, comes.now
    mine = [
        mentorships.item(language, view, house, reader_id=me, now=now)
        for view in comes.pairs[:MOST]
    ]
    if not mine:
        return []
    body = [kit.words("\n".join((item.title, *item.lines))) for item in mine]
    rows = kit.rows([show_all(language, "mentorship")])
    return _section(say(language, "My mentorship"), [*body, *rows])


def my_gatherings(language: Language, comes: Next, house: House) -> list[Json]:
    """Return the gatherings at which I have a place."""
    mine = [card for card in comes.gatherings if card.am_registered]
    body = [_gathering(language, card, house) for card in mine[:MOST]]
    if not mine:
        body = [kit.words(say(language, "You have a place at no gathering just now."))]
    rows = kit.rows([show_all(language, "gathering")])
    return _section(say(language, "My gatherings"), [*body, *rows])


def _gathering(language: Language, card: GatheringCard, house: House) -> Json:
    when = span(language, house.local(card.starts_at), house.local(card.ends_at))
    pressed = pressable(language, button(language, "gathering.release", card.gathering_id))
    return kit.words(f"{card.title}\n{when} · {card.place}", pressed)


def my_settings(language: Language, comes: Next) -> list[Json]:
    """Return what I can set about everything: language, fields, what comes and how."""
    me = comes.reader
    fields = spoken(me.fields, language) or say(language, "Nothing said yet.")
    change = kit.button(say(language, "Change"), "person.set_fields", str(me.person_id))
    tell = say(language, "By which way messages come, and which do not come at all.")
    return _section(
        say(language, "My settings"),
        [
            kit.words(say(language, "Language"), people.language_menu(language)),
            kit.words(f"{say(language, 'Fields of research')}\n{fields}", change),
            kit.words(tell, show_all(language, "person")),
        ],
    )


def _left_out(language: Language, more: int) -> list[Json]:
    words = say_many(language, "… and {n} more.", "… and {n} more.", more)
    return [kit.small(words)] if more > 0 else []


def _section(title: str, body: Sequence[Json]) -> list[Json]:
    return [kit.divider(), kit.header(title), *body]
