"""Every view, measured with the worst there may be, in both languages: Slack refuses none."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.blocks import (
    actions,
    announcements,
    answers,
    due,
    gatherings,
    help,
    home,
    kit,
    letters,
    lists,
    meetups,
    mentorships,
    people,
    posts,
    searches,
)
from bot.blocks.home_next import Next
from bot.blocks.kit import Json, Shown
from community.announcements import AnnouncementCard, Preview, Words
from community.attention import Attention, WaitingPair
from community.audiences import Audience
from community.deliveries import Chosen, MailChoice
from community.directory import Choices, ListChoice, Named
from community.gathering_cards import GatheringCard
from community.holds import HeldPost
from community.join_cards import JoinCard
from community.lists import MailingList
from community.meetings import Meeting
from community.meetups import MeetupCard
from community.mentoring import Pair
from community.meters import Meter
from community.overview import DueItem
from community.people import Category, Reader, Role
from community.policies import Policy
from community.progress import Progress
from community.subscriptions import Mode
from community.suppressions import AddressCard
from community.ways import Way
from letters.actions import ACTIONS
from letters.letter import Button, Letter
from sandbox.blockkit import problems, view_is_too_large, view_problems
from tests.builders import a_house
from texts import LANGUAGES, Language

LONG = "<!channel> *W* 🧪&" * 400
AT = datetime(2027, 2, 3, 11, 0, tzinfo=UTC)
HOUSE = a_house()


def letter(language: Language) -> Letter:
    buttons = tuple(
        Button(label=LONG, action=name, object_id=10**17, style=action.style)
        for name, action in ACTIONS.items()
    )
    return Letter(
        language=language,
        subject=LONG,
        paragraphs=(LONG, "", LONG),
        facts=((LONG, LONG),) * 40,
        quote=LONG,
        buttons=buttons * 3,
        why=LONG,
        stop=buttons[0],
    )


def reader(language: Language) -> Reader:
    return Reader(
        person_id=1,
        name=LONG,
        language=language,
        email="a@example.org",
        slack_id="U1",
        roles=frozenset(Role),
        fields=(),
    )


MEETUP = MeetupCard(
    meetup_id=1,
    state="open",
    topic=LONG,
    place=LONG,
    starts_at=AT,
    ends_at=AT,
    host_id=2,
    host_name=LONG,
    host_fields=(),
    going=(LONG,) * 30,
    max_people=31,
    sequence=0,
    am_going=False,
)
GATHERING = GatheringCard(
    gathering_id=1,
    state="open",
    title=LONG,
    description=LONG,
    place=LONG,
    starts_at=AT,
    ends_at=AT,
    coordinator_name=LONG,
    audience=Audience.ALL,
    capacity=10**6,
    taken=10**6,
    release_by=AT,
    am_registered=True,
    may_register=True,
    sequence=0,
)
ANNOUNCEMENT = AnnouncementCard(
    announcement_id=1,
    state="drafted",
    audience=Audience.ALL,
    send_at=AT,
    written={"en": Words(LONG, "\n\n".join([LONG] * 60)), "nb": Words(LONG, LONG)},
    author_name=LONG,
    author_email="a@example.org",
)
HELD = HeldPost(
    post_id=1,
    list_address=LONG,
    subject=LONG,
    from_name=LONG,
    from_email=LONG,
    excerpt=LONG,
    rule="newcomer",
    policy=Policy().values(),
    received_at=AT,
    deadline_at=AT,
    outcome="digest",
    state="held",
    decided_at=None,
    decided_by=None,
    reason="",
)
HELDS = (HELD,) * 40
PAIR = Pair(
    mentorship_id=1,
    state="active",
    postdoc_id=1,
    postdoc_name=LONG,
    postdoc_email="a@example.org",
    mentor_id=2,
    mentor_name=LONG,
    mentor_email="b@example.org",
    agreed_at=AT,
)
MEETING = Meeting(id=1, state="booked", mentorship_id=1, starts_at=AT, place=LONG, sequence=0)
OFFER = ((1, AT), (2, AT), (3, AT), (4, AT))
TIMES = Progress(pair=PAIR, times=OFFER, offered_by=2, meeting=None)
OFFERED = Progress(pair=PAIR, times=OFFER, offered_by=1, meeting=None)
BOOKED = Progress(pair=PAIR, times=(), offered_by=None, meeting=MEETING)
DUE = DueItem(ref="notice:1", when=AT, what=LONG, title=LONG, whom=LONG, why="Nothing is due.")
JOINER = JoinCard(
    request_id=1,
    person_id=3,
    list_id=1,
    list_address=LONG,
    name=LONG,
    email=LONG,
    state="waiting",
    asked_at=AT,
    is_of_community=False,
    is_decided=True,
    decided_by=None,
    reason=LONG,
)
LIST = MailingList(id=1, address="x" * 200 + "@example.org", policy_changes={}, created_at=AT)
METER = Meter(threads_left=0, threads_per_day=10_000, mails_left=0, mails_per_week=10_000)
PAUSED = Chosen(mode=Mode.WEEKLY, paused_until=AT)
MAIL = MailChoice(person_id=1, format="html", gets_own=True, gets_second=False)
CATEGORIES = tuple((each, Way.NONE if each is Category.MEETUP else Way.BOTH) for each in Category)


def messages(language: Language) -> Iterator[Shown]:
    person, choice = reader(language), ListChoice(LIST, None, METER)
    done = letters.shown(letter(language))
    yield done
    yield letters.unpressable(letter(language), LONG)
    pressed: Json = {"type": "button"}
    yield kit.message(letters.settled(done.blocks, pressed, LONG), LONG)
    yield answers.said(LONG)
    yield answers.way_in(language, name=LONG)
    pressed_for = [help.runs(f"word{n}", LONG) for n in range(9)]
    commands = [
        help.Line(group=group, typed=LONG, does=LONG, button=button)
        for group in help.Group
        for button in pressed_for
    ]
    yield help.listing(language, commands, name=LONG)
    yield help.unknown(language, LONG, pressed_for)
    yield meetups.listing(language, [MEETUP] * 40, HOUSE, reader_id=1, note=LONG)
    yield meetups.proposed(language, MEETUP, HOUSE)
    yield gatherings.listing(language, [GATHERING] * 40, HOUSE, coordinates=True, note=LONG)
    yield announcements.listing(language, [ANNOUNCEMENT] * 50, HOUSE, note=LONG)
    yield mentorships.listing(
        language, [TIMES, OFFERED, BOOKED] * 20, HOUSE, reader_id=1, now=AT, note=LONG
    )
    yield posts.listing(language, [HELD] * 40, person, HOUSE, count=10_000, note=LONG)
    yield posts.listing(language, [], person, HOUSE, count=0, note="")
    yield lists.listing(language, [choice] * 40, HOUSE, note=LONG)
    yield lists.listing(language, [ListChoice(LIST, PAUSED, METER)] * 40, HOUSE)
    yield lists.rules(language, [(LIST, METER)] * 40)
    yield lists.rules(language, [])
    yield people.categories(language, CATEGORIES, note=LONG)
    yield people.languages(language, note=LONG)
    yield due.listing(language, [DUE] * 200, HOUSE)


def crowded(language: Language) -> Next:
    """Return what is on the Home tab of somebody who is everything, with 40 of each thing."""
    return Next(
        reader=reader(language),
        now=AT,
        meetups=[MEETUP] * 40,
        gatherings=[GATHERING] * 40,
        pairs=[TIMES, OFFERED, BOOKED] * 14,
        choices=Choices(
            categories=CATEGORIES, lists=(ListChoice(LIST, PAUSED, METER),) * 40, mail=MAIL
        ),
        addresses=[
            AddressCard(address_id=1, person_id=1, name=LONG, email=LONG, state="suppressed")
        ]
        * 40,
        last_day=AT.date(),
        held=HELDS,
        held_count=10_000,
        joiners=[JOINER] * 40,
        joiners_count=10_000,
        attention=Attention(
            today=10_000,
            week=10_000,
            stuck=(replace(DUE, last_error=LONG),) * 40,
            stuck_count=10_000,
            pairs=tuple(WaitingPair(pair=PAIR, is_stuck=n > 1) for n in range(40)),
            waits_since=AT,
        ),
    )


def views(language: Language) -> Iterator[Json]:
    full = crowded(language)
    yield home.view(language, full, HOUSE, note=LONG)
    yield home.view(language, replace(full, addresses=(), joiners=(), held=HELDS[:1]), HOUSE)
    yield answers.of_blocks(
        language, "home.show", home.everything(language, full, HOUSE, note=LONG), kept={"noun": "x"}
    )
    yield home.stranger(language, name=LONG)
    yield home.guest(language)
    yield meetups.form(language, topic=LONG, place=LONG, starts_at=AT)
    yield meetups.form(language)
    yield meetups.proposed_view(language, MEETUP, HOUSE)
    yield gatherings.form(language)
    yield gatherings.published(language, GATHERING, HOUSE)
    yield announcements.form(language)
    yield announcements.preview(
        language, Preview(card=ANNOUNCEMENT, receivers={"en": 10**6, "nb": 0})
    )
    yield announcements.scheduled(language, ANNOUNCEMENT, HOUSE)
    yield mentorships.form(language, [Named(1, LONG)], [Named(n, LONG) for n in range(950)])
    yield mentorships.paired(language, TIMES)
    yield searches.form(language)
    yield searches.found_view(language, LONG, kit.message([kit.words(LONG)] * 60, LONG))
    yield answers.ask_form(language)
    yield answers.asked(language)
    yield answers.waiting(language)
    yield answers.closing(language, LONG)
    for name, action in ACTIONS.items():
        if action.inputs:
            yield actions.form(name, action, language, kept={"id": 1, "ts": "1.1"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_refused(language: Language) -> None:
    found = [problems(shown.blocks, "message") for shown in messages(language)]

    assert found == [[]] * len(found)
    assert max(len(shown.text) for shown in messages(language)) <= 4000


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_view_is_refused(language: Language) -> None:
    found = [view_problems(view) for view in views(language)]

    assert found == [[]] * len(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_titles_are_never_cut_off(language: Language) -> None:
    modals = [view for view in views(language) if view["type"] == "modal"]

    said = [
        view[key]["text"] for view in modals for key in ("title", "submit", "close") if key in view
    ]

    assert [text for text in said if text.endswith("…")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_view_is_too_large(language: Language) -> None:
    assert [view for view in views(language) if view_is_too_large(view)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_from_outside_become_markup(language: Language) -> None:
    shown = [block for one in messages(language) for block in one.blocks]
    shown += [block for view in views(language) for block in view["blocks"]]

    marked = [text for block in shown for text in _markup(block)]

    assert [text for text in marked if "<" in text or "🧪 *" in text] == []
    assert all("<" not in one.text for one in messages(language))


def test_an_address_in_our_words_can_be_pressed() -> None:
    shown = kit.linked("Read *this*: https://x.example.org/a_b.")

    assert problems([shown], "message") == []
    assert shown["elements"][0]["elements"] == [
        {"type": "text", "text": "Read *this*: "},
        {"type": "link", "url": "https://x.example.org/a_b", "text": "https://x.example.org/a_b"},
        {"type": "text", "text": "."},
    ]
    assert kit.linked("Read this.") == kit.words("Read this.")


def _markup(thing: object) -> Iterator[str]:
    if isinstance(thing, dict):
        if thing.get("type") == "mrkdwn":
            yield thing["text"]
        for part in thing.values():
            yield from _markup(part)
    elif isinstance(thing, list):
        for part in thing:
            yield from _markup(part)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_buttons_of_a_letter_are_never_cut_off(language: Language) -> None:
    blocks = letters.shown(letter(language)).blocks

    assert len(blocks) <= kit.MESSAGE_BLOCKS
    pressable = [one for block in blocks for one in block.get("elements", []) if "action_id" in one]
    assert len(pressable) >= len(ACTIONS)
    assert blocks[-1]["type"] == "context"


def test_only_who_did_not_offer_chooses_among_the_times() -> None:
    shown = [
        mentorships.item("en", view, HOUSE, reader_id=1, now=AT).buttons
        for view in (TIMES, OFFERED)
    ]

    picks = [[one["action_id"] for one in buttons].count("slot.pick") for buttons in shown]
    assert picks == [3, 0]
