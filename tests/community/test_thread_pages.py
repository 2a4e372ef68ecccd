"""Which threads a list has, page by page."""

from datetime import datetime, timedelta

from community import arrivals, moderation, thread_pages
from community.store import Session, Store
from community.thread_pages import Position
from tests import builders


def test_threads_come_by_their_newest_post_a_page_at_a_time(store: Store, now: datetime) -> None:
    ada, mona = builders.a_person(store), builders.a_moderator(store)
    list_id = builders.a_list(store, ada)
    mails = [builders.a_mail(subject=f"Thread {n}") for n in range(62)]
    answer = builders.a_mail(subject="Re: Thread 3", answers=(mails[3].message_id,))

    def fill(session: Session) -> None:
        for hours, mail in enumerate((*mails, answer)):
            at = builders.EARLIER + timedelta(hours=hours)
            arrivals.receive(session, list_id, mail, now=at)
        for post_id in range(1, 41):
            moderation.accept(session, post_id, by=mona, now=now)

    store.run_sync(fill)

    def pages(who: int) -> list[list[int]]:
        found: list[list[int]] = []
        after: Position | None = None
        while not found or after:
            page = store.read_sync(
                thread_pages.of_list,
                "postdocs@lists.example.org",
                reader=builders.a_reader(store, who),
                after=after and thread_pages.read(str(after)),
            )
            assert page.has_newer == bool(found)
            found.append([line.thread_id for line in page.threads])
            after = page.older
        return found

    newest = [4, *(number for number in range(62, 0, -1) if number != 4)]
    assert pages(mona) == [newest[:30], newest[30:60], newest[60:]]
    out = list(range(40, 0, -1))  # the answer to the fourth waits: it counts for moderators alone
    assert pages(ada) == [out[:30], out[30:]]


def test_threads_of_one_moment_are_each_on_one_page(store: Store) -> None:
    mona = builders.a_moderator(store)
    list_id = builders.a_list(store, builders.a_person(store))
    mails = [builders.a_mail(subject=f"Thread {n}") for n in range(3)]
    ids = [builders.a_post(store, list_id, mail) for mail in mails]
    reader = builders.a_reader(store, mona)

    after = [
        store.read_sync(
            thread_pages.newest,
            list_id,
            reader,
            most=9,
            after=Position(at=builders.EARLIER, thread_id=n),
        )
        for n in (0, 2, 4)
    ]

    assert len(ids) == 3
    assert after == [[], [1], [3, 2, 1]]


def test_what_is_no_place_is_none() -> None:
    written = ("", "x", "-1", "1", "²-1", "1-1-1", "1" * 18 + "-1", "1-" + "1" * 10)

    assert [thread_pages.read(each) for each in written] == [None] * len(written)


def test_last_place_of_all_can_be_asked_for(store: Store) -> None:
    list_id = builders.a_list(store, builders.a_person(store))
    reader, place = builders.a_reader(store, builders.a_moderator(store)), "9" * 17 + "-" + "9" * 9

    found = store.read_sync(
        thread_pages.newest, list_id, reader, most=9, after=thread_pages.read(place)
    )

    assert found == []
