"""Finding posts again, on both databases alike."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, text

from community import erasure, lists, moderation, queries, searches, subscriptions
from community.people import Address
from community.searches import Found, PostStems
from community.store import Session, Store
from tests import builders

OPEN = ("newcomer_posts=0", "threads_per_day=999", "posts_per_member_per_week=999",
        "mails_per_member_per_week=9999")  # fmt: skip


@pytest.fixture
def ada(store: Store) -> int:
    return builders.a_person(store)


@pytest.fixture
def list_id(store: Store, ada: int) -> int:
    made = builders.a_list(store, ada)
    store.run_sync(lists.set_policy, made, OPEN, by=None, now=builders.EARLIER)
    return made


def a_post(store: Store, list_id: int, subject: str, text: str = "Hi", *, days: int = 0) -> int:
    """Have Ada write to the list, some days after EARLIER."""
    when = builders.EARLIER + timedelta(days=days)
    return builders.a_post(store, list_id, builders.a_mail(subject=subject, text=text), now=when)


def found(store: Store, asked: str, who: int | None, now: datetime, **page: int) -> Found:
    reader = None if who is None else builders.a_reader(store, who)
    return store.read_sync(searches.find, queries.read(asked), reader=reader, now=now, **page)


def ids(store: Store, asked: str, who: int | None, now: datetime) -> list[int]:
    return [hit.post_id for hit in found(store, asked, who, now).hits]


#: What is asked, and which posts answer, by their numbers below.
QUESTIONS: tuple[tuple[str, list[int]], ...] = (
    ("møte", [2, 1]),
    ("MOTENE", [2, 1]),
    ("moeter", [2, 1]),
    ("seminar", [3]),
    ("seminars lunch", []),
    ('"stilling ledig"', []),
    ('"ledige stillinger"', [3]),
    ('"ledige stillinger', [3]),
    ("stilling ledig", [3]),
    ("ledig-stilling", [3]),
    ("from:ada", [3, 2, 1]),
    ('from:"ada holm" møte', [2, 1]),
    ("from:bo", []),
    ("from:example", []),
    ("ask@uib.example", [1]),
    ("100 %", [1]),
    ("100%", [1]),
    ("m%te", []),
    ("m_te", []),
    ("møt*", [2, 1]),
    ("list:postdocs møte", [2, 1]),
    ("list:postdocs@lists.example.org seminar", [3]),
    ("list:others møte", []),
    ("after:2027-01-05", [3, 2]),
    ("before:2027-01-05", [1]),
    ("møte after:2027-01-05 before:2027-01-06", [2]),
    ("topic:job", [3]),
    ("tema:[Jobb] seminar", [3]),
    ("emne:event", []),
    ("quoted", []),
    ("", []),
    ("x'); DROP TABLE post; --", []),
    ("OR AND NOT", []),
    ("subject:møte NEAR(møte)", []),
)


def test_posts_are_found_by_what_is_asked(
    store: Store, ada: int, list_id: int, now: datetime
) -> None:
    posts = {
        1: a_post(store, list_id, "Hello", "Vi har møte i Bergen, 100 % gratis: ask@uib.example"),
        2: a_post(store, list_id, "Møter i høst", days=1),
        3: a_post(store, list_id, "[jobb] Ledig stilling",
                  "Seminar. Ledige stillinger her.\n> quoted", days=2),
    }  # fmt: skip

    answers = {asked: ids(store, asked, ada, now) for asked, _ in QUESTIONS}

    assert answers == {asked: [posts[number] for number in wanted] for asked, wanted in QUESTIONS}


def test_subject_counts_more_than_text_and_new_more_than_old(
    store: Store, ada: int, list_id: int, now: datetime
) -> None:
    old = a_post(store, list_id, "Parking", days=0)
    in_text = a_post(store, list_id, "Other", "parking", days=9)
    new = a_post(store, list_id, "Parking again", days=8)

    assert ids(store, "parking", ada, now) == [new, old, in_text]
    assert ids(store, "parking", ada, now + timedelta(days=365 * 60)) == [new, old, in_text]


def test_only_who_may_read_a_post_finds_it(store: Store, ada: int, now: datetime) -> None:
    bo, mona = builders.a_person(store, "Bo Lie"), builders.a_moderator(store)
    list_id = builders.a_list(store, ada)
    other = builders.a_list(store, bo, address="other@lists.example.org")
    out = a_post(store, list_id, "Secret lunch")
    store.run_sync(moderation.accept, out, by=mona, now=now)
    held = builders.a_post(store, other, builders.a_mail("bo.lie@example.org", subject="Secret"))
    gone = builders.a_post(store, list_id, builders.a_mail("x@example.net", subject="Secret"))
    store.run_sync(moderation.discard, gone, by=mona, now=now)

    seen = {who: ids(store, "secret", who, now) for who in (ada, bo, mona, None)}

    assert seen == {ada: [out], bo: [], mona: [held, out], None: [gone, held, out]}


def test_who_moderates_finds_all_of_a_person_by_any_address_and_others_by_the_one_in_the_post(
    store: Store, ada: int, list_id: int, now: datetime
) -> None:
    mona = builders.a_moderator(store)
    bo = builders.a_person(store, "Bo Lie")
    store.run_sync(subscriptions.subscribe, list_id, [bo], by=None, now=now)
    store.run_sync(
        lambda session: session.add(
            Address(person_id=ada, email="ada@home.example", is_primary=False)
        )
    )
    policy = (*OPEN, "nonmembers=forward")
    store.run_sync(lists.set_policy, list_id, policy, by=None, now=now)
    theirs = {
        email: builders.a_post(
            store, list_id, builders.a_mail(email, subject="Hello", text=words), now=now
        )
        for email, words in (
            ("Ada.Holm@example.org", "One"),
            ("ada@home.example", "Two"),
            ("bo.lie@example.org", "Ask ada.holm@example.org."),
        )
    }
    one, two, naming = theirs.values()

    def both(asked: str) -> tuple[set[int], set[int]]:
        return set(ids(store, asked, mona, now)), set(ids(store, asked, bo, now))

    assert both("from:ada.holm@EXAMPLE.org") == ({one, two}, {one})
    assert both("from:ada@home.example") == ({one, two}, {two})
    assert both("ada.holm@example.org") == ({one, two, naming}, {one, naming})
    assert both("from:ada.holm@example.org from:bo.lie@example.org") == (set(), set())
    assert both("hello from:nobody@example.org") == (set(), set())


def test_post_says_why_it_was_found(store: Store, ada: int, list_id: int, now: datetime) -> None:
    a_post(store, list_id, "Lunch <b>today</b>", "Who comes to lunch?")

    (hit,) = found(store, "lunches", ada, now).hits

    assert [(piece.text, piece.is_hit) for piece in hit.subject] == [
        ("Lunch", True),
        (" <b>today</b>", False),
    ]
    assert [piece.text for piece in hit.excerpt if piece.is_hit] == ["lunch"]
    assert (hit.author, hit.list_address) == ("ada.holm", "postdocs@lists.example.org")


def test_what_is_found_comes_in_pages(store: Store, ada: int, list_id: int, now: datetime) -> None:
    posts = [a_post(store, list_id, f"Lunch {n}") for n in range(searches.A_PAGE + 2)]

    pages = [found(store, "lunch", ada, now, number=number) for number in (1, 2, 3)]

    assert [len(page.hits) for page in pages] == [searches.A_PAGE, 2, 0]
    assert [page.has_more for page in pages] == [True, False, False]
    assert {page.count for page in pages} == {len(posts)}
    assert {hit.post_id for page in pages for hit in page.hits} == set(posts)


def test_posts_from_before_there_was_a_search_are_taken_up_once(
    store: Store, ada: int, list_id: int, now: datetime
) -> None:
    post = a_post(store, list_id, "Lunch")
    store.run_sync(lambda session: session.execute(delete(PostStems)) and None)
    before = ids(store, "lunch", ada, now)

    counts = [store.run_sync(searches.take_up) for _ in range(2)]

    assert (before, counts, ids(store, "lunch", ada, now)) == ([], [1, 0], [post])


def test_erased_person_is_not_found_by_name_and_what_was_said_still_is(
    store: Store, ada: int, now: datetime
) -> None:
    bo = builders.a_person(store, "Bo Lie")
    list_id = builders.a_list(store, ada, bo)
    store.run_sync(lists.set_policy, list_id, OPEN, by=None, now=builders.EARLIER)
    hers = a_post(store, list_id, "Cake", "Lemon")
    his = builders.a_post(
        store, list_id, builders.a_mail("bo.lie@example.org", text="Thanks, Ada Holm, for it")
    )

    store.run_sync(erasure.erase, ada, by=None, now=now)

    asked = ("ada", "holm", "from:ada", "lemon", "thanks")
    assert [ids(store, each, bo, now) for each in asked] == [[], [], [], [hers], [his]]


def test_changed_post_is_found_by_what_it_says_now(
    store: Store, ada: int, list_id: int, now: datetime
) -> None:
    from community.posts import Post

    post = a_post(store, list_id, "Lunch")

    def change(session: Session) -> None:
        session.get_one(Post, post).subject = "Dinner"
        searches.index_again(session, [post])
        searches.forget(session)

    store.run_sync(change)

    assert (ids(store, "lunch", ada, now), ids(store, "dinner", ada, now)) == ([], [post])


def test_index_of_sqlite_agrees_with_what_it_reads_from(store: Store, list_id: int) -> None:
    if not store.is_sqlite:
        return
    for n in range(3):
        a_post(store, list_id, f"Lunch {n}")

    check = "INSERT INTO post_words(post_words, rank) VALUES ('integrity-check', 1)"
    store.run_sync(lambda session: session.execute(text(check)) and None)


def test_post_of_the_future_does_not_break_the_ranking(
    store: Store, ada: int, list_id: int
) -> None:
    post = a_post(store, list_id, "Lunch")

    assert ids(store, "lunch", ada, datetime(1990, 1, 1, tzinfo=UTC)) == [post]
