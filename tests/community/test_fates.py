"""What became of a post: each end counted, answers put together, and who may see what."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from community import claims, deliveries, digests, edits, fates, moderation, outbox
from community.cases import Decision
from community.due import Outcome, Work
from community.fates import Fate, Reply, code_of
from community.outbox import Notice
from community.people import Role
from community.store import Session, Store
from community.subscriptions import Mode
from community.threads import Unseen
from tests.builders import a_coordinator, a_list, a_mail, a_moderator, a_person, a_post, a_reader

DAY = timedelta(days=1)
LEASE = timedelta(seconds=120)


def _fate(store: Store, now: datetime, *, reader: int | None = None, post_id: int = 1) -> Fate:
    who = a_reader(store, reader) if reader is not None else None
    return store.read_sync(fates.of, post_id, reader=who, now=now)


def _answered(store: Store, now: datetime, *answers: tuple[Work, str]) -> None:
    """Claim as many deliveries as there are answers, and settle each with its own."""
    rows = store.run_sync(outbox.claim_deliveries, now=now, limit=len(answers), lease=LEASE, by="w")
    rows.sort(key=lambda row: row.id)
    outcomes = [
        Outcome(
            row_id=row.id,
            fence=row.claims,
            state=state,
            reference=words if state is Work.DONE else None,
            words=None if state is Work.DONE else words,
            again_at=now + DAY,
        )
        for row, (state, words) in zip(rows, answers, strict=True)
    ]
    store.run_sync(outbox.settle_deliveries, outcomes, now=now)


def _town(store: Store, now: datetime) -> tuple[int, int]:
    """Release a post of Mona's to five people, and collect it for a sixth."""
    mona = a_moderator(store)
    readers = [a_person(store, f"Reader {word}") for word in ("One", "Two", "Three", "Four")]
    digest_reader = a_person(store, "Dag Ek")
    list_id = a_list(store, mona, *readers, digest_reader)
    store.run_sync(deliveries.set_mode, list_id, Mode.DAILY, by=digest_reader, now=now)
    a_post(store.door("mail"), list_id, a_mail("mona.vik@example.org"), now=now)
    return mona, readers[0]


def test_each_copy_is_counted_at_its_end_and_equal_answers_are_one(
    store: Store, now: datetime
) -> None:
    _town(store, now)

    _answered(
        store,
        now,
        (Work.DONE, "250 2.0.0 queued as 17"),
        (Work.DONE, "250 2.0.0 queued as 18"),
        (Work.FAILED, "550 5.1.1 <reader.two@example.org> is nobody here"),
        (Work.DUE, "in doubt: no answer in time"),
        (Work.DUE, "451 4.7.1 greylisted"),
    )
    fate = _fate(store, now)

    assert fate.copies == {"relayed": 2, "waiting": 2, "refused": 1, "expired": 0, "cancelled": 0}
    assert (fate.retried, fate.in_doubt) == (2, 1)
    assert (fate.to_collect, fate.collected, fate.collected_sent) == (1, 0, 0)
    assert fate.replies == (
        Reply(end="relayed", code="250 2.0.0", count=2, example="250 2.0.0 queued as 17"),
        Reply(end="waiting", code="", count=1, example="in doubt: no answer in time"),
        Reply(end="waiting", code="451 4.7.1", count=1, example="451 4.7.1 greylisted"),
        Reply(
            end="refused",
            code="550 5.1.1",
            count=1,
            example="550 5.1.1 <reader.two@example.org> is nobody here",
        ),
    )
    assert [(each.end, each.is_in_doubt, each.attempts) for each in fate.people] == [
        ("refused", False, 1),
        ("waiting", True, 1),
        ("waiting", False, 1),
    ]
    assert (fate.state, fate.since, fate.released_at) == ("released", now, now)


def test_a_digest_reader_waits_then_is_sent_it(store: Store, now: datetime) -> None:
    _town(store, now)

    store.run_sync(digests.make_due, now=now)
    on_its_way = _fate(store, now)

    def send(session: Session) -> None:
        outbox.claim_notices(
            session, channel=outbox.Channel.MAIL, now=now, limit=9, lease=LEASE, by="w"
        )
        (row,) = session.query(Notice).filter(Notice.kind == "digest.publish")
        done = Outcome(row_id=row.id, fence=1, state=Work.DONE)
        outbox.settle_notices(session, [done], now=now)

    store.run_sync(send)
    sent = _fate(store, now)

    assert (on_its_way.to_collect, on_its_way.collected, on_its_way.collected_sent) == (0, 1, 0)
    assert (sent.to_collect, sent.collected, sent.collected_sent) == (0, 0, 1)


@pytest.mark.parametrize("end", [Work.FAILED, Work.CANCELLED])
def test_a_digest_that_was_refused_or_called_off_is_not_on_its_way(
    store: Store, now: datetime, end: Work
) -> None:
    _town(store, now)
    store.run_sync(digests.make_due, now=now)

    def settle(session: Session) -> None:
        outbox.claim_notices(
            session, channel=outbox.Channel.MAIL, now=now, limit=9, lease=LEASE, by="w"
        )
        (row,) = session.query(Notice).filter(Notice.kind == "digest.publish")
        outcome = Outcome(row_id=row.id, fence=1, state=end, words="550 5.1.1 nobody here")
        outbox.settle_notices(session, [outcome], now=now)

    store.run_sync(settle)
    fate = _fate(store, now)

    assert (fate.to_collect, fate.collected, fate.collected_sent) == (0, 0, 0)
    assert fate.collected_lost == 1


def test_the_author_sees_counts_and_codes_and_nobody_elses_address(
    store: Store, now: datetime
) -> None:
    ada = a_person(store)
    bo = a_person(store, "Bo Li")
    mona = a_moderator(store)
    list_id = a_list(store, ada, bo, mona)
    post_id = a_post(store.door("mail"), list_id, a_mail(), now=now)
    store.door("slack").run_sync(moderation.accept, post_id, by=mona, now=now + DAY)
    words = "550 5.1.1 <bo.li@example.org> is nobody here"
    _answered(store, now + DAY, *[(Work.FAILED, words)] * 3)

    own = _fate(store, now + DAY, reader=ada)
    whole = _fate(store, now + DAY, reader=mona)

    assert own.replies == (Reply(end="refused", code="550 5.1.1", count=3, example=""),)
    assert "bo.li" not in repr(own)
    assert "Mona Vik" not in repr(own)
    assert (own.people, own.is_whole, own.subject) == ((), False, "Lunch")
    assert own.judgement is not None
    assert (own.judgement.rule, own.judgement.decision) == ("newcomer", Decision.HOLD)
    assert len(whole.people) == 3
    assert [(each.event, each.who, each.is_by_person, each.door) for each in whole.events] == [
        ("post.hold", "", False, "mail"),
        ("post.accept", "Mona Vik", True, "slack"),
        ("post.release", "", False, "slack"),
    ]


def test_whose_post_it_is_not_and_who_looks_after_no_list_sees_nothing(
    store: Store, now: datetime
) -> None:
    ada, bo = a_person(store), a_person(store, "Bo Li")
    coordinator = a_coordinator(store)
    rita = a_person(store, "Rita Moe", roles=(Role.ADMIN,))
    list_id = a_list(store, ada, bo)
    a_post(store, list_id, a_mail(), now=now)

    with pytest.raises(Unseen):
        _fate(store, now, reader=bo)
    with pytest.raises(Unseen):
        _fate(store, now, reader=rita, post_id=99)
    assert _fate(store, now, reader=rita).subject == "Lunch"
    # What waits is read by moderators alone.
    assert _fate(store, now, reader=coordinator).subject == ""


def test_so_many_questions_are_asked_however_many_get_the_post(store: Store, now: datetime) -> None:
    _, reader = _town(store, now)
    asked: list[str] = []

    def fate_counted(session: Session) -> Fate:
        asked.clear()
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
        return fates.of(session, 1, reader=None, now=now)

    store.read_sync(fate_counted)
    few = len(asked)
    _answered(store, now, *[(Work.FAILED, f"550 5.1.{n} no") for n in range(5)])
    store.read_sync(fate_counted)

    assert reader
    assert len(asked) == few <= 12


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("250 2.0.0 queued", "250 2.0.0"),
        ("550-5.7.28 too much", "550 5.7.28"),
        ("250 OK", "250"),
        ("in doubt: no answer", ""),
        ("not a mail address", ""),
    ],
)
def test_code_of_reads_code_and_status(words: str, code: str) -> None:
    assert code_of(words) == code


def test_what_moderators_do_beside_decisions_is_told_and_to_the_author_only_what_is_theirs(
    store: Store, now: datetime
) -> None:
    mona, ada = a_moderator(store), a_person(store)
    post = a_post(store, a_list(store, ada), a_mail(), now=now)
    store.run_sync(claims.claim, post, by=mona, now=now + DAY)
    store.run_sync(edits.edit, post, by=mona, now=now + DAY, subject="Lunch on Friday")
    store.run_sync(moderation.accept_and_trust, post, by=mona, now=now + 2 * DAY)

    ours, theirs = (_fate(store, now, reader=reader, post_id=post) for reader in (mona, ada))

    assert [(each.event, each.who) for each in ours.events] == [
        ("post.hold", ""),
        ("post.claim", "Mona Vik"),
        ("post.edit", "Mona Vik"),
        ("post.trust", "Mona Vik"),
        ("post.accept", "Mona Vik"),
        ("post.release", ""),
    ]
    assert [(each.event, each.who) for each in theirs.events] == [
        ("post.hold", ""),
        ("post.claim", ""),
        ("post.edit", ""),
        ("post.accept", ""),
        ("post.release", ""),
    ]
    assert theirs.since == now + 2 * DAY
