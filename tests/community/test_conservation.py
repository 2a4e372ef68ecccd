"""Each rule broken on purpose: the look finds it, names it, and finds nothing else."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from community import (
    checks,
    conservation,
    deliveries,
    digests,
    due,
    erasure,
    moderation,
    outbox,
    sources,
    steps,
)
from community.checks import CHECKS
from community.conservation import NEWEST, Balance, Broken
from community.digests import Digest
from community.due import Outcome, Work
from community.fanouts import DigestEntry
from community.journal import Entry
from community.outbox import Delivery, Notice
from community.posts import Post, PostSource
from community.steps import Step
from community.store import Session, Store
from community.subscriptions import Mode
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MONA = "mona.vik@example.org"


def _village(store: Store, now: datetime) -> int:
    """Make a list with two readers of each post, one of digests, a released and a held post."""
    ada, bo, dag = (a_person(store, name) for name in ("Ada Holm", "Bo Li", "Dag Ek"))
    mona = a_moderator(store)
    list_id = a_list(store, ada, bo, dag, mona)
    store.run_sync(deliveries.set_mode, list_id, Mode.DAILY, by=dag, now=now)
    released = a_post(store, list_id, a_mail(MONA), now=now)
    a_post(store, list_id, a_mail("ada.holm@example.org", subject="First"), now=now)
    store.run_sync(digests.make_due, now=now)
    return released


def _everything(store: Store, now: datetime) -> Balance:
    return store.read_sync(conservation.everything, now=now)


def _settle(store: Store, now: datetime, *ends: tuple[Work, str | None]) -> None:
    """Have so many deliveries claimed, and end each as it is said."""
    limit, lease = len(ends), timedelta(seconds=120)
    parcels = store.run_sync(
        outbox.claim_deliveries, now=now, limit=limit, lease=lease, by="worker"
    )
    outcomes = [
        Outcome(row_id=parcel.id, fence=parcel.claims, state=state, words=words, again_at=now + DAY)
        for parcel, (state, words) in zip(parcels, ends, strict=True)
    ]
    store.run_sync(outbox.settle_deliveries, outcomes, now=now)


def test_a5_a_whole_community_has_nothing_wrong(store: Store, now: datetime) -> None:
    _village(store, now)

    found = _everything(store, now)

    assert found == Balance(
        posts={"released": 1, "held": 1},
        copies={"relayed": 0, "waiting": 3, "refused": 0, "expired": 0, "cancelled": 0},
        to_collect=0,
        collected=1,
        in_doubt=0,
        missing=0,
        broken=(),
    )
    assert store.read_sync(conservation.recent, now=now) == found


def test_d1_each_delivery_is_counted_at_exactly_one_end(store: Store, now: datetime) -> None:
    _village(store, now)

    _settle(
        store,
        now,
        (Work.DONE, None),
        (Work.FAILED, "550 5.1.1 nobody here"),
        (Work.FAILED, "451 4.3.0 try later"),
    )
    copies = _everything(store, now).copies

    assert copies == {"relayed": 1, "waiting": 0, "refused": 1, "expired": 1, "cancelled": 0}


def test_d2_a_try_without_an_answer_stays_in_doubt_when_a_later_one_has_one(
    store: Store, now: datetime
) -> None:
    _village(store, now)

    _settle(store, now, (Work.DUE, "in doubt: no answer in time"), (Work.DONE, None))
    before = _everything(store, now).in_doubt
    _settle(store, now + 2 * DAY, (Work.DONE, None), (Work.DONE, None))

    assert (before, _everything(store, now).in_doubt) == (1, 1)


def test_d2_a_claim_that_was_never_settled_is_in_doubt_and_one_under_way_is_not(
    store: Store, now: datetime
) -> None:
    _village(store, now)
    lease = timedelta(seconds=120)
    store.run_sync(outbox.claim_deliveries, now=now, limit=2, lease=lease, by="worker")

    assert _everything(store, now).in_doubt == 0
    assert _everything(store, now + HOUR).in_doubt == 2


def _lose_a_delivery(session: Session) -> None:
    session.execute(delete(Delivery).where(Delivery.person_id == 1))


def _double_a_delivery(session: Session) -> None:
    one = session.get_one(Delivery, 1)
    session.add(
        Delivery(
            key="twice",
            post_id=one.post_id,
            person_id=one.person_id,
            email=one.email,
            due_at=one.due_at,
            next_at=one.due_at,
        )
    )


def _send_early(session: Session) -> None:
    session.execute(update(Delivery).where(Delivery.id == 1).values(post_id=2))
    session.execute(update(Post).where(Post.id == 1).values(copies=2))
    session.execute(update(Post).where(Post.id == 2).values(copies=1))


def _collect_too(session: Session) -> None:
    session.execute(insert(DigestEntry).values(person_id=1, post_id=1))


def _forget_the_journal(session: Session) -> None:
    session.execute(delete(Entry).where(Entry.noun == "post", Entry.object_id == 1))


def _forget_the_mail(session: Session) -> None:
    session.execute(delete(PostSource).where(PostSource.post_id == 1))


def _change_the_mail(session: Session) -> None:
    session.execute(update(PostSource).where(PostSource.post_id == 1).values(raw=b"other"))


def _forget_the_deadline(session: Session) -> None:
    session.execute(delete(Step).where(Step.action == "post.expire"))


def _half_settle(table: type[Delivery | Notice | Step]) -> Callable[[Session], None]:
    def act(session: Session) -> None:
        first = select(table.id).order_by(table.id).limit(1).scalar_subquery()
        done = update(table).where(table.id == first).values(settled_at=table.due_at)
        session.execute(done.execution_options(synchronize_session=False))

    return act


def _wait_for_ever(table: type[Delivery | Notice]) -> Callable[[Session], None]:
    def act(session: Session) -> None:
        first = session.get_one(table, session.scalar(select(func.min(table.id))))
        assert isinstance(first, Delivery | Notice)
        first.due_at = first.due_at - 7 * DAY

    return act


def _plan_for_nothing(session: Session) -> None:
    steps.plan(session, "meetup.end", 99, due_at=session.get_one(Post, 1).received_at)


def _forget_to_say(session: Session) -> None:
    session.execute(delete(Notice).where(Notice.kind == "digest.publish"))


def _mix_up(session: Session) -> None:
    session.execute(update(Digest).values(person_id=1))
    session.execute(
        update(Notice).where(Notice.kind == "digest.publish").values(key="digest.publish:1::1:mail")
    )


BREAKS = (
    ("post.missing", _lose_a_delivery, 1),
    ("post.double", _double_a_delivery, 1),
    ("post.early", _send_early, 2),
    ("delivery.both", _collect_too, 1),
    ("post.journal", _forget_the_journal, 1),
    ("post.source", _forget_the_mail, 1),
    ("post.stuck", _forget_the_deadline, 2),
    ("delivery.settled", _half_settle(Delivery), 1),
    ("notice.settled", _half_settle(Notice), 1),
    ("step.settled", _half_settle(Step), 1),
    ("delivery.late", _wait_for_ever(Delivery), 1),
    ("notice.late", _wait_for_ever(Notice), 1),
    ("step.object", _plan_for_nothing, 4),
    ("digest.notice", _forget_to_say, 1),
    ("digest.entry", _mix_up, 1),
)


@pytest.mark.parametrize(("name", "break_it", "row_id"), BREAKS)
def test_a5_what_is_broken_is_found_and_named_by_both_looks(
    store: Store, now: datetime, name: str, break_it: Callable[[Session], None], row_id: int
) -> None:
    _village(store, now)

    store.run_sync(break_it)

    broken = (Broken(name=name, count=1, ids=(row_id,)),)
    assert _everything(store, now).broken == broken
    assert store.read_sync(conservation.recent, now=now).broken == broken


def test_a5_a_post_in_no_known_state_is_refused_by_the_database_or_found(
    store: Store, now: datetime
) -> None:
    _village(store, now)

    def lose(session: Session) -> None:
        if store.is_sqlite:  # as a repair by hand can
            session.execute(text("PRAGMA ignore_check_constraints = ON"))
        session.execute(update(Post).where(Post.id == 1).values({"state": "lost"}))

    if store.is_sqlite:
        store.run_sync(lose)
        names = [each.name for each in _everything(store, now).broken]
        assert names == ["post.state", "post.journal", "post.early"]
    else:
        with pytest.raises(IntegrityError, match="ck_post_state"):
            store.run_sync(lose)


def test_a6_other_bytes_than_those_that_came_are_found_and_never_sent(
    store: Store, now: datetime
) -> None:

    post_id = _village(store, now)

    store.run_sync(_change_the_mail)

    assert _everything(store, now).broken == (Broken(name="post.bytes", count=1, ids=(1,)),)
    assert store.read_sync(conservation.recent, now=now).broken == ()
    with pytest.raises(sources.Damaged, match="post 1"):
        store.read_sync(sources.source, post_id)


def test_a6_bytes_from_before_hashes_were_kept_are_taken_as_they_are(
    store: Store, now: datetime
) -> None:
    _village(store, now)

    store.run_sync(lambda session: session.execute(update(PostSource).values(sha256="")) and None)

    assert _everything(store, now).broken == ()


def test_the_missing_are_counted_one_by_one(store: Store, now: datetime) -> None:
    _village(store, now)

    store.run_sync(lambda session: session.execute(delete(Delivery)) and None)

    found = _everything(store, now)
    assert (found.missing, sum(found.copies.values())) == (3, 0)


def test_who_is_erased_is_not_missing_and_their_words_in_others_mails_are_no_damage(
    store: Store, now: datetime
) -> None:
    _village(store, now)
    list_id = 1
    about = a_mail(MONA, subject="Hello", text="Ada Holm <ada.holm@example.org> has a question.")
    a_post(store, list_id, about, now=now)

    store.run_sync(erasure.erase, 1, by=None, now=now)

    found = _everything(store, now)
    assert (found.broken, found.missing) == ((), 0)


def test_the_hourly_look_keeps_what_it_found_until_it_is_mended(
    store: Store, now: datetime
) -> None:
    _village(store, now)
    store.run_sync(_forget_to_say)

    _look_and_keep(store, now)
    _look_and_keep(store, now + HOUR)
    kept = [(flaw.name, flaw.count, flaw.ids, flaw.since) for flaw in _flaws(store)]
    store.run_sync(lambda session: session.execute(delete(Digest)) and None)
    _look_and_keep(store, now + 2 * HOUR)

    assert kept == [("digest.notice", 1, "1", now)]
    assert _flaws(store) == []


def _look_and_keep(store: Store, now: datetime) -> None:
    broken = store.read_sync(conservation.recently_broken, now=now)
    store.run_sync(conservation.keep, broken, now=now)


def _flaws(store: Store) -> list[conservation.Flaw]:
    return store.read_sync(conservation.flaws)


def test_the_hourly_look_leaves_out_what_has_ended_long_ago(store: Store, now: datetime) -> None:
    _village(store, now)
    _settle(store, now, *[(Work.DONE, None)] * 3)
    store.run_sync(_forget_the_journal)
    store.run_sync(_end_the_rest, now=now)
    later = now + 30 * DAY

    found = store.read_sync(conservation.recent, now=later)

    assert (found.posts, found.copies["relayed"], found.broken) == ({}, 0, ())
    assert [each.name for each in _everything(store, later).broken] == ["post.journal"]


def _end_the_rest(session: Session, *, now: datetime) -> None:
    moderation.expire(session, 2, detail="", due_at=now, now=now)
    digests.make_due(session, now=now)
    due.cancel(session, Notice, now=now, why="over")


def test_every_check_says_what_is_wrong_and_what_to_do(now: datetime) -> None:
    assert set(checks.WORDS) == {*CHECKS, checks.DAMAGED}
    assert all(words and mend for words, mend in checks.WORDS.values())
    assert {name for name, _, _ in BREAKS} == set(CHECKS) - {"post.state"}
    assert NEWEST > 0
