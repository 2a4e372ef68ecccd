"""Many decisions at once: marked posts in one transaction, all that fit twenty at a time."""

from datetime import datetime

import pytest
from sqlalchemy import event, func, select

from community import bulks, erasure, holds, journal, moderation
from community.bulks import Bulk
from community.cases import Decision
from community.errors import Refusal
from community.holds import Wanted
from community.posts import Post
from community.store import Session, Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, notices, planned


@pytest.fixture
def mona(store: Store) -> int:
    return a_moderator(store, slack_id="U1")


@pytest.fixture
def list_id(store: Store) -> int:
    return a_list(store, a_person(store))


def _posts(store: Store, list_id: int, count: int, now: datetime) -> list[int]:
    mails = [a_mail("eve@elsewhere.example", subject=f"Offer {n}") for n in range(count)]
    return [a_post(store, list_id, mail, now=now) for mail in mails]


def _states(store: Store) -> dict[str, int]:
    query = select(Post.state, func.count()).group_by(Post.state)
    return store.read_sync(lambda session: dict(session.execute(query).all()))


def _bulk(store: Store, bulk_id: int) -> Bulk:
    return store.read_sync(lambda session: session.get_one(Bulk, bulk_id))


def _carry_out(store: Store, bulk_id: int, now: datetime) -> None:
    """Take the steps of a bulk decision until none is left."""
    for _ in range(9):
        store.run_sync(bulks.carry_out, bulk_id, detail="", due_at=now, now=now)


def test_marked_posts_are_decided_and_those_of_others_stay(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    jon = a_moderator(store, "Jon Vik")
    posts = _posts(store, list_id, 3, now)
    store.run_sync(moderation.digest, posts[0], by=jon, now=now)

    counted = store.run_sync(bulks.decide, posts, Decision.DISCARD, by=mona, now=now)

    assert (counted.done, counted.late) == (2, 1)
    assert _states(store) == {"queued": 1, "discarded": 2}


def test_what_came_back_is_decided_again_beside_what_never_was(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    first, second = posts = _posts(store, list_id, 2, now)
    store.run_sync(moderation.discard, first, by=mona, now=now)
    store.run_sync(moderation.reopen, first, by=mona, now=now)

    counted = store.run_sync(bulks.decide, posts, Decision.DISCARD, by=mona, now=now)

    assert (counted.done, counted.late) == (2, 0)
    lives = [store.read_sync(journal.of, "post", post_id) for post_id in posts]
    assert [(each.event, each.person_id, each.old, each.new) for each in lives[1]] == [
        ("post.hold", None, None, "held"),
        ("post.discard", mona, "held", "discarded"),
    ]
    assert [each.event for each in lives[0]][1:] == ["post.discard", "post.reopen", "post.discard"]
    last = {each.object_id: each.detail for each in notices(store, "post.hold") if each.replaces_id}
    assert last == {first: "decided2", second: "decided"}
    assert {step.state for step in planned(store, "post.expire")} == {"cancelled"}


def test_more_posts_ask_no_more(store: Store, now: datetime, list_id: int, mona: int) -> None:
    posts = _posts(store, list_id, 5, now)

    def statements(session: Session, some: list[int]) -> int:
        seen: list[str] = []
        event.listen(
            session.get_bind(), "before_cursor_execute", lambda *call: seen.append(call[2])
        )
        bulks.decide(session, some, Decision.DISCARD, by=mona, now=now)
        return len(seen)

    one = store.run_sync(statements, posts[:1])
    assert store.run_sync(statements, posts[1:]) == one


@pytest.mark.parametrize(
    ("decision", "marked", "words"),
    [
        (Decision.RETURN, True, "Return each post by itself, with its reason."),
        (Decision.DISCARD, False, "Mark the posts first."),
    ],
)
def test_what_is_not_for_many_is_refused(
    store: Store,
    now: datetime,
    list_id: int,
    mona: int,
    decision: Decision,
    marked: bool,
    words: str,
) -> None:
    posts = _posts(store, list_id, 1, now) if marked else []

    with pytest.raises(Refusal, match=words):
        store.run_sync(bulks.decide, posts, decision, by=mona, now=now)


def test_only_a_moderator_decides_about_many(store: Store, now: datetime, list_id: int) -> None:
    posts = _posts(store, list_id, 1, now)
    somebody = a_person(store, "Bo Li")

    with pytest.raises(Refusal, match="moderator"):
        store.run_sync(bulks.decide, posts, Decision.DISCARD, by=somebody, now=now)
    with pytest.raises(Refusal, match="moderator"):
        store.run_sync(bulks.decide_all, Wanted(), Decision.DISCARD, by=somebody, now=now)


def test_all_that_fit_are_decided_and_nothing_that_came_later(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    _posts(store, list_id, 3, now)
    other = a_post(store, list_id, a_mail("bo@elsewhere.example", subject="Lunch"), now=now)
    wanted = Wanted(words="offer", rule="nonmember", list_address="postdocs@lists.example.org")

    bulk = store.run_sync(bulks.decide_all, wanted, Decision.DISCARD, by=mona, now=now)
    later = a_post(store, list_id, a_mail("bo@elsewhere.example", subject="Offer!"), now=now)
    _carry_out(store, bulk.id, now)

    done = _bulk(store, bulk.id)
    assert (done.count, done.done, done.late, done.ended_at) == (3, 3, 0, now)
    waiting = [card.post_id for card in store.read_sync(holds.first, 9)]
    assert waiting == [other, later]


def test_a_step_takes_twenty_and_plans_the_next(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    posts = _posts(store, list_id, bulks.CHUNK + 1, now)
    bulk = store.run_sync(bulks.decide_all, Wanted(), Decision.DISCARD, by=mona, now=now)

    store.run_sync(bulks.carry_out, bulk.id, detail="", due_at=now, now=now)

    assert _states(store) == {"discarded": bulks.CHUNK, "held": 1}
    assert [step.detail for step in planned(store, "bulk.carry_out")] == ["", str(posts[-2])]
    _carry_out(store, bulk.id, now)
    assert _states(store) == {"discarded": bulks.CHUNK + 1}


def test_who_moderates_no_longer_decides_no_more(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    _posts(store, list_id, 2, now)
    bulk = store.run_sync(bulks.decide_all, Wanted(), Decision.DISCARD, by=mona, now=now)

    def take_away(session: Session) -> None:
        session.connection().exec_driver_sql("DELETE FROM person_role")

    store.run_sync(take_away)
    _carry_out(store, bulk.id, now)

    assert (_states(store), _bulk(store, bulk.id).ended_at) == ({"held": 2}, now)


def test_nothing_is_decided_for_who_was_erased(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    _posts(store, list_id, 1, now)
    bulk = store.run_sync(bulks.decide_all, Wanted(), Decision.DISCARD, by=mona, now=now)
    a_moderator(store, "Mats Vik")  # the last one could not go
    store.run_sync(erasure.erase, mona, by=None, now=now)

    store.run_sync(bulks.carry_out, bulk.id, detail="", due_at=now, now=now)

    assert _states(store) == {"held": 1}


def test_nothing_that_fits_is_refused_and_others_do_not_see_it(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    with pytest.raises(Refusal, match="No post that waits fits"):
        store.run_sync(bulks.decide_all, Wanted(words="x"), Decision.DISCARD, by=mona, now=now)

    _posts(store, list_id, 1, now)
    bulk = store.run_sync(bulks.decide_all, Wanted(), Decision.DISCARD, by=mona, now=now)
    assert store.read_sync(bulks.of_person, bulk.id, reader_id=mona + 1) is None
    assert store.read_sync(bulks.of_person, bulk.id, reader_id=mona) is not None


def test_a_bulk_is_forgotten_a_month_after_its_end_and_never_before(
    store: Store, mona: int, list_id: int, now: datetime
) -> None:
    def act(session: Session) -> None:
        for ended_at in (now - bulks.KEPT_FOR, now, None):
            fields = {"list_address": "", "rule": "", "words": "", "until_id": 1, "count": 1}
            long_ago = now - 2 * bulks.KEPT_FOR
            session.add(
                Bulk(
                    person_id=mona,
                    decision="discard",
                    made_at=long_ago,
                    ended_at=ended_at,
                    **fields,
                )
            )

    store.run_sync(act)

    store.run_sync(bulks.forget_old, now=now)

    left = store.read_sync(lambda session: session.scalars(select(Bulk.ended_at)).all())
    assert set(left) == {now, None}
