"""What the rules look at: counted exactly, and from indexes alone."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from community import bans, digests, lifecycle, lists, moderation, removals, standings
from community.cases import Author, Traffic
from community.people import Role
from community.posts import GONE, Post
from community.standings import STRANGER
from community.store import Session, Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post
from tests.community.plans import plans

DAY = timedelta(days=1)
#: What makes a post leave for its readers.
OUT = ("release", "publish", "import")
ADA = "ada.holm@example.org"


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store)


@pytest.fixture
def list_id(store: Store, now: datetime, ada: int) -> int:
    made = a_list(store, ada)
    store.run_sync(lists.set_policy, made, ["newcomer_posts=0"], by=None, now=now)
    return made


def _an_author(
    store: Store, list_id: int, now: datetime, *emails: str
) -> tuple[int | None, Author]:
    found = store.read_sync(standings.before, list_id, emails, now=now)
    return found.author_id, found.author


def test_traffic_counts_threads_of_today_and_mails_of_a_week(
    store: Store, now: datetime, list_id: int
) -> None:
    a_post(store, list_id, a_mail(subject="Post 1"), now=now - 7 * DAY)
    a_post(store, list_id, a_mail(subject="Post 2"), now=now - DAY)
    third = a_post(store, list_id, a_mail(subject="Post 3"), now=now)
    answered = store.read_sync(lambda session: session.get_one(Post, third).message_id)
    a_post(store, list_id, a_mail(subject="Post 4", answers=(answered,)), now=now)
    a_post(store, list_id, a_mail("eve@elsewhere.example"), now=now)

    assert store.read_sync(standings.traffic, [list_id], now=now)[list_id] == Traffic(
        threads_today=1, mails_this_week=3
    )


def test_what_went_in_a_digest_has_cost_nothing_of_the_budget(
    store: Store, now: datetime, list_id: int
) -> None:
    store.run_sync(lists.set_policy, list_id, ["threads_per_day=0"], by=None, now=now)
    post_id = a_post(store, list_id, a_mail(), now=now)
    store.run_sync(digests.make_due, now=now)

    state = store.read_sync(lambda session: session.get_one(Post, post_id).state)
    assert state == "digested"
    assert store.read_sync(standings.traffic, [list_id], now=now)[list_id] == Traffic(
        threads_today=0, mails_this_week=0
    )
    assert _an_author(store, list_id, now, ADA)[1].threads_this_week == 1


def test_a_post_in_its_grace_counts_as_sent(store: Store, now: datetime, list_id: int) -> None:
    store.run_sync(lists.set_policy, list_id, ["grace_seconds=120"], by=None, now=now)

    a_post(store, list_id, a_mail(), now=now)

    counted = store.read_sync(standings.traffic, [list_id], now=now)[list_id]
    assert counted == Traffic(threads_today=1, mails_this_week=1)
    assert _an_author(store, list_id, now, ADA)[1].accepted_posts == 1


def test_a_held_post_counts_from_its_release(store: Store, now: datetime, list_id: int) -> None:
    mona = a_moderator(store)
    post_id = a_post(store, list_id, a_mail("eve@elsewhere.example"), now=now - 9 * DAY)

    store.run_sync(moderation.accept, post_id, by=mona, now=now)

    counted = store.read_sync(standings.traffic, [list_id], now=now)[list_id]
    assert counted == Traffic(threads_today=1, mails_this_week=1)


def test_an_author_is_known_by_any_address_and_by_one_only(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    mona = a_moderator(store)
    for days in (8, 3, 1):
        a_post(store, list_id, a_mail(subject=f"{days} days ago"), now=now - days * DAY)

    assert _an_author(store, list_id, now, "Ada.Holm@example.org") == (
        ada,
        Author(is_subscriber=True, is_moderator=False, accepted_posts=3, threads_this_week=2),
    )
    assert _an_author(store, list_id, now, "mona.vik@example.org") == (
        mona,
        Author(is_subscriber=False, is_moderator=True, accepted_posts=0),
    )
    assert _an_author(store, list_id, now, ADA, "mona.vik@example.org") == (None, STRANGER)
    assert _an_author(store, list_id, now, "eve@elsewhere.example") == (None, STRANGER)
    assert _an_author(store, list_id, now) == (None, STRANGER)


def test_no_post_is_read_to_be_counted(store: Store, now: datetime, list_id: int) -> None:
    if not store.is_sqlite:
        return  # PostgreSQL reads a small table whole, whatever its indexes

    def plan(session: Session, statement: str) -> list[str]:
        return [row.detail for row in session.execute(text(f"EXPLAIN QUERY PLAN {statement}"))]

    def counted(session: Session) -> list[str]:
        literal = {"literal_binds": True}
        values = {"of_list": 1, "email": ADA, "midnight": now, "week_ago": now}
        values |= {"said": "a", "lately": now, "names": bans.names([ADA])}
        asked = standings.standing("sqlite").params(values)
        written = str(asked.compile(session.connection(), compile_kwargs=literal))
        return [line for line in plan(session, written) if " post " in line]

    searches = store.read_sync(counted)

    assert len(searches) == 11
    assert [line for line in searches if "SEARCH post USING" not in line] == []
    assert [line.count("COVERING INDEX") for line in searches] == [1] * 11
    used = {line.partition("COVERING INDEX ")[2].partition(" ")[0] for line in searches}
    by_author, by_list = "ix_post_author_id_list_id", "ix_post_list_id_released_at"
    assert used == {by_author, by_list, "ix_post_said", "ix_post_on_its_way"}
    narrow = ("AND released_at", "state=?", "said=?", "ix_post_on_its_way")
    assert [line for line in searches if not any(words in line for words in narrow)] == []


def test_what_is_in_its_grace_is_counted_from_its_own_index(
    store: Store, now: datetime, list_id: int
) -> None:
    found = plans(store, standings.before, list_id, [ADA], now=now)

    assert "Index Only Scan using ix_post_on_its_way" in found or store.is_sqlite
    assert found.count("ix_post_on_its_way") >= 2, found


def test_what_one_person_wrote_is_found_at_once(store: Store) -> None:
    def by_author(session: Session) -> None:
        session.execute(select(Post.id).where(Post.author_id == 1)).all()

    assert "ix_post_author_id_list_id" in plans(store, by_author)


def test_what_was_released_stays_in_the_states_that_are_counted() -> None:
    moves = lifecycle.LIVES["post"].moves
    reached = {state for (_, event), state in moves.items() if event in OUT}
    while (more := {to for (state, _), to in moves.items() if state in reached}) - reached:
        reached |= more

    assert reached == set(GONE)


def test_a_post_that_was_removed_counts_for_its_author(
    store: Store, now: datetime, list_id: int
) -> None:
    mona = a_moderator(store)
    first, second = (a_post(store, list_id, a_mail(subject=f"Post {n}"), now=now) for n in (1, 2))
    for post_id, days in ((first, 0), (second, 8)):
        removed = now + timedelta(days=days)
        store.run_sync(removals.remove, post_id, by=mona, now=removed)

    counts = [_an_author(store, list_id, now + days * DAY, ADA)[1] for days in (1, 8)]
    assert [(each.accepted_posts, each.threads_this_week) for each in counts] == [(2, 2), (2, 0)]


def test_a_mentor_is_who_is_nothing_besides(store: Store, now: datetime, list_id: int) -> None:
    roles = ((Role.MENTOR,), (Role.MENTOR, Role.ALUMNUS), (Role.MENTOR, Role.MEMBER), (Role.GUEST,))
    found = []
    for number, theirs in enumerate(roles):
        a_person(store, f"Nils No{number}", roles=theirs)
        found.append(_an_author(store, list_id, now, f"nils.no{number}@example.org")[1].is_mentor)

    assert found == [True, True, False, False]
