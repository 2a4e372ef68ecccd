"""R31: the guards of the mail path are where `python -m proofs guards` looks for them.

That command takes each away and sees which test misses it. What only it would have noticed has its
test here.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from community import due, outbox, steps
from community.due import Outcome
from community.outbox import Channel, Notice
from community.posts import Post
from community.steps import Step
from community.store import Session, Store
from mailing import copies, outcomes
from mailing.addresses import NotAnAddress
from mailing.outcomes import Stage
from proofs.guard import Guard
from proofs.mutations import GUARDS
from sandbox.jumping import StillClock
from scheduler.delivery import Deliverer
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post
from tests.rules import tree
from tests.rules.test_reliability import found_in

LEASE = timedelta(minutes=2)
#: Without these PostgreSQL asks a subquery anew for every row that it looks at.
USUAL_PLANS = ("hashjoin", "mergejoin", "hashagg", "material", "memoize", "sort")


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_r31_a_guard_is_where_it_was(guard: Guard) -> None:
    whole = (tree.ROOT / guard.path).read_text("utf-8")

    assert guard.without(whole) != whole
    named = (test.partition("::") for test in guard.tests)
    assert [name for path, _, name in named if name and name not in found_in(path)] == []


def _unusual(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        for plan in USUAL_PLANS:
            session.execute(text(f"SET LOCAL enable_{plan} = off"))


def test_d3_a_claim_takes_no_more_than_its_limit_however_it_is_planned(
    store: Store, now: datetime
) -> None:
    for number in range(40):
        store.run_sync(steps.plan, "meetup.end", number, due_at=now)

    def claim(session: Session) -> int:
        _unusual(session)
        return len(due.claim(session, Step, now=now, limit=5, lease=LEASE, by="one"))

    assert [store.run_sync(claim) for _ in range(3)] == [5, 5, 5]


def test_d3_a_claim_of_deliveries_takes_no_more_than_its_limit_however_it_is_planned(
    store: Store, now: datetime
) -> None:
    a_moderator(store)
    list_id = a_list(store, *(a_person(store, f"Reader {n}") for n in range(40)))
    a_post(store, list_id, a_mail("mona.vik@example.org"), now=now)

    def claim(session: Session) -> int:
        _unusual(session)
        taken = outbox.claim_deliveries(session, now=now, limit=5, lease=LEASE, by="one")
        return len(taken)

    assert [store.run_sync(claim) for _ in range(3)] == [5, 5, 5]


def _at_once(store: Store, claim: Callable[[Session], Iterable[int]]) -> list[int]:
    """Have eight claim at the same moment, four times each; return what they took."""
    start, taken = threading.Barrier(8), list[int]()

    def work() -> None:
        start.wait()
        for _ in range(4):
            taken.extend(store.run_sync(claim))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def test_d3_claims_at_the_same_moment_have_no_row_in_common(store: Store, now: datetime) -> None:
    for number in range(60):
        store.run_sync(steps.plan, "meetup.end", number, due_at=now)

    def claim(session: Session) -> list[int]:
        rows = due.claim(session, Step, now=now, limit=4, lease=LEASE, by="one")
        return [row.id for row in rows]

    taken = _at_once(store, claim)

    assert len(taken) == len(set(taken))


def test_d3_claims_of_deliveries_at_the_same_moment_have_no_row_in_common(
    store: Store, now: datetime
) -> None:
    a_moderator(store)
    list_id = a_list(store, *(a_person(store, f"Reader {n}") for n in range(40)))
    a_post(store, list_id, a_mail("mona.vik@example.org"), now=now)

    def claim(session: Session) -> list[int]:
        rows = outbox.claim_deliveries(session, now=now, limit=4, lease=LEASE, by="one")
        return [row.id for row in rows]

    taken = _at_once(store, claim)

    assert len(taken) == len(set(taken))


def test_a4_the_database_itself_has_no_two_posts_of_one_mail(store: Store, now: datetime) -> None:
    a_person(store)
    list_id = a_list(store)
    first = a_post(store, list_id, a_mail(), now=now)
    second = a_post(store, list_id, a_mail(text="Another word."), now=now)

    def same(session: Session) -> None:
        fingerprint = session.get_one(Post, first).fingerprint
        session.execute(update(Post).where(Post.id == second).values(fingerprint=fingerprint))

    with pytest.raises(IntegrityError):
        store.run_sync(same)


def test_d2_a_lost_answer_to_the_dot_is_a_doubt_and_tried_again() -> None:
    failure = outcomes.of(ConnectionError(), Stage.MAIL)

    assert (failure.in_doubt, failure.permanent) == (True, False)


def test_a6_no_line_within_a_copy_can_end_it() -> None:
    shared = copies.shared(b"Subject: x\r\n", b".\r\na\r\n.\r\n..b\r\n.")

    assert shared.wire_body == b"..\r\na\r\n..\r\n...b\r\n..\r\n.\r\n"


@pytest.mark.parametrize("address", ["a@b.example>\r\nRCPT TO:<c@d.example", "a\nb@c.example", ""])
def test_d7_no_address_ends_a_command(address: str) -> None:
    with pytest.raises(NotAnAddress):
        copies.checked(address)


@pytest.mark.anyio
async def test_d2_a_lane_sends_nothing_before_its_last_outcome_is_on_disk(
    store: Store, now: datetime
) -> None:
    person, happened = a_person(store), list[str]()
    for detail in "abc":
        store.run_sync(outbox.put, "test.say", 7, person, detail=detail, now=now)

    async def send(notice: Notice) -> str:
        happened.append("sent")
        return ""

    def settle(session: Session, outcomes: Sequence[Outcome], *, now: datetime) -> None:
        outbox.settle_notices(session, outcomes, now=now)
        happened.append("settled")

    claim = partial(outbox.claim_notices, channel=Channel.MAIL)
    worker = Deliverer(
        store, StillClock(now), send, claim=claim, settle=settle, name="test", lanes=1
    )

    await worker.drain()

    assert happened == ["sent", "settled"] * 3
