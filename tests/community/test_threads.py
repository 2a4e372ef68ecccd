"""The archive as one reader sees it."""

from datetime import datetime, timedelta

import pytest

from community import digests, moderation, threads
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
    store.run_sync(digests.make_due, today=now.date(), now=now)
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
            threads.of_list, "postdocs@lists.example.org", reader=builders.a_reader(store, who)
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

    page = store.read_sync(threads.of_list, "postdocs@lists.example.org", reader=reader)

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
            store.read_sync(threads.of_list, address, reader=builders.a_reader(store, bo))


def test_threads_come_by_their_newest_post_a_page_at_a_time(store: Store, now: datetime) -> None:
    ada, mona = builders.a_person(store), builders.a_moderator(store)
    list_id = builders.a_list(store, ada)
    mails = [builders.a_mail(subject=f"Thread {n}") for n in range(62)]
    for hours, mail in enumerate(mails):
        builders.a_post(store, list_id, mail, now=builders.EARLIER + timedelta(hours=hours))
    answer = builders.a_mail(subject="Re: Thread 3", answers=(mails[3].message_id,))
    builders.a_post(store, list_id, answer, now=builders.EARLIER + timedelta(hours=99))
    for post_id in range(1, 41):
        store.run_sync(moderation.accept, post_id, by=mona, now=now)

    def pages(who: int) -> list[tuple[list[int], bool]]:
        read = [
            store.read_sync(
                threads.of_list,
                "postdocs@lists.example.org",
                reader=builders.a_reader(store, who),
                number=number,
            )
            for number in (1, 2, 3)
        ]
        return [([line.thread_id for line in page.threads], page.has_older) for page in read]

    newest = [4, *(number for number in range(62, 0, -1) if number != 4)]
    assert pages(mona) == [(newest[:30], True), (newest[30:60], True), (newest[60:], False)]
    out = list(range(40, 0, -1))  # the answer to the fourth waits: it counts for moderators alone
    assert pages(ada) == [(out[:30], True), (out[30:], False), ([], False)]
