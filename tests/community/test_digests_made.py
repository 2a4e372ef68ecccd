"""Making digests while others write, and of more than fits into memory."""

from datetime import datetime, timedelta

from sqlalchemy import event

from community import deliveries, digests, issues, lists
from community.deliveries import Format
from community.posts import Post
from community.store import Session, Store
from community.subscriptions import Mode
from tests.builders import a_list, a_mail, a_person, a_post

MEGABYTE = 1024 * 1024


def test_what_waits_for_who_comes_back_while_digests_are_made_is_in_their_next(
    store: Store, now: datetime
) -> None:
    """On PostgreSQL others write between the statements of a maker."""
    ada = a_person(store)
    list_id = a_list(store, ada)
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=0"], by=None, now=now)
    store.run_sync(deliveries.set_mode, list_id, Mode.DAILY, by=ada, now=now)
    first = a_post(store, list_id, a_mail(subject="One"), now=now)
    store.run_sync(digests.make_due, now=now)
    second = a_post(store, list_id, a_mail(subject="Two"), now=now)
    later, until = now + timedelta(days=1), now + timedelta(days=9)
    store.run_sync(deliveries.pause, list_id, until=until, by=ada, now=now)

    def make(session: Session) -> int:
        def resume(*call: object) -> None:
            if str(call[2]).startswith("INSERT INTO digest "):
                store.run_sync(deliveries.resume, list_id, by=ada, now=later)

        if session.get_bind().dialect.name == "postgresql":
            event.listen(session.connection(), "after_cursor_execute", resume)
        return digests.make_due(session, now=later)

    made = store.run_sync(make)
    store.run_sync(deliveries.resume, list_id, by=ada, now=later)

    assert (made, store.run_sync(digests.make_due, now=until)) == (0, 1)
    both = [store.read_sync(issues.of_digest, digest_id) for digest_id in (1, 2)]
    assert [[post.id for post in issue.posts] for issue in both] == [[first], [second]]


def test_a_digest_of_mails_reads_no_more_of_them_than_fit(store: Store, now: datetime) -> None:
    ada = a_person(store)
    list_id = a_list(store, ada)
    free = [
        "newcomer_posts=0",
        "threads_per_day=99",
        "max_kilobytes=0",
        "posts_per_member_per_week=99",
    ]
    store.run_sync(lists.set_policy, list_id, free, by=None, now=now)
    store.run_sync(deliveries.set_mode, list_id, Mode.DAILY, by=ada, now=now)
    store.run_sync(
        deliveries.set_mail,
        digest_format=Format.MIME,
        gets_own=True,
        gets_second=False,
        by=ada,
        now=now,
    )
    sizes = [2 * MEGABYTE + 1, *[2 * MEGABYTE] * 6, 1000]
    made = [a_post(store, list_id, a_mail(subject=f"No {n}"), now=now) for n, _ in enumerate(sizes)]

    def grow(session: Session) -> None:
        for post_id, size in zip(made, sizes, strict=True):
            session.get_one(Post, post_id).size_bytes = size

    store.run_sync(grow)
    store.run_sync(digests.make_due, now=now)
    issue = store.read_sync(issues.of_digest, 1)

    assert [post.id for post in issue.posts] == made
    assert sorted(issue.sources) == made[1:6]
