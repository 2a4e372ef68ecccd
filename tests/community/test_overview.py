from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, update

from community import due, expectations, moderation, outbox, overview, reasons, schedules, steps
from community.cases import Decision
from community.due import Outcome, Work
from community.errors import Refusal
from community.outbox import Channel, Delivery, Notice
from community.overview import DueItem
from community.people import Role
from community.steps import Step
from community.store import Session, Store
from letters.kinds import KINDS
from scheduler.jobs import JOBS, STEPS
from tests.builders import (
    EARLIER,
    NEXT_WEEK,
    a_coordinator,
    a_list,
    a_mail,
    a_meetup,
    a_moderator,
    a_person,
    a_post,
    notices,
)

MINUTE = timedelta(minutes=1)


def what_is_due(store: Store, now: datetime) -> list[DueItem]:
    return store.read_sync(overview.due, now=now)


def what_waits(store: Store, now: datetime) -> list[DueItem]:
    return store.read_sync(overview.outbox, now=now)


def a_notice(store: Store, person: int, *, now: datetime) -> int:
    """Put one notice and claim it, as a worker does."""
    store.run_sync(outbox.put, "post.wait", 1, person, channel=Channel.MAIL, now=now)
    return notices(store)[-1].id


def claim(store: Store, model: type[Notice | Step], now: datetime) -> None:
    store.run_sync(due.claim, model, now=now, limit=9, lease=10 * MINUTE, by="a")


def settle(store: Store, row_id: int, state: Work, words: str | None, now: datetime) -> None:
    again = now + MINUTE if state is Work.DUE else None
    outcome = Outcome(row_id=row_id, fence=1, state=state, words=words, again_at=again)
    store.run_sync(due.settle, Notice, [outcome], now=now)


def test_every_notice_step_and_schedule_has_a_reason_of_its_own() -> None:
    known = {*KINDS, *STEPS, *(job.name for job in JOBS), reasons.DELIVER}

    assert known - set(reasons.WHY) == set()
    assert set(reasons.WHY) - known == set()
    assert reasons.why("nothing.known") == reasons.UNKNOWN


def test_due_says_what_comes_when_for_whom_and_why(store: Store, now: datetime) -> None:
    ada, bo = a_person(store, fields=("1.2",)), a_person(store, "Bo Li", fields=("1.2",))
    a_meetup(store, ada, topic="Tea")
    store.run_sync(schedules.ensure, "digest", next_at=now + MINUTE)

    found = what_is_due(store, now)

    assert [
        (item.ref.partition(":")[0], item.what, item.about, item.title, item.whom, item.people)
        for item in found
    ] == [
        ("notice", "meetup.invite", "meetup 1", "Tea", "Ada Holm", 1),
        ("notice", "meetup.propose", "meetup 1", "Tea", "Bo Li", 1),
        ("schedule", "digest", "", "", "", 0),
        ("step", "meetup.end", "meetup 1", "Tea", "", 0),
    ]
    assert [item.when for item in found] == [
        EARLIER,
        EARLIER,
        now + MINUTE,
        NEXT_WEEK + 60 * MINUTE,
    ]
    assert [item.channel for item in found] == ["mail", "mail", "", ""]
    assert found[1].why == "A meetup was proposed in this person’s field or one close to it."
    assert bo == notices(store, "meetup.propose")[0].person_id


def test_due_counts_what_waits_together(store: Store, now: datetime) -> None:
    ada = a_person(store, fields=("1.2",))
    for number in range(3):
        a_person(store, f"Bo Li {number}", fields=("1.2",))
    a_meetup(store, ada)

    together = [item for item in what_is_due(store, now) if item.what == "meetup.propose"]

    assert [(item.people, item.whom) for item in together] == [(3, "")]


def test_due_has_one_item_for_a_post_on_its_way(store: Store, now: datetime) -> None:
    ada, bo, mona = a_person(store), a_person(store, "Bo Li"), a_moderator(store)
    post = a_post(store, a_list(store, ada, bo), a_mail())
    store.run_sync(moderation.decide, post, Decision.ACCEPT, by=mona, now=now)

    (item,) = [item for item in what_is_due(store, now) if item.what == reasons.DELIVER]

    assert (item.about, item.title, item.people, item.when) == (f"post {post}", "", 2, now)
    assert item.why == "The post was released to everybody on the list."


def test_due_names_the_pair_of_a_mentorship(store: Store, now: datetime) -> None:
    ada, kari = a_person(store), a_coordinator(store)
    mentor = a_person(store, "Eva Ås", roles=(Role.MENTOR,))
    store.run_sync(expectations.begin, postdoc_id=ada, mentor_id=mentor, by=kari, now=now)

    titles = {item.title for item in what_is_due(store, now) if item.what == "mentorship.nudge"}

    assert titles == {"Ada Holm – Eva Ås"}


def test_due_is_cut_at_the_limit_the_next_first(store: Store, now: datetime) -> None:
    ada = a_person(store)
    for number in range(3):
        a_meetup(store, ada, topic=f"Tea {number}", now=EARLIER + number * MINUTE)

    found = store.read_sync(overview.due, now=now, limit=2)

    assert [item.title for item in found] == ["Tea 0", "Tea 1"]


@pytest.mark.parametrize("count", [1, 3])
def test_due_asks_as_often_however_much_is_due(store: Store, now: datetime, count: int) -> None:
    ada = a_person(store)
    for number in range(count):
        a_meetup(store, ada, topic=f"Tea {number}", now=EARLIER + number * MINUTE)

    def statements(session: Session) -> int:
        seen: list[str] = []
        event.listen(
            session.get_bind(), "before_cursor_execute", lambda *call: seen.append(call[2])
        )
        overview.due(session, now=now)
        return len([statement for statement in seen if not statement.startswith("BEGIN")])

    assert store.read_sync(statements) == 7


def test_outbox_has_what_waits_and_what_failed_with_its_reason(store: Store, now: datetime) -> None:
    ada, bo = a_person(store), a_person(store, "Bo Li")
    failed = a_notice(store, ada, now=now)
    claim(store, Notice, now)
    settle(store, failed, Work.FAILED, "550 no such user", now)
    waits = a_notice(store, bo, now=now)

    found = what_waits(store, now)

    assert [
        (item.ref, item.state, item.whom, item.attempts, item.last_error, item.in_doubt)
        for item in found
    ] == [
        (f"notice:{failed}", "failed", "Ada Holm", 1, "550 no such user", False),
        (f"notice:{waits}", "due", "Bo Li", 0, None, False),
    ]


def test_outbox_does_not_show_what_is_done_or_needless(store: Store, now: datetime) -> None:
    for state, name in ((Work.DONE, "Ada Holm"), (Work.CANCELLED, "Bo Li")):
        row = a_notice(store, a_person(store, name), now=now)
        claim(store, Notice, now)
        settle(store, row, state, None, now)

    assert what_waits(store, now) == []


def test_outbox_marks_what_may_have_gone_out(store: Store, now: datetime) -> None:
    row = a_notice(store, a_person(store), now=now)
    claim(store, Notice, now)

    assert [item.in_doubt for item in what_waits(store, now)] == [False]  # being sent
    assert [item.in_doubt for item in what_waits(store, now + 11 * MINUTE)] == [True]  # it died

    settle(store, row, Work.DUE, "in doubt: no answer in time", now)

    assert [item.in_doubt for item in what_waits(store, now)] == [True]


def test_outbox_shows_what_was_cancelled_while_it_was_being_sent(
    store: Store, now: datetime
) -> None:
    a_notice(store, a_person(store), now=now)
    claim(store, Notice, now)
    store.run_sync(due.cancel, Notice, now=now, why="erased")

    (item,) = what_waits(store, now)

    assert (item.state, item.last_error, item.in_doubt) == ("cancelled", "erased", True)


def test_outbox_shows_steps_that_raised(store: Store, now: datetime) -> None:
    store.run_sync(steps.plan, "meetup.end", 1, due_at=now)
    assert what_waits(store, now) == []

    def read(session: Session) -> int:
        return session.query(Step).one().id

    store.run_sync(steps.push_on, store.read_sync(read), error="KeyError", now=now)

    assert [(item.what, item.last_error) for item in what_waits(store, now)] == [
        ("meetup.end", "KeyError")
    ]


@pytest.mark.parametrize("state", [Work.FAILED, Work.DUE])
def test_retry_makes_a_row_due_at_once(store: Store, now: datetime, state: Work) -> None:
    row = a_notice(store, a_person(store), now=now)
    claim(store, Notice, now)
    settle(store, row, state, "451 later", now)

    store.run_sync(overview.retry, f"notice:{row}", now=now)

    (notice,) = notices(store)
    assert (notice.state, notice.next_at, notice.settled_at) == ("due", now, None)
    assert (notice.attempts, notice.last_error) == (1, "451 later")


def test_retry_takes_deliveries_and_steps(store: Store, now: datetime) -> None:
    ada, mona = a_person(store), a_moderator(store)
    post = a_post(store, a_list(store, ada), a_mail())
    store.run_sync(moderation.decide, post, Decision.ACCEPT, by=mona, now=now)
    store.run_sync(steps.plan, "meetup.end", 1, due_at=now + MINUTE)

    def fail(session: Session) -> None:
        for model in (Delivery, Step):
            failed = update(model).values(state=Work.FAILED, next_at=None, settled_at=now)
            session.execute(failed.where(model.state == Work.DUE))

    store.run_sync(fail)
    failed = [item.ref for item in what_waits(store, now) if item.state == Work.FAILED]
    assert {ref.partition(":")[0] for ref in failed} == {"delivery", "step"}

    for ref in failed:
        store.run_sync(overview.retry, ref, now=now)

    again = {item.ref: (item.state, item.when) for item in what_is_due(store, now)}
    assert {again[ref] for ref in failed} == {(Work.DUE, now)}


@pytest.mark.parametrize("ref", ["", "notice", "notice:", "notice:x", "notice:-1", "notice:²", "a"])
def test_retry_refuses_what_is_no_id(store: Store, now: datetime, ref: str) -> None:
    with pytest.raises(Refusal) as refusal:
        store.run_sync(overview.retry, ref, now=now)

    assert str(refusal.value) == (
        f"“{ref}” is no id. Ids look like notice:12, delivery:7 or step:3."
    )


@pytest.mark.parametrize("ref", ["notice:99", "delivery:99", "step:99", "post:1"])
def test_retry_refuses_what_is_not_there(store: Store, now: datetime, ref: str) -> None:
    with pytest.raises(Refusal) as refusal:
        store.run_sync(overview.retry, ref, now=now)

    assert str(refusal.value) == f"There is no {ref}. “samband outbox” shows what there is."


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (Work.DONE, "notice:1 is done; trying it again would do it twice."),
        (Work.CANCELLED, "notice:1 was cancelled (no longer applies)."),
    ],
)
def test_retry_refuses_what_is_settled_for_good(
    store: Store, now: datetime, state: Work, words: str
) -> None:
    row = a_notice(store, a_person(store), now=now)
    claim(store, Notice, now)
    settle(store, row, state, "no longer applies", now)

    with pytest.raises(Refusal) as refusal:
        store.run_sync(overview.retry, f"notice:{row}", now=now)

    assert str(refusal.value) == words


def test_retry_refuses_what_is_being_tried(store: Store, now: datetime) -> None:
    row = a_notice(store, a_person(store), now=now)
    claim(store, Notice, now)

    with pytest.raises(Refusal) as refusal:
        store.run_sync(overview.retry, f"notice:{row}", now=now)

    assert refusal.value.facts == {"ref": f"notice:{row}", "when": now + 10 * MINUTE}
