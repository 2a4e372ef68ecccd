"""Posts taken out of the archive."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from community import (
    conservation,
    digests,
    journal,
    lists,
    moderation,
    queries,
    removals,
    searches,
    threads,
)
from community.attachments import Attached, Attachment
from community.errors import Refusal
from community.fanouts import DigestEntry
from community.posts import Post, PostSource, Thread
from community.searches import PostStems
from community.store import Session, Store
from tests import builders

FILE = Attached(name="plan.pdf", content_type="application/pdf", size_bytes=9)


@pytest.fixture
def ada(store: Store) -> int:
    return builders.a_person(store)


@pytest.fixture
def mona(store: Store) -> int:
    return builders.a_moderator(store)


@pytest.fixture
def list_id(store: Store, ada: int, mona: int) -> int:
    return builders.a_list(store, ada, builders.a_person(store, "Bo Lie"))


def a_post(store: Store, list_id: int, mona: int, verb: str = "accept") -> int:
    """Have Ada's post with an attachment decided."""
    mail = replace(builders.a_mail(subject="Secret", text="My number"), attachments=(FILE,))
    post = builders.a_post(store, list_id, mail)
    store.run_sync(getattr(moderation, verb), post, by=mona, now=builders.EARLIER)
    return post


def wrong_posts(store: Store, now: datetime) -> list[str]:
    """Name the rules about posts that are broken; nobody sends the notices of these tests."""
    broken = store.read_sync(conservation.everything, now=now).broken
    return [each.name for each in broken if each.name.startswith("post.")]


def kept(store: Store, post: int) -> list[int]:
    """Count what there is of a post: bytes, attachments, stems, digest entries."""

    def read(session: Session) -> list[int]:
        tables = (PostSource, Attachment, PostStems, DigestEntry)
        counts = [select(func.count()).where(table.post_id == post) for table in tables]
        return [session.scalar(count) or 0 for count in counts]

    return store.read_sync(read)


def test_removed_post_leaves_a_stub_and_nothing_of_what_it_said(
    store: Store, ada: int, mona: int, list_id: int, now: datetime
) -> None:
    post = a_post(store, list_id, mona)

    store.run_sync(removals.remove, post, by=ada, now=now)

    reader = builders.a_reader(store, ada)
    shown = store.read_sync(threads.shown, 1, reader=reader)
    found = store.read_sync(searches.find, queries.read("secret"), reader=reader, now=now)
    words = store.read_sync(
        lambda session: session.execute(
            select(Post.subject, Post.text, Thread.subject).join(Thread)
        ).all()
    )
    assert [(each.state, each.text, each.attachments) for each in shown.posts] == [
        ("removed", "", ())
    ]
    assert (shown.subject, found.hits) == ("", ())
    assert [tuple(row) for row in words] == [("", "", "")]
    assert kept(store, post) == [0, 0, 1, 0]
    assert {copy.state for copy in builders.deliveries(store, post)} == {"cancelled"}
    (entry,) = [
        each for each in store.read_sync(journal.of, "post", post) if each.event == "post.remove"
    ]
    assert (entry.person_id, entry.at) == (ada, now)
    assert wrong_posts(store, now) == []


def test_subject_of_a_thread_stays_while_others_are_in_it(
    store: Store, mona: int, list_id: int, now: datetime
) -> None:
    post = a_post(store, list_id, mona)
    answer = builders.a_mail("bo.lie@example.org", subject="Re: Secret", text="Oh")
    out = builders.a_post(store, list_id, answer)
    store.run_sync(moderation.accept, out, by=mona, now=now)

    store.run_sync(removals.remove, post, by=mona, now=now)

    reader = builders.a_reader(store, mona)
    assert store.read_sync(threads.shown, 1, reader=reader).subject == "Secret"


def test_removed_post_is_in_no_digest_to_come(
    store: Store, mona: int, list_id: int, now: datetime
) -> None:
    post = a_post(store, list_id, mona, "digest")

    store.run_sync(removals.remove, post, by=mona, now=now)
    made = store.run_sync(digests.make_due, now=now)

    assert (made, kept(store, post)) == (0, [0, 0, 1, 0])


def test_only_its_author_and_moderators_remove_a_post(
    store: Store, mona: int, list_id: int, now: datetime
) -> None:
    post = a_post(store, list_id, mona)
    kari, bo = builders.a_coordinator(store), 3

    for who in (kari, bo):
        with pytest.raises(Refusal):
            store.run_sync(removals.remove, post, by=who, now=now)
    with pytest.raises(Refusal):
        store.run_sync(removals.remove, 99, by=mona, now=now)
    store.run_sync(removals.remove, post, by=mona, now=now)
    with pytest.raises(Refusal):
        store.run_sync(removals.remove, post, by=mona, now=now)


@pytest.mark.parametrize(
    ("policy", "verb", "days", "left"),
    [
        ("keep_days=30", "accept", 29, "released"),
        ("keep_days=30", "accept", 31, "removed"),
        ("keep_days=0", "accept", 9_000, "released"),
        ("keep_refused_days=30", "discard", 29, "discarded"),
        ("keep_refused_days=30", "discard", 31, None),
        ("keep_refused_days=0", "discard", 9_000, "discarded"),
        ("keep_days=30", "discard", 31, "discarded"),
    ],
)
def test_posts_stay_as_long_as_their_list_keeps_them(
    store: Store, mona: int, list_id: int, policy: str, verb: str, days: int, left: str | None
) -> None:
    store.run_sync(lists.set_policy, list_id, [policy], by=None, now=builders.EARLIER)
    post = a_post(store, list_id, mona, verb)
    later = builders.EARLIER + timedelta(days=days)

    counts = [store.run_sync(removals.forget_old, now=later) for _ in range(2)]

    state = store.read_sync(lambda s: s.scalar(select(Post.state).where(Post.id == post)))
    assert (state, counts[1]) == (left, 0)
    assert wrong_posts(store, later) == []
    # Nothing of it is left when its time is over but a stub, where others have seen it; what was
    # done with it stays in the journal.
    whole = [1, 1, 1, 0]
    assert kept(store, post) == {"removed": [0, 0, 1, 0], None: [0, 0, 0, 0]}.get(left, whole)
    done = [each.event for each in store.read_sync(journal.of, "post", post)]
    assert (f"post.{verb}" in done, "post.remove" in done) == (True, left == "removed")
