"""The archive as one reader sees it."""

from datetime import datetime

import pytest

from community import digests, moderation, thread_pages, threads
from community.store import Store
from community.threads import Unseen
from tests import builders


def test_posts_of_a_thread_are_shown_by_state_and_reader(store: Store, now: datetime) -> None:
    ada, mona = builders.a_person(store), builders.a_moderator(store)
    list_id = builders.a_list(store, ada)
    first = builders.a_mail(text="0")
    posts = [builders.a_post(store, list_id, first)] + [
        builders.a_post(store, list_id, builders.a_mail(text=str(n), answers=(first.message_id,)))
        for n in range(1, 5)
    ]
    store.run_sync(moderation.accept, posts[0], by=mona, now=now)
    store.run_sync(moderation.digest, posts[1], by=mona, now=now)
    store.run_sync(digests.make_due, now=now)
    store.run_sync(moderation.digest, posts[2], by=mona, now=now)
    store.run_sync(moderation.discard, posts[3], by=mona, now=now)

    seen = {
        who: [
            (post.text, post.state)
            for post in store.read_sync(
                threads.shown, 1, reader=builders.a_reader(store, who)
            ).posts
        ]
        for who in (ada, mona)
    }
    lines = [
        store.read_sync(
            thread_pages.of_list, "postdocs@lists.example.org", reader=builders.a_reader(store, who)
        ).threads[0]
        for who in (ada, mona)
    ]

    assert seen == {
        ada: [("0", "released"), ("1", "digested")],
        mona: [("0", "released"), ("1", "digested"), ("2", "queued"), ("4", "held")],
    }
    assert [(line.posts, line.waiting, line.author) for line in lines] == [
        (2, 0, "ada.holm"),
        (4, 2, "ada.holm"),
    ]


def test_thread_of_which_nothing_is_out_is_no_thread_for_members(store: Store) -> None:
    ada = builders.a_person(store)
    list_id = builders.a_list(store, ada)
    post = builders.a_post(store, list_id, builders.a_mail())
    reader = builders.a_reader(store, ada)

    page = store.read_sync(thread_pages.of_list, "postdocs@lists.example.org", reader=reader)

    assert page.threads == ()
    with pytest.raises(Unseen):
        store.read_sync(threads.shown, 1, reader=reader)
    with pytest.raises(Unseen):
        store.read_sync(threads.thread_of, post, reader=reader)


def test_list_is_there_for_its_members_and_moderators_alone(store: Store) -> None:
    ada, bo = builders.a_person(store), builders.a_person(store, "Bo Lie")
    mona, kari = builders.a_moderator(store), builders.a_coordinator(store)
    list_id = builders.a_list(store, ada)

    may = {
        who: store.read_sync(threads.may_read, list_id, builders.a_reader(store, who))
        for who in (ada, bo, mona, kari)
    }

    assert may == {ada: True, bo: False, mona: True, kari: False}
    for address in ("postdocs@lists.example.org", "nothing@lists.example.org"):
        with pytest.raises(Unseen):
            store.read_sync(thread_pages.of_list, address, reader=builders.a_reader(store, bo))


def test_long_thread_comes_in_pages_and_each_post_has_its_place(store: Store) -> None:
    ada, mona = builders.a_person(store), builders.a_moderator(store)
    first = builders.a_post(store, builders.a_list(store, ada), builders.a_mail())
    ids = store.run_sync(builders.answers, first, threads.POSTS_A_PAGE + 1)
    reader = builders.a_reader(store, mona)

    pages = [store.read_sync(threads.shown, 1, reader=reader, number=n) for n in (1, 2)]
    places = {
        post: store.read_sync(threads.page_of, post, reader=reader) for post in (first, *ids[-3:])
    }

    assert [[post.post_id for post in page.posts] for page in pages] == [
        [first, *ids[:-2]],
        ids[-2:],
    ]
    assert [(page.number, page.pages) for page in pages] == [(1, 2), (2, 2)]
    assert list(places.values()) == [(1, 1), (1, 1), (1, 2), (1, 2)]
    with pytest.raises(Unseen):
        store.read_sync(threads.shown, 1, reader=reader, number=3)
    with pytest.raises(Unseen):
        store.read_sync(threads.page_of, ids[-1], reader=builders.a_reader(store, ada))
