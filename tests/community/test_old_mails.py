"""Mails that a list had before it was ours."""

from dataclasses import replace
from datetime import datetime, timedelta

from community import conservation, holds, old_mails, queries, searches, thread_pages, threads
from community.attachments import Attached
from community.old_mails import OldMail
from community.received import Received
from community.store import Store
from tests import builders

BEFORE = builders.EARLIER - timedelta(days=400)


def named(mail: Received, message_id: str) -> Received:
    return replace(mail, message_id=message_id)


def an_archive() -> list[OldMail]:
    """Give a question, its answer, and something else; a year before the tests."""
    first = named(builders.a_mail(subject="Seminar", text="Who comes?"), "<1@example.org>")
    answer = named(builders.a_mail("bo.lie@example.net", text="I do"), "<2@example.org>")
    other = named(
        builders.a_mail("old@example.com", subject="Room", text="Free"), "<3@example.org>"
    )
    files = (Attached(name="plan.pdf", content_type="application/pdf", size_bytes=9),)
    return [
        OldMail(mail=replace(first, attachments=files), at=BEFORE),
        OldMail(mail=replace(answer, answers=("<1@example.org>",)), at=BEFORE + timedelta(days=1)),
        OldMail(mail=other, at=BEFORE + timedelta(days=2)),
    ]


def test_archive_is_read_and_found_and_nobody_hears_of_it(store: Store, now: datetime) -> None:
    ada = builders.a_person(store)
    list_id = builders.a_list(store, ada)

    new = store.run_sync(old_mails.take, list_id, an_archive(), now=now)

    reader = builders.a_reader(store, ada)
    page = store.read_sync(thread_pages.of_list, "postdocs@lists.example.org", reader=reader)
    shown = store.read_sync(threads.shown, page.threads[1].thread_id, reader=reader)
    found = store.read_sync(searches.find, queries.read("seminars"), reader=reader, now=now)
    assert new == 3
    assert [(line.subject, line.posts) for line in page.threads] == [("Room", 1), ("Seminar", 2)]
    assert [(post.text, post.at, len(post.attachments)) for post in shown.posts] == [
        ("Who comes?", BEFORE, 1),
        ("I do", BEFORE + timedelta(days=1), 0),
    ]
    assert [hit.post_id for hit in found.hits] == [1]
    assert (builders.notices(store), builders.deliveries(store, 1), builders.planned(store)) == (
        ([], [], [])
    )
    balance = store.read_sync(conservation.everything, now=now)
    assert (balance.missing, balance.broken) == (0, ())


def test_import_begun_again_takes_what_is_left(store: Store, now: datetime) -> None:
    list_id = builders.a_list(store, builders.a_person(store))
    archive = an_archive()

    counts = [
        store.run_sync(old_mails.take, list_id, part, now=now)
        for part in (archive[:1], archive, [*archive, archive[0]])
    ]

    assert counts == [1, 2, 0]


def test_mail_that_came_to_us_too_is_there_already(store: Store, now: datetime) -> None:
    list_id = builders.a_list(store, builders.a_person(store))
    live = named(builders.a_mail(subject="Lunch"), "<live@example.org>")
    builders.a_post(store, list_id, live)
    with_footer = replace(live, fingerprint="f" * 64, text="Lunch\n-- \nThe old list")

    new = store.run_sync(old_mails.take, list_id, [OldMail(mail=with_footer, at=BEFORE)], now=now)

    assert new == 0


def test_author_of_old_mails_is_no_newcomer(store: Store, now: datetime) -> None:
    list_id = builders.a_list(store, builders.a_person(store))
    store.run_sync(old_mails.take, list_id, an_archive(), now=now)

    post = builders.a_post(store, list_id, builders.a_mail(subject="New"), now=now)

    assert store.read_sync(holds.card, post).rule == "accepted"


def test_what_everybody_has_seen_is_written_out_in_batches(store: Store, now: datetime) -> None:
    list_id = builders.a_list(store, builders.a_person(store))
    store.run_sync(old_mails.take, list_id, an_archive(), now=now)
    builders.a_post(store, list_id, builders.a_mail("nobody@example.com", subject="Held"))

    first = store.read_sync(old_mails.after, list_id, 0, most=2)
    second = store.read_sync(old_mails.after, list_id, first[-1].post_id, most=2)
    late = store.read_sync(old_mails.after, list_id, 0, since=BEFORE + timedelta(days=2), most=9)

    assert [kept.at - BEFORE for kept in first + second] == [timedelta(days=n) for n in range(3)]
    assert [kept.sender for kept in late] == ["old@example.com"]
    assert late[0].raw == an_archive()[2].mail.raw
    assert store.read_sync(old_mails.count, list_id) == 3
