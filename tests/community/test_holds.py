"""The queue: a page of what waits, found by list, rule and words, from an index."""

from datetime import datetime

import pytest
from sqlalchemy import select, text

from community import holds, moderation
from community.holds import Wanted
from community.posts import Post
from community.store import Session, Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post


@pytest.fixture
def queue(store: Store, now: datetime) -> list[int]:
    """Give seven held posts: four by strangers to one list, three by a newcomer to another."""
    ada = a_person(store)
    first, second = a_list(store, ada), a_list(store, ada, address="jobs@lists.example.org")
    strangers = [a_mail(f"eve{n}@elsewhere.example", subject=f"Offer {n}") for n in range(4)]
    hers = [a_mail(subject=f"100% lunch_{n}") for n in range(3)]
    return [a_post(store, first, mail, now=now) for mail in strangers] + [
        a_post(store, second, mail, now=now) for mail in hers
    ]


def _found(store: Store, wanted: Wanted, **paging: int) -> list[int]:
    return [card.post_id for card in store.read_sync(holds.page, wanted, **paging).posts]


def test_pages_follow_one_another_without_a_gap(store: Store, queue: list[int]) -> None:
    found: list[int] = []
    after: int | None = 0
    while after is not None:
        page = store.read_sync(holds.page, Wanted(), after=after, limit=3)
        found += [card.post_id for card in page.posts]
        assert page.count == 7
        after = page.after

    assert found == queue


def test_a_page_says_how_many_wait_by_list_and_by_rule(store: Store, queue: list[int]) -> None:
    page = store.read_sync(holds.page, Wanted(rule="newcomer"))

    assert page.by_list == {"jobs@lists.example.org": 3, "postdocs@lists.example.org": 4}
    assert page.by_rule == {"newcomer": 3, "nonmember": 4}
    assert page.count == 3


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(list_address="jobs@lists.example.org"), slice(4, 7)),
        (Wanted(rule="nonmember"), slice(0, 4)),
        (Wanted(words="OFFER 2"), slice(2, 3)),
        (Wanted(words="eve3@"), slice(3, 4)),
        (Wanted(words="100%"), slice(4, 7)),
        (Wanted(words="lunch_1"), slice(5, 6)),
        (Wanted(words="%"), slice(4, 7)),
        (Wanted(words="nothing like it"), slice(0, 0)),
    ],
)
def test_posts_are_found_by_list_rule_and_words(
    store: Store, queue: list[int], wanted: Wanted, found: slice
) -> None:
    assert _found(store, wanted) == queue[found]
    assert store.read_sync(holds.page, wanted).count == len(queue[found])


def test_what_is_decided_is_not_in_the_queue(store: Store, now: datetime, queue: list[int]) -> None:
    mona = a_moderator(store)
    store.run_sync(moderation.discard, queue[0], by=mona, now=now)

    assert _found(store, Wanted()) == queue[1:]
    assert store.read_sync(holds.count) == 6
    assert [card.post_id for card in store.read_sync(holds.first, 2)] == queue[1:3]


def test_the_queue_is_read_from_its_own_index(store: Store, queue: list[int]) -> None:
    if not store.is_sqlite:
        return  # with seven posts PostgreSQL would rather read them all

    def plan(session: Session) -> str:
        waiting = select(Post.id).where(holds.IS_WAITING).order_by(Post.id)
        sql = str(waiting.compile(session.get_bind()))
        return " ".join(row[-1] for row in session.execute(text("EXPLAIN QUERY PLAN " + sql)))

    assert "ix_post_waits" in store.read_sync(plan)


def test_a_crowd_is_counted_for_its_list(store: Store, queue: list[int]) -> None:
    crowd = store.read_sync(holds.crowd, queue[0])

    assert (crowd.list_address, crowd.waiting, crowd.everywhere) == (
        "postdocs@lists.example.org",
        4,
        7,
    )
