"""Readers who call a mail of ours spam."""

from datetime import datetime, timedelta

from community import complaints, deliveries, digests, letter_bounces, subscriptions
from community.causes import Report
from community.store import Store
from community.subscriptions import Mode
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, notices, told

SPAM = Report(action="complaint", status="", diagnostic="abuse")


def _digest_of_two(store: Store, *, now: datetime) -> int:
    """Make the digest of somebody who reads two of three lists by digest; return its notice."""
    ada = a_person(store)
    a_moderator(store)
    for number, name in enumerate(("postdocs", "events", "quiet"), start=1):
        a_list(store, ada, address=f"{name}@lists.example.org")
        store.run_sync(deliveries.choose(Mode.DAILY), number, by=ada, now=now)
    for number in (1, 2):
        mail = a_mail("mona.vik@example.org", subject=f"Lunch {number}")
        a_post(store, number, mail, now=now + timedelta(seconds=number))
    store.run_sync(digests.make_due, now=now + timedelta(hours=1))
    return notices(store, "digest.publish")[-1].id


def test_who_calls_a_digest_spam_is_off_the_lists_in_it_and_told_of_each(
    store: Store, now: datetime
) -> None:
    notice = _digest_of_two(store, now=now)

    for _ in range(2):
        store.run_sync(letter_bounces.receive, notice, SPAM, now=now + timedelta(hours=2))

    assert [store.read_sync(subscriptions.is_subscriber, each, 1) for each in (1, 2, 3)] == [
        *(False, False),
        True,
    ]
    assert told(store, "mailing_list.complain") == [(1, "mail"), (1, "mail")]


def test_a_complaint_about_somebody_elses_digest_changes_nothing(
    store: Store, now: datetime
) -> None:
    _digest_of_two(store, now=now)

    store.run_sync(complaints.of_digest, 1, 2, now=now)

    assert store.read_sync(subscriptions.is_subscriber, 1, 1) is True
    assert told(store, "mailing_list.complain") == []
