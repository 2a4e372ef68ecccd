"""Lists that are closed, and opened again."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from community import (
    directory,
    join_requests,
    joining,
    journal,
    list_closures,
    lists,
    mailbags,
    meters,
    moderation,
    subscriptions,
)
from community.errors import Refusal
from community.mailbags import Handed
from community.posts import Post
from community.store import Store
from tests import builders
from tests.community.test_join_requests import asked, state

ADDRESS = "postdocs@lists.example.org"
OTHER = "alumni@lists.example.org"


def states(store: Store) -> list[str]:
    """Read what has become of all posts."""
    return store.read_sync(lambda s: list(s.scalars(select(Post.state).order_by(Post.id))))


def test_a_closed_list_takes_no_posts_and_says_what_to_do(store: Store, now: datetime) -> None:
    ada = builders.a_person(store)
    list_id = builders.a_list(store, ada)
    builders.a_list(store, ada, address=OTHER)
    mail = builders.a_mail()
    builders.a_post(store, list_id, mail)
    later = now + timedelta(days=1)

    store.run_sync(list_closures.close, ADDRESS, by=None, now=now)
    same, new, both, other = store.run_sync(
        mailbags.receive_all,
        [
            Handed([list_id], mail),
            Handed([list_id], builders.a_mail(subject="After")),
            Handed([list_id, 2], builders.a_mail(subject="To both")),
            Handed([2], builders.a_mail(subject="To the other")),
        ],
        now=later,
    )

    assert same is None  # it came before (A4)
    assert str(new) == str(both) == str(lists.Closed(ADDRESS))
    assert "postdocs-owner@lists.example.org" in str(new)
    assert other is None
    assert len(states(store)) == 2
    place = store.read_sync(subscriptions.is_subscriber, list_id, ada)
    assert place
    store.run_sync(list_closures.reopen, ADDRESS, by=None, now=later)
    again = Handed([list_id], builders.a_mail(subject="Again"))
    assert store.run_sync(mailbags.receive_all, [again], now=later) == [None]
    events = [e.event for e in store.read_sync(journal.of, "mailing_list", list_id)]
    assert events[-2:] == ["mailing_list.close", "mailing_list.reopen"]


def test_a_list_closes_at_the_moment_that_was_set_and_twice_is_once(
    store: Store, now: datetime
) -> None:
    list_id = builders.a_list(store)
    then = now + timedelta(days=3)

    for _ in range(2):
        store.run_sync(list_closures.close, ADDRESS, by=None, now=now, at=then)
    with pytest.raises(Refusal, match="over"):
        store.run_sync(
            list_closures.close, ADDRESS, by=None, now=now, at=now - timedelta(minutes=1)
        )
    store.run_sync(list_closures.close, ADDRESS, by=None, now=then + timedelta(days=1))

    before = store.read_sync(lists.open_lists, now=then - timedelta(seconds=1))
    assert [each.id for each in before] == [list_id]
    assert store.read_sync(lists.open_lists, now=then) == []
    assert store.read_sync(lists.by_address, ADDRESS).closes_at == then
    closed = [e for e in store.read_sync(journal.of, "mailing_list", list_id) if e.new]
    assert [e.new for e in closed] == [then.isoformat()]


def test_a_closed_list_takes_nobody_new_and_is_offered_to_nobody(
    store: Store, now: datetime
) -> None:
    ada, bo = builders.a_person(store), builders.a_person(store, "Bo Li")
    list_id = builders.a_list(store, ada)
    before = asked(store, list_id, now=now)
    store.run_sync(list_closures.close, ADDRESS, by=None, now=now)
    after = asked(store, list_id, "eli@example.com", now=now)

    for act in (joining.join, join_requests.ask_as_member):
        with pytest.raises(lists.Closed):
            store.run_sync(act, list_id, by=bo, now=now)
    with pytest.raises(lists.Closed):
        store.run_sync(subscriptions.subscribe_all, list_id, by=None, now=now)

    assert [state(store, each) for each in (before, after)] == ["asked", "dropped"]
    assert store.read_sync(meters.of_lists, now=now) == []
    chosen = [
        [(each.is_open, each.join_verb) for each in found.lists]
        for found in (store.read_sync(directory.choices, who, now=now) for who in (ada, bo))
    ]
    assert chosen == [[(False, "")], []]
    verbs = [
        [verb for _, verb in store.read_sync(directory.offers, who, now=now)] for who in (ada, bo)
    ]
    assert verbs == [["leave"], [""]]
    store.run_sync(subscriptions.leave, list_id, by=ada, now=now)
    assert not store.read_sync(subscriptions.is_subscriber, list_id, ada)


def test_what_came_before_is_decided_goes_out_and_is_counted(store: Store, now: datetime) -> None:
    ada = builders.a_person(store)
    list_id = builders.a_list(store, ada, builders.a_person(store, "Bo Li"))
    mona = builders.a_moderator(store)
    held = [
        builders.a_post(store, list_id, builders.a_mail("eve@example.com", subject=subject))
        for subject in ("One", "Two", "Three")
    ]

    store.run_sync(list_closures.close, ADDRESS, by=None, now=now)
    store.run_sync(moderation.accept, held[0], by=mona, now=now)
    store.run_sync(moderation.digest, held[1], by=mona, now=now)

    assert states(store) == ["released", "queued", "held"]
    assert store.read_sync(list_closures.waiting, list_id) == (1, 1, 2)
