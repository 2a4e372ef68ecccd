"""What receivers and authors read of an announcement."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from community import announcements
from community.announcements import Announcement
from community.audiences import Audience
from community.people import Role
from community.store import Store
from letters.announcements import as_read
from letters.letter import Button, Letter
from tests.builders import a_person, letter


@pytest.fixture
def kari(store: Store) -> int:
    return a_person(store, "Kari Berg", roles=(Role.COORDINATOR,), slack_id="U9")


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store, "Ada Holm")


@pytest.fixture
def announcement(store: Store, now: datetime, kari: int, ada: int) -> int:
    return _scheduled(store, kari, now)


def _scheduled(store: Store, by: int, now: datetime, audience: Audience = Audience.POSTDOCS) -> int:
    drafted = store.run_sync(
        announcements.draft,
        title_en="Call",
        body_en="Apply now.\n\n \nAsk us.\nBoth of us.",
        title_nb="Utlysning",
        body_nb="Søk nå.",
        audience=audience,
        by=by,
        now=now,
    )
    moment = now + timedelta(days=1)
    store.run_sync(announcements.schedule, drafted.id, send_at=moment, by=by, now=now)
    return drafted.id


def _ring(store: Store, announcement_id: int, now: datetime, *, late: timedelta) -> None:
    due_at = now + timedelta(days=1)
    at = due_at + late
    store.run_sync(announcements.send, announcement_id, detail="", due_at=due_at, now=at)


def test_send_brings_the_words_and_names_who_answers_questions(
    store: Store, now: datetime, announcement: int, ada: int
) -> None:
    siv = a_person(store, "Siv Lie", language="nb")
    _ring(store, announcement, now, late=timedelta())

    assert letter(store, "announcement.send", ada) == Letter(
        language="en",
        subject="Call",
        paragraphs=("Apply now.", "Ask us.\nBoth of us."),
        facts=(("Questions to", "Kari Berg <kari.berg@example.org>"),),
        why="You get this because you are among the postdocs.",
        stop=Button(
            label="No more announcements", action="announcement.mute", object_id=announcement
        ),
    )
    norwegian = letter(store, "announcement.send", siv)
    assert norwegian is not None
    assert (norwegian.language, norwegian.subject, norwegian.paragraphs) == (
        "nb",
        "Utlysning",
        ("Søk nå.",),
    )


@pytest.mark.parametrize(
    ("audience", "why"),
    [
        (Audience.ALL, "You get this because you are in the community."),
        (Audience.MENTORS, "You get this because you are among the mentors."),
    ],
)
def test_the_preview_is_what_each_language_reads(
    store: Store, now: datetime, kari: int, audience: Audience, why: str
) -> None:
    a_person(store, "Per Foss", roles=(Role.MENTOR,))
    shown = store.read_sync(announcements.preview, _scheduled(store, kari, now, audience))

    english, norwegian = as_read(shown.card, "en"), as_read(shown.card, "nb")

    assert (english.subject, english.why) == ("Call", why)
    assert norwegian.subject == "Utlysning"
    assert norwegian.why != why


def test_nobody_is_named_when_the_author_has_been_erased(
    store: Store, now: datetime, announcement: int
) -> None:
    store.run_sync(
        lambda session: session.execute(update(Announcement).values(author_id=None)).close()
    )

    card = store.read_sync(announcements.card, announcement)

    assert as_read(card, "en").facts == ()


def test_late_asks_whether_to_send_or_to_cancel(
    store: Store, now: datetime, announcement: int, kari: int
) -> None:
    _ring(store, announcement, now, late=timedelta(days=2))

    assert letter(store, "announcement.late", kari) == Letter(
        language="en",
        subject="Not sent: Call",
        paragraphs=(
            "This announcement was to go out Tue 2 Feb, 10:00. Samband could not send it then and "
            "noticed more than 12 hours later, so it has been sent to nobody.",
            "Is it still right? Send it now, or cancel it. Until then it waits.",
        ),
        buttons=(
            Button(
                label="Send now",
                action="announcement.send",
                object_id=announcement,
                style="primary",
            ),
            Button(
                label="Cancel the announcement",
                action="announcement.cancel",
                object_id=announcement,
                style="danger",
            ),
        ),
        why="You get this because you look after announcements.",
    )


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (announcements.send_now, "It has been sent."),
        (announcements.cancel, "It has been cancelled. Nobody gets it."),
    ],
)
def test_late_says_in_slack_what_became_of_it(
    store: Store, now: datetime, announcement: int, kari: int, act: object, words: str
) -> None:
    _ring(store, announcement, now, late=timedelta(days=2))

    store.run_sync(act, announcement, by=kari, now=now + timedelta(days=3))  # type: ignore[arg-type]  # an act

    found = letter(store, "announcement.late", kari)
    assert found is not None
    assert (found.subject, found.paragraphs, found.buttons) == ("Call", (words,), ())


def test_late_is_not_sent_when_it_has_been_settled(store: Store, now: datetime) -> None:
    a_person(store, "Ada Holm")
    ole = a_person(store, "Ole Dahl", roles=(Role.COORDINATOR,))
    announcement_id = _scheduled(store, ole, now)
    _ring(store, announcement_id, now, late=timedelta(days=2))

    store.run_sync(announcements.cancel, announcement_id, by=ole, now=now)

    assert letter(store, "announcement.late", ole) is None
