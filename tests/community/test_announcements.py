"""Announcements from draft to sent, on both databases."""

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from community import announcements, lifecycle, people, steps, ways
from community.announcements import GRACE, Announcement, AnnouncementCard, Words
from community.audiences import Audience
from community.errors import Refusal
from community.people import Category, Person, Role
from community.store import Session, Store
from tests.builders import a_coordinator, a_person, notices, planned, told

EN = {"title_en": "Call", "body_en": "Apply now."}
NB = {"title_nb": "Utlysning", "body_nb": "Søk nå."}
BOTH = {**EN, **NB}
PAST = "That time is over. Choose one that is still to come."
SETTLED = "That is no longer possible: it has already been settled."
NOT_COORDINATOR = "Only a coordinator can do this. Ask one of them."


@pytest.fixture
def kari(store: Store) -> int:
    return a_coordinator(store)


@pytest.fixture
def send_at(now: datetime) -> datetime:
    return now + timedelta(days=1)


def _draft(
    store: Store,
    by: int,
    *,
    words: Mapping[str, str] = BOTH,
    audience: Audience = Audience.POSTDOCS,
    now: datetime,
) -> int:
    return store.run_sync(
        announcements.draft,
        title_en=words.get("title_en", ""),
        body_en=words.get("body_en", ""),
        title_nb=words.get("title_nb", ""),
        body_nb=words.get("body_nb", ""),
        audience=audience,
        by=by,
        now=now,
    ).id


def _scheduled(store: Store, by: int, send_at: datetime, now: datetime) -> int:
    announcement_id = _draft(store, by, now=now)
    store.run_sync(announcements.schedule, announcement_id, send_at=send_at, by=by, now=now)
    return announcement_id


def _ring(store: Store, announcement_id: int, due_at: datetime, now: datetime) -> None:
    store.run_sync(announcements.send, announcement_id, detail="", due_at=due_at, now=now)


def _refusal(store: Store, act: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(Refusal) as refused:
        store.run_sync(act, *args, **kwargs)  # type: ignore[arg-type]  # any act of this file
    return str(refused.value)


def _state(store: Store, announcement_id: int) -> str:
    return store.read_sync(announcements.card, announcement_id).state


def _without_author(session: Session) -> None:
    session.execute(update(Announcement).values(author_id=None))


def _leave(session: Session, person_id: int, now: datetime) -> None:
    lifecycle.advance(session, session.get_one(Person, person_id), "leave", by=None, now=now)


def test_draft_keeps_the_words_and_tells_nobody(store: Store, kari: int, now: datetime) -> None:
    a_person(store)

    announcement_id = _draft(
        store, kari, words={"title_en": " Call ", "body_en": "\nApply now.\n"}, now=now
    )

    assert store.read_sync(announcements.card, announcement_id) == AnnouncementCard(
        announcement_id=announcement_id,
        state="drafted",
        audience=Audience.POSTDOCS,
        send_at=None,
        written={"en": Words("Call", "Apply now.")},
        author_name="Kari Berg",
        author_email="kari.berg@example.org",
    )
    assert (notices(store), planned(store)) == ([], [])


def test_draft_is_refused_without_words_or_right(store: Store, kari: int, now: datetime) -> None:
    ada = a_person(store)
    half = "A title and a text go together: write both, or neither, in each language."

    def refusal(words: Mapping[str, str], by: int = kari) -> str:
        return _refusal(store, announcements.draft, audience=Audience.ALL, by=by, now=now, **words)

    assert refusal({}) == "Write a title and a text, in English, in Norwegian or in both."
    assert refusal({"title_en": "Call"}) == half
    assert refusal({**EN, "body_nb": "Søk nå."}) == half
    assert refusal({"title_en": "Call", "body_nb": "Søk nå."}) == half
    assert refusal(EN, by=ada) == NOT_COORDINATOR


def test_words_fall_back_to_the_other_language(store: Store, kari: int, now: datetime) -> None:
    both = store.read_sync(announcements.card, _draft(store, kari, now=now))
    nb_only = store.read_sync(announcements.card, _draft(store, kari, words=NB, now=now))

    assert both.words("en") == Words("Call", "Apply now.")
    assert both.words("nb") == Words("Utlysning", "Søk nå.")
    assert nb_only.words("en") == Words("Utlysning", "Søk nå.")


def test_preview_counts_who_would_get_it_by_language(
    store: Store, kari: int, now: datetime
) -> None:
    a_person(store, "Ada Holm")
    a_person(store, "Siv Lie", language="nb")
    muted = a_person(store, "Bo Li", language="nb")
    a_person(store, "Per Foss", roles=(Role.MENTOR,))
    store.run_sync(ways.mute, Category.ANNOUNCEMENT, by=muted, now=now)
    announcement_id = _draft(store, kari, now=now)

    preview = store.read_sync(announcements.preview, announcement_id)

    assert (preview.receivers, preview.total) == ({"en": 1, "nb": 1}, 2)
    assert preview.card == store.read_sync(announcements.card, announcement_id)


def test_schedule_plans_one_step_at_its_moment(
    store: Store, kari: int, now: datetime, send_at: datetime
) -> None:
    a_person(store)

    announcement_id = _scheduled(store, kari, send_at, now)

    assert [(step.key, step.due_at) for step in planned(store)] == [
        (f"announcement.send:{announcement_id}", send_at)
    ]
    assert _state(store, announcement_id) == "scheduled"
    assert notices(store) == []


def test_schedule_is_refused_when_something_is_wrong(
    store: Store, kari: int, now: datetime, send_at: datetime
) -> None:
    ada = a_person(store, "Ada Holm", language="nb")
    bo = a_person(store, "Bo Li", language="nb")
    en_only = _draft(store, kari, words=EN, now=now)
    for_nobody = _draft(store, kari, audience=Audience.MENTORS, now=now)

    def refusal(announcement_id: int, *, at: datetime = send_at, by: int = kari) -> str:
        return _refusal(store, announcements.schedule, announcement_id, send_at=at, by=by, now=now)

    assert refusal(en_only, by=ada) == NOT_COORDINATOR
    assert refusal(en_only, at=now) == PAST
    assert refusal(999) == "There is no such announcement."
    assert refusal(for_nobody) == "Nobody would get this: choose another audience."
    assert refusal(en_only) == (
        "Receivers who read Norwegian: 2. Draft it again with a Norwegian title and text."
    )
    for person in (ada, bo):
        store.run_sync(people.set_language, "en", by=person, now=now)
    assert refusal(_draft(store, kari, words=NB, now=now)) == (
        "Receivers who read English: 2. Draft it again with an English title and text."
    )
    store.run_sync(announcements.schedule, en_only, send_at=send_at, by=kari, now=now)
    assert refusal(en_only) == SETTLED
    assert len(planned(store)) == 1


def test_send_tells_each_receiver_once_by_mail_however_often_it_rings(
    store: Store, kari: int, now: datetime, send_at: datetime
) -> None:
    ada = a_person(store, "Ada Holm", slack_id="U1")
    bo = a_person(store, "Bo Li")
    muted = a_person(store, "Siv Lie")
    announcement_id = _scheduled(store, kari, send_at, now)
    late_comer = a_person(store, "Eli Moe")
    store.run_sync(ways.mute, Category.ANNOUNCEMENT, by=muted, now=now)

    for _ in range(3):
        _ring(store, announcement_id, send_at, send_at)

    assert told(store, "announcement.send") == [(ada, "mail"), (bo, "mail"), (late_comer, "mail")]
    assert _state(store, announcement_id) == "sent"


def test_two_processes_that_ring_at_the_same_time_send_it_once(
    store: Store, kari: int, now: datetime, send_at: datetime
) -> None:
    ada = a_person(store)
    _scheduled(store, kari, send_at, now)
    acts = {"announcement.send": announcements.send}
    [step] = planned(store)
    start = threading.Barrier(2)

    def ring() -> None:
        start.wait()
        store.run_sync(steps.take, acts, step.id, now=send_at)

    threads = [threading.Thread(target=ring) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert told(store, "announcement.send") == [(ada, "mail")]
    assert [(step.state, step.attempts) for step in planned(store)] == [("done", 1)]


def test_cancel_works_until_it_is_sent(
    store: Store, kari: int, now: datetime, send_at: datetime
) -> None:
    ada = a_person(store)
    drafted = _draft(store, kari, now=now)
    scheduled = _scheduled(store, kari, send_at, now)
    sent = _scheduled(store, kari, send_at, now)
    _ring(store, sent, send_at, send_at)

    not_by_ada = _refusal(store, announcements.cancel, drafted, by=ada, now=now)
    for announcement_id in (drafted, scheduled):
        store.run_sync(announcements.cancel, announcement_id, by=kari, now=now)
    _ring(store, scheduled, send_at, send_at)

    assert not_by_ada == NOT_COORDINATOR
    assert _refusal(store, announcements.cancel, sent, by=kari, now=send_at) == SETTLED
    assert [_state(store, one) for one in (drafted, scheduled, sent)] == [
        "cancelled",
        "cancelled",
        "sent",
    ]
    by_key = {step.key: step.state for step in planned(store)}
    assert by_key[f"announcement.send:{scheduled}"] == "cancelled"
    assert [notice.object_id for notice in notices(store, "announcement.send")] == [sent]


def test_send_within_the_grace_goes_out(
    store: Store, kari: int, now: datetime, send_at: datetime
) -> None:
    ada = a_person(store)
    announcement_id = _scheduled(store, kari, send_at, now)

    _ring(store, announcement_id, send_at, send_at + GRACE)

    assert told(store, "announcement.send") == [(ada, "mail")]
    assert told(store, "announcement.late") == []


def test_send_that_is_too_late_asks_the_author_instead(
    store: Store, kari: int, now: datetime, send_at: datetime
) -> None:
    a_person(store)
    a_coordinator(store, "Ole Dahl")
    announcement_id = _scheduled(store, kari, send_at, now)

    _ring(store, announcement_id, send_at, send_at + GRACE + timedelta(seconds=1))

    assert told(store, "announcement.late") == [(kari, "mail")]
    assert told(store, "announcement.send") == []
    assert _state(store, announcement_id) == "scheduled"


@pytest.mark.parametrize("erased", [True, False])
def test_send_that_is_too_late_asks_the_coordinators_when_the_author_is_gone(
    store: Store, kari: int, now: datetime, send_at: datetime, *, erased: bool
) -> None:
    a_person(store)
    ole = a_coordinator(store, "Ole Dahl")
    announcement_id = _scheduled(store, kari, send_at, now)
    store.run_sync(_leave, kari, now)
    if erased:
        store.run_sync(_without_author)

    _ring(store, announcement_id, send_at, send_at + timedelta(days=2))

    assert told(store, "announcement.late") == [(ole, "mail")]
    author = store.read_sync(announcements.card, announcement_id).author_name
    assert author == ("" if erased else "Kari Berg")


def test_send_that_is_too_late_waits_when_there_is_nobody_to_ask(
    store: Store, kari: int, now: datetime, send_at: datetime
) -> None:
    a_person(store)
    announcement_id = _scheduled(store, kari, send_at, now)
    store.run_sync(_leave, kari, now)

    _ring(store, announcement_id, send_at, send_at + timedelta(days=2))

    assert (_state(store, announcement_id), notices(store)) == ("scheduled", [])


def test_send_now_sends_what_was_too_late_once_and_brings_the_question_up_to_date(
    store: Store, now: datetime, send_at: datetime
) -> None:
    ada = a_person(store)
    kari = a_person(store, "Kari Berg", roles=(Role.COORDINATOR,), slack_id="U9")
    announcement_id = _scheduled(store, kari, send_at, now)
    later = send_at + timedelta(days=2)
    _ring(store, announcement_id, send_at, later)

    not_by_ada = _refusal(store, announcements.send_now, announcement_id, by=ada, now=later)
    store.run_sync(announcements.send_now, announcement_id, by=kari, now=later)
    again = _refusal(store, announcements.send_now, announcement_id, by=kari, now=later)

    assert (not_by_ada, again) == (NOT_COORDINATOR, SETTLED)
    assert told(store, "announcement.send") == [(ada, "mail")]
    card = store.read_sync(announcements.card, announcement_id)
    assert (card.state, card.send_at) == ("sent", later)
    assert [(notice.detail, notice.channel) for notice in notices(store, "announcement.late")] == [
        ("", "slack"),
        ("settled", "slack"),
    ]


def test_send_now_before_its_moment_leaves_nothing_planned(
    store: Store, kari: int, now: datetime, send_at: datetime
) -> None:
    a_person(store)
    announcement_id = _scheduled(store, kari, send_at, now)

    store.run_sync(announcements.send_now, announcement_id, by=kari, now=now)

    assert [(step.state, step.last_error) for step in planned(store)] == [
        ("cancelled", "sent by hand")
    ]


def test_recent_shows_the_newest_first(store: Store, kari: int, now: datetime) -> None:
    first, second = _draft(store, kari, now=now), _draft(store, kari, now=now)

    shown = store.read_sync(announcements.recent)

    assert [card.announcement_id for card in shown] == [second, first]


def test_card_is_refused_when_there_is_no_such_announcement(store: Store) -> None:
    with pytest.raises(Refusal, match="There is no such announcement"):
        store.read_sync(announcements.card, 999)
