"""Lists that are removed with all that hangs on them."""

from datetime import datetime

import pytest
from sqlalchemy import select

from community import (
    bans,
    conservation,
    deliveries,
    digests,
    join_requests,
    joining,
    journal,
    list_closures,
    list_removals,
    lists,
    moderation,
    subscriptions,
    tables,
    threads,
)
from community.errors import Refusal
from community.fanouts import DigestEntry
from community.list_removals import Removal
from community.outbox import Delivery, Notice
from community.people import Person
from community.posts import Post
from community.store import Session, Store
from tests import builders
from tests.community.test_erasure import everything
from tests.community.test_join_requests import asked

ADDRESS = "postdocs@lists.example.org"
OTHER = "alumni@lists.example.org"


def closed(store: Store, now: datetime) -> None:
    """Close the list."""
    store.run_sync(list_closures.close, ADDRESS, by=None, now=now)


def a_life(store: Store, now: datetime) -> tuple[int, int]:
    """Give two lists all that hangs on a list; return Ada and Bo."""
    ada, bo = builders.a_person(store), builders.a_person(store, "Bo Lie")
    mona = builders.a_moderator(store)
    for address in (ADDRESS, OTHER):
        list_id = builders.a_list(store, ada, bo, address=address)
        store.run_sync(deliveries.set_mode, list_id, subscriptions.Mode.DAILY, by=bo, now=now)
        said = {
            verb: builders.a_mail(f"eve@{verb}.example.com", subject=verb, text=f"To {address}")
            for verb in ("accept", "digest", "discard")
        }
        posts = {verb: builders.a_post(store, list_id, mail) for verb, mail in said.items()}
        for verb, post in posts.items():
            store.run_sync(getattr(moderation, verb), post, by=mona, now=now)
        thread = store.read_sync(_thread_of, posts["accept"])
        store.run_sync(threads.follow, thread, by=ada, now=now)
        store.run_sync(bans.ban, "eve@example.com", list_id=list_id, by=mona, now=now)
        asked(store, list_id, "eli@example.com", now=now)
    store.run_sync(digests.make_due, now=now)
    return ada, bo


def settle(store: Store, now: datetime) -> None:
    """Have what is on its way be there."""

    def act(session: Session) -> None:
        for row in (*session.scalars(select(Delivery)), *session.scalars(select(Notice))):
            row.state, row.next_at, row.settled_at = "done", None, now

    store.run_sync(act)


def counts(store: Store) -> dict[str, int]:
    """Count the rows of every table."""

    def read(session: Session) -> dict[str, int]:
        return {table.name: len(session.execute(select(table)).all()) for table in tables.load()}

    return store.read_sync(read)


def test_an_open_list_and_one_with_posts_on_their_way_are_not_removed(
    store: Store, now: datetime
) -> None:
    builders.a_list(store, builders.a_person(store))
    held = builders.a_post(store, 1, builders.a_mail("eve@example.com"))
    mona = builders.a_moderator(store)

    with pytest.raises(Refusal, match="Close it first"):
        store.run_sync(list_removals.remove, ADDRESS, by=None, now=now)
    closed(store, now)
    with pytest.raises(Refusal, match="1 held"):
        store.run_sync(list_removals.remove, ADDRESS, by=None, now=now)
    store.run_sync(moderation.accept, held, by=mona, now=now)
    with pytest.raises(Refusal, match="0 accepted and still to go out, 1 copies"):
        store.run_sync(list_removals.remove, ADDRESS, by=None, now=now)

    assert counts(store)["post"] == 1


def test_a_removed_list_leaves_its_journal_and_nothing_that_was_said(
    store: Store, now: datetime
) -> None:
    ada, bo = a_life(store, now)
    settle(store, now)
    closed(store, now)
    before = counts(store)

    done = store.run_sync(list_removals.remove, ADDRESS, by=None, now=now)

    after = counts(store)
    halved = {
        "mailing_list",
        "subscription",
        "post",
        "post_source",
        "post_stems",
        "thread",
        "ban",
        "join_request",
        "delivery",
        "digest_entry",
        "thread_choice",
    }
    assert done == Removal(posts=3, subscribers=2)
    assert {name for name in halved if after[name] * 2 != before[name]} == set()
    assert after["person"] == before["person"]
    assert after["journal"] == before["journal"] + 1
    assert store.read_sync(journal.of, "mailing_list", 1)[-1].event == "mailing_list.remove"
    said = store.read_sync(everything)
    assert (ADDRESS.encode() in said, OTHER.encode() in said) == (False, True)
    assert store.read_sync(lists.knows, ADDRESS) is None
    assert [each.list_id for each in store.read_sync(_entries)] == [2] * after["digest_entry"]
    broken = store.read_sync(conservation.everything, now=now).broken
    assert [each.name for each in broken if not each.name.startswith("notice")] == []
    assert store.read_sync(subscriptions.is_subscriber, 2, bo)
    for act in (subscriptions.leave, joining.join, join_requests.ask_as_member):
        with pytest.raises(lists.Gone):
            store.run_sync(act, 1, by=ada, now=now)
    assert store.read_sync(lambda s: s.get(Person, bo)) is not None
    assert store.run_sync(lists.create, ADDRESS, by=None, now=now).id > 2


def _entries(session: Session) -> list[Post]:
    return list(session.scalars(select(Post).join(DigestEntry, DigestEntry.post_id == Post.id)))


def _thread_of(session: Session, post_id: int) -> int:
    return session.get_one(Post, post_id).thread_id
