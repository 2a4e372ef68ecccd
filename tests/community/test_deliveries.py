"""Choosing how the posts of a list come."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from community import deliveries, joining, lists, subscriptions, threads
from community.deliveries import VERBS, Chosen, Format
from community.errors import Refusal
from community.journal import Entry
from community.people import Role
from community.store import Session, Store
from community.subscriptions import Mode
from community.threads import Unseen
from letters.actions import ACTIONS
from tests.builders import a_list, a_mail, a_person, a_post, a_reader


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store)


@pytest.fixture
def list_id(store: Store, ada: int) -> int:
    return a_list(store, ada)


def _chosen(store: Store, person_id: int, now: datetime) -> list[Chosen]:
    return list(store.read_sync(deliveries.of_person, person_id, now=now).values())


def _events(store: Store, noun: str) -> list[str]:
    def read(session: Session) -> list[str]:
        query = select(Entry.event).where(Entry.noun == noun).order_by(Entry.id)
        return list(session.scalars(query))

    return store.read_sync(read)


def test_each_post_comes_at_first(store: Store, now: datetime, ada: int, list_id: int) -> None:
    assert _chosen(store, ada, now) == [Chosen(mode=Mode.EACH, paused_until=None)]


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode is not Mode.EACH])
def test_an_action_sets_each_mode_once(
    store: Store, now: datetime, ada: int, list_id: int, mode: Mode
) -> None:
    action = f"mailing_list.{VERBS[mode]}"

    for _ in range(2):
        store.run_sync(ACTIONS[action].act, list_id, by=ada, now=now)

    assert _chosen(store, ada, now) == [Chosen(mode=mode, paused_until=None)]
    assert _events(store, "mailing_list").count(action) == 1


def test_a_pause_is_shown_until_it_ends_by_itself(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    until = now + timedelta(days=3)

    store.run_sync(deliveries.pause, list_id, until=until, by=ada, now=now)

    assert _chosen(store, ada, now) == [Chosen(mode=Mode.EACH, paused_until=until)]
    assert _chosen(store, ada, until) == [Chosen(mode=Mode.EACH, paused_until=None)]


def test_a_pause_ends_early_by_resuming_or_by_choosing_anew(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    until = now + timedelta(days=3)
    found = []
    for end in (deliveries.resume, deliveries.choose(Mode.EACH)):
        store.run_sync(deliveries.pause, list_id, until=until, by=ada, now=now)
        store.run_sync(end, list_id, by=ada, now=now)
        found += _chosen(store, ada, now)

    assert found == [Chosen(mode=Mode.EACH, paused_until=None)] * 2


def test_a_pause_into_the_past_is_refused(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    with pytest.raises(Refusal, match="still to come"):
        store.run_sync(deliveries.pause, list_id, until=now, by=ada, now=now)


def test_who_is_not_on_a_list_chooses_nothing_there(
    store: Store, now: datetime, list_id: int
) -> None:
    bo = a_person(store, "Bo Li")

    with pytest.raises(Refusal, match="You are not on the list"):
        store.run_sync(deliveries.set_mode, list_id, Mode.NONE, by=bo, now=now)
    with pytest.raises(Refusal, match="There is no such list"):
        store.run_sync(deliveries.resume, list_id + 1, by=bo, now=now)


def test_leaving_and_joining_again_begins_with_each_post(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    store.run_sync(deliveries.set_mode, list_id, Mode.NONE, by=ada, now=now)
    store.run_sync(subscriptions.leave, list_id, by=ada, now=now)
    store.run_sync(joining.join, list_id, by=ada, now=now)

    assert _chosen(store, ada, now) == [Chosen(mode=Mode.EACH, paused_until=None)]


def test_mail_choices_are_kept_and_have_defaults(store: Store, now: datetime, ada: int) -> None:
    def read() -> tuple[str, bool, bool]:
        choice = store.read_sync(deliveries.mail_of, ada)
        return choice.format, choice.gets_own, choice.gets_second

    before = read()
    store.run_sync(
        deliveries.set_mail,
        digest_format=Format.PLAIN,
        gets_own=False,
        gets_second=True,
        by=ada,
        now=now,
    )

    assert (before, read()) == (("html", True, False), ("plain", False, True))


def test_following_and_muting_a_thread_is_shown_and_written_once(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=0"], by=None, now=now)
    a_post(store, list_id, a_mail(), now=now)
    shown = []
    for act in (threads.follow, threads.follow, threads.mute, threads.mute, threads.follow):
        store.run_sync(act, 1, by=ada, now=now)
        thread = store.read_sync(threads.shown, 1, reader=a_reader(store, ada))
        shown.append((thread.is_mine, thread.follows))

    assert shown == [(True, True), (True, True), (True, False), (True, False), (True, True)]
    assert _events(store, "thread") == ["thread.follow", "thread.mute", "thread.follow"]


def test_only_who_is_on_the_list_follows_its_threads(
    store: Store, now: datetime, list_id: int
) -> None:
    a_post(store, list_id, a_mail(), now=now)
    mona = a_person(store, "Mona Vik", roles=(Role.MODERATOR,))

    for act, thread_id in ((threads.follow, 1), (threads.mute, 1), (threads.follow, 99)):
        with pytest.raises(Unseen):
            store.run_sync(act, thread_id, by=mona, now=now)

    thread = store.read_sync(threads.shown, 1, reader=a_reader(store, mona))
    assert (thread.is_mine, thread.follows) == (False, None)
