"""What a pair reads on the way to its first meeting, and the coordinators beside it."""

from datetime import datetime, timedelta

import pytest

from community import expectations, meetings, mentoring, outbox
from community.people import Role
from community.store import Store
from letters.letter import Letter
from tests.builders import a_coordinator, a_person, letter

DAY = timedelta(days=1)


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store, "Ada Holm")


@pytest.fixture
def per(store: Store) -> int:
    return a_person(store, "Per Foss", roles=(Role.MENTOR,))


@pytest.fixture
def kari(store: Store) -> int:
    return a_coordinator(store)


@pytest.fixture
def pair(store: Store, now: datetime, ada: int, per: int, kari: int) -> int:
    made = store.run_sync(expectations.begin, postdoc_id=ada, mentor_id=per, by=kari, now=now)
    return made.id


def _nudge(store: Store, pair: int, to: int, rung: str, now: datetime) -> Letter | None:
    """Read the letter of a rung as if it had been put just now."""
    store.run_sync(outbox.put, "mentorship.nudge", pair, to, detail=rung, now=now)
    return letter(store, "mentorship.nudge", to)


def _offer(store: Store, pair: int, by: int, now: datetime) -> None:
    times = {f"time_{n}": now + (n + 1) * DAY for n in (1, 2, 3)}
    store.run_sync(meetings.offer, pair, **times, by=by, now=now)


def _actions(found: Letter | None) -> list[str]:
    assert found is not None
    return [button.action for button in found.buttons]


POSTDOC = ["mentorship.offer", "mentorship.book", "mentorship.help"]
MENTOR = ["mentorship.book", "mentorship.hand_back"]
PICKS = ["slot.pick"] * 3


@pytest.mark.parametrize(
    ("rung", "postdoc", "mentor"),
    [
        ("1", POSTDOC, MENTOR),
        ("2", POSTDOC, MENTOR),
        ("3", POSTDOC, MENTOR),
        ("4", POSTDOC, ["mentorship.offer", *MENTOR]),
    ],
)
def test_each_rung_offers_what_this_one_can_do(
    store: Store,
    now: datetime,
    pair: int,
    ada: int,
    per: int,
    rung: str,
    postdoc: list[str],
    mentor: list[str],
) -> None:
    assert _actions(_nudge(store, pair, ada, rung, now)) == postdoc
    assert _actions(_nudge(store, pair, per, rung, now)) == mentor


def test_times_are_shown_to_the_one_who_did_not_offer_them(
    store: Store, now: datetime, pair: int, ada: int, per: int
) -> None:
    _offer(store, pair, ada, now)
    assert _actions(letter(store, "mentorship.offer", per)) == PICKS + MENTOR
    assert _actions(_nudge(store, pair, per, "4", now)) == PICKS + MENTOR
    assert _nudge(store, pair, ada, "3", now) is None  # has done what it asks for

    _offer(store, pair, per, now)
    assert _actions(letter(store, "mentorship.offer", ada)) == [*PICKS, *POSTDOC[1:]]


def test_the_first_letter_says_who_takes_the_first_step(
    store: Store, now: datetime, pair: int, ada: int, per: int
) -> None:
    to_ada, to_per = (_nudge(store, pair, who, "1", now) for who in (ada, per))

    assert to_ada is not None
    assert to_per is not None
    assert to_ada.subject == "You and Per Foss: the first meeting"
    assert (to_ada.paragraphs[0], to_per.paragraphs[0]) == (
        "Per Foss is your mentor.",
        "The postdocs’ coordinators have paired you: you are Ada Holm’s mentor.",
    )
    assert to_ada.paragraphs[3].endswith("https://samband.example.org/expectation-meeting")
    assert to_ada.facts == (("Mentor", "Per Foss <per.foss@example.org>"),)
    assert (to_ada.reply_to, to_per.reply_to) == ("per.foss@example.org", "ada.holm@example.org")
    assert {found.stop.action for found in (to_ada, to_per) if found.stop} == {"mentorship.mute"}


def test_the_second_letter_suggests_three_times(
    store: Store, now: datetime, pair: int, ada: int
) -> None:
    found = _nudge(store, pair, ada, "2", now)

    assert found is not None
    assert found.paragraphs[1] == (
        "“Dear Per Foss, shall we have our first meeting? I could come Thu 4 Feb, 10:00, "
        "Mon 8 Feb, 13:00 and Wed 10 Feb, 09:00. Does one of these suit you?”"
    )


def test_nothing_is_said_once_a_time_is_booked_or_the_pair_has_ended(
    store: Store, now: datetime, pair: int, ada: int, per: int, kari: int
) -> None:
    _offer(store, pair, ada, now)
    store.run_sync(mentoring.tell_coordinators, pair, "rung-5", now=now)
    store.run_sync(meetings.book, pair, starts_at=now + 9 * DAY, by=ada, now=now)

    assert [_nudge(store, pair, ada, rung, now) for rung in "1234"] == [None] * 4
    assert letter(store, "mentorship.offer", per) is None
    assert letter(store, "mentorship.watch", kari) is None


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("rung-5", "Ten working days have gone without a first meeting. A personal word may help."),
        ("help-{per}", "Per Foss asks for a hand in getting the first meeting to happen."),
        (
            "help-{ada}-2027-02-01",
            "Ada Holm asks for a hand in getting the first meeting to happen.",
        ),
        (
            "hand_back-{per}",
            "Per Foss has ended this pair. No reason is asked for, and nobody is to blame.",
        ),
        ("mute-{ada}", "Ada Holm has stopped our reminders. Please write in person."),
    ],
)
def test_coordinators_read_why_a_pair_needs_them(
    store: Store, now: datetime, pair: int, ada: int, per: int, kari: int, why: str, words: str
) -> None:
    store.run_sync(mentoring.tell_coordinators, pair, why.format(ada=ada, per=per), now=now)

    found = letter(store, "mentorship.watch", kari)

    assert found is not None
    assert found.subject == "A pair needs you: Ada Holm and Per Foss"
    assert found.paragraphs == (words,)
