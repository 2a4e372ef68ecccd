"""What would become of a composition is what becomes of it, and it goes to as many as was said."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from community import compositions, deliveries, moderation, prospects
from community.cases import Decision
from community.compositions import Composition
from community.errors import Refusal
from community.fanouts import DigestEntry
from community.lists import MailingList
from community.meters import Meter
from community.outbox import Delivery
from community.posts import Post
from community.prospects import Prospect
from community.store import Session, Store
from community.subscriptions import Mode
from letters.compositions import write
from tests.builders import EARLIER, a_list, a_mail, a_moderator, a_person, a_post

LATER = EARLIER + timedelta(days=1)


def prospect(store: Store, list_id: int, by: int, **changes: object) -> Prospect:
    return store.read_sync(prospects.rehearse, made(list_id, **changes), write, by=by, now=LATER)


def made(list_id: int, **changes: object) -> Composition:
    given = {"subject": "Lunch", "text": "At noon?", "key": "slack:V1", **changes}
    return Composition(list_id=list_id, **given)  # type: ignore[arg-type]  # a test's own


def accepted(store: Store, list_id: int, mail_by: str, mona: int) -> int:
    post = a_post(store, list_id, a_mail(mail_by))
    store.run_sync(moderation.accept, post, by=mona, now=EARLIER)
    return post


def policy(store: Store, list_id: int, **changes: str | int) -> None:
    def change(session: Session) -> None:
        a_list = session.get_one(MailingList, list_id)
        a_list.policy_changes = {**a_list.policy_changes, **changes}

    store.run_sync(change)


def _posts(session: Session) -> list[Post]:
    return list(session.scalars(select(Post).order_by(Post.id)))


def copies(session: Session, post_id: int) -> tuple[int, int]:
    counts = [
        session.scalar(select(func.count()).select_from(kind).where(kind.post_id == post_id))
        for kind in (Delivery, DigestEntry)
    ]
    return counts[0] or 0, counts[1] or 0


def test_what_goes_out_goes_to_as_many_as_was_said(store: Store) -> None:
    ada, bo = a_person(store, fields=("1.3",)), a_person(store, "Bo Li", fields=("1.4",))
    cy, mona = a_person(store, "Cy Moe", fields=("6.4",)), a_moderator(store)
    here = a_list(store, ada, bo, cy)
    accepted(store, here, "ada.holm@example.org", mona)
    store.run_sync(deliveries.set_mode, here, Mode.DAILY, by=bo, now=EARLIER)

    all_of_them = prospect(store, here, ada)
    narrow = prospect(store, here, ada, fields=("1.3",))

    assert (all_of_them.decision, all_of_them.rule) == (Decision.ACCEPT, "accepted")
    assert (all_of_them.at_once, all_of_them.in_digest, all_of_them.by_line) == (2, 1, 0)
    assert all_of_them.meter == Meter(
        threads_left=4,
        threads_per_day=4,
        mails_left=all_of_them.meter.mails_left,
        mails_per_week=all_of_them.meter.mails_per_week,
    )
    assert (narrow.at_once, narrow.in_digest) == (1, 1)
    sent = store.run_sync(compositions.send, made(here), write, by=ada, now=LATER)
    assert store.read_sync(copies, sent.id) == (2, 1)


def test_the_word_is_that_of_the_rules(store: Store) -> None:
    ada, mona = a_person(store), a_moderator(store)
    here = a_list(store, ada)
    first = prospect(store, here, ada)
    accepted(store, here, "ada.holm@example.org", mona)
    policy(store, here, threads_per_day=0)
    full = prospect(store, here, ada)
    helpless = prospect(store, here, ada, subject="unsubscribe", text="unsubscribe")

    assert (first.decision, first.rule, first.outcome) == (Decision.HOLD, "newcomer", "digest")
    assert first.deadline_at is not None
    assert first.is_for_the_list
    assert (full.decision, full.rule, full.at_once, full.in_digest) == (
        Decision.DIGEST,
        "budget",
        0,
        1,
    )
    assert (helpless.decision, helpless.is_for_the_list) == (Decision.RETURN, False)


def test_what_the_policy_rejects_is_refused_before_it_is_sent(store: Store) -> None:
    ada = a_person(store)
    here = a_list(store)
    policy(store, here, nonmembers="reject")

    with pytest.raises(Refusal, match="Only people on the list"):
        prospect(store, here, ada)


def test_an_answer_in_a_long_thread_is_a_line_to_the_others(store: Store) -> None:
    ada, bo, mona = a_person(store), a_person(store, "Bo Li"), a_moderator(store)
    here = a_list(store, ada, bo, a_person(store, "Cy Moe"))
    accepted(store, here, "ada.holm@example.org", mona)
    accepted(store, here, "bo.li@example.org", mona)
    policy(store, here, replies_to_all=0)
    threads = {post.thread_id: post.author_id for post in store.read_sync(_posts)}
    thread_id = next(one for one, author in threads.items() if author == ada)

    view = prospect(store, here, bo, thread_id=thread_id, subject="Re: Lunch")

    assert view.is_contained
    assert (view.at_once, view.in_digest, view.by_line) == (1, 0, 2)
