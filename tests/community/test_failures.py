"""What did not go out: seen by reason, tried again or dropped, by administrators alone."""

from datetime import datetime

import pytest
from sqlalchemy import update

from community import failures, journal, moderation, outbox, setting_aside
from community.cases import Decision
from community.due import MOST_FAULTS, Work
from community.errors import Refusal
from community.outbox import Channel, Delivery, Notice
from community.people import Role
from community.posts import Post
from community.store import Session, Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, deliveries, notices
from tests.community.plans import plans

BROKE = "internal fault: KeyError (reference ab12cd34)"
AGAIN = "It has not failed (any more): look again."
ASIDE = "No copy of this post is set aside (any more)."


@pytest.fixture
def rita(store: Store) -> int:
    return a_person(store, "Rita Moe", roles=(Role.ADMIN,))


@pytest.fixture
def post(store: Store, now: datetime) -> int:
    """Give a post whose copies to three people are on their way."""
    people = [a_person(store, name) for name in ("Ada Holm", "Bo Lie", "Cleo Marin")]
    made = a_post(store, a_list(store, *people), a_mail())
    mona = a_moderator(store)
    store.run_sync(moderation.decide, made, Decision.ACCEPT, by=mona, now=now)
    return made


def _set_aside(store: Store, post_id: int, now: datetime) -> None:
    """Set a post aside as a process does that could not prepare it three times."""

    def act(session: Session) -> None:
        session.get_one(Post, post_id).preparations = MOST_FAULTS
        setting_aside.set_aside(session, post_id, why=BROKE, now=now)

    store.run_sync(act)


def _fail(store: Store, model: type[Notice | Delivery], row_id: int, now: datetime) -> None:
    ended = update(model).where(model.id == row_id)
    ended = ended.values(state=Work.FAILED, next_at=None, settled_at=now, last_error="550 no")
    store.run_sync(lambda session: session.execute(ended) and None)


def _refusal(store: Store, act: object, what: object, *, by: int, now: datetime) -> str:
    with pytest.raises(Refusal) as refused:
        store.run_sync(act, what, by=by, now=now)  # type: ignore[arg-type]  # any act of failures
    return str(refused.value)


def _states(store: Store, post_id: int) -> set[tuple[str, datetime | None]]:
    return {(row.state, row.next_at) for row in deliveries(store, post_id)}


def test_a_post_that_was_set_aside_is_one_item(store: Store, now: datetime, post: int) -> None:
    _set_aside(store, post, now)

    assert store.read_sync(failures.set_aside) == [
        failures.SetAside(
            post_id=post,
            list_address="postdocs@lists.example.org",
            subject="Lunch",
            since=now,
            copies=3,
            reason=BROKE,
        )
    ]
    assert store.read_sync(failures.failed, now=now) == []


def test_a_copy_that_the_relay_refused_is_a_row_with_its_answer(
    store: Store, now: datetime, post: int
) -> None:
    copy = deliveries(store, post)[1]
    _fail(store, Delivery, copy.id, now)

    [row] = store.read_sync(failures.failed, now=now)

    assert (row.ref, row.whom, row.when, row.last_error) == (
        f"delivery:{copy.id}",
        "Bo Lie",
        now,
        "550 no",
    )
    assert store.read_sync(failures.set_aside) == []


def test_retry_post_has_all_its_copies_tried_again_once(
    store: Store, now: datetime, post: int, rita: int
) -> None:
    _set_aside(store, post, now)

    assert store.run_sync(failures.retry_post, post, by=rita, now=now) == 3

    assert _states(store, post) == {("due", now)}
    assert store.read_sync(lambda s: s.get_one(Post, post).preparations) == 0
    last = store.read_sync(journal.of, "post", post)[-1]
    assert (last.event, last.person_id) == ("post.retry", rita)
    assert _refusal(store, failures.retry_post, post, by=rita, now=now) == ASIDE


def test_drop_post_ends_all_its_copies_and_keeps_why(
    store: Store, now: datetime, post: int, rita: int
) -> None:
    _set_aside(store, post, now)

    assert store.run_sync(failures.drop_post, post, by=rita, now=now) == 3

    assert _states(store, post) == {("cancelled", None)}
    assert {row.last_error for row in deliveries(store, post)} == {BROKE}
    assert store.read_sync(failures.set_aside) == []
    assert _refusal(store, failures.drop_post, post, by=rita, now=now) == ASIDE


def test_what_goes_its_way_is_not_touched_with_its_post(
    store: Store, now: datetime, post: int, rita: int
) -> None:
    assert _refusal(store, failures.retry_post, post, by=rita, now=now) == ASIDE
    assert _refusal(store, failures.drop_post, post, by=rita, now=now) == ASIDE
    assert {state for state, _ in _states(store, post)} == {"due"}


def test_a_notice_is_tried_again_or_dropped(store: Store, now: datetime, rita: int) -> None:
    for kind in ("post.wait", "post.return"):
        store.run_sync(outbox.put, kind, 1, rita, channel=Channel.MAIL, now=now)
    first, second = (f"notice:{row.id}" for row in notices(store))
    for row in notices(store):
        _fail(store, Notice, row.id, now)

    store.run_sync(failures.retry, first, by=rita, now=now)
    store.run_sync(failures.drop, second, by=rita, now=now)

    assert [(row.state, row.last_error) for row in notices(store)] == [
        ("due", "550 no"),
        ("cancelled", "550 no"),
    ]
    events = [store.read_sync(journal.of, "notice", row.id)[0].event for row in notices(store)]
    assert events == ["notice.retry", "notice.drop"]
    assert [_refusal(store, failures.drop, ref, by=rita, now=now) for ref in (first, second)] == [
        AGAIN,
        AGAIN,
    ]


@pytest.mark.parametrize("ref", ["", "step:1", "notice:x", "notice:99", "delivery:-1", "person:1"])
def test_drop_refuses_what_has_not_failed(store: Store, now: datetime, rita: int, ref: str) -> None:
    assert _refusal(store, failures.drop, ref, by=rita, now=now) == AGAIN


@pytest.mark.parametrize(
    ("act", "what"),
    [
        (failures.retry, "notice:1"),
        (failures.drop, "notice:1"),
        (failures.retry_post, 1),
        (failures.drop_post, 1),
    ],
)
def test_only_administrators_do_so(store: Store, now: datetime, act: object, what: object) -> None:
    mona = a_moderator(store)

    assert _refusal(store, act, what, by=mona, now=now) == "Only an administrator can do this."


def test_what_failed_is_found_without_reading_what_did_not(store: Store, now: datetime) -> None:
    found = plans(store, failures.failed, now=now)

    assert "ix_notice_failed" in found
    assert "ix_delivery_failed" in found
    assert ("SCAN notice USING INDEX ix_notice_failed" in found) is store.is_sqlite
