"""Mails that come together are judged as if they had come one by one, and kept together."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from sqlalchemy import event, select

from community import journal, lists, mailbags, subscriptions
from community.errors import Refusal
from community.mailbags import Handed
from community.posts import Post, PostSource
from community.received import Received
from community.repeats import LATELY
from community.store import Session, Store
from tests.builders import a_list, a_mail, a_moderator, a_person, notices, planned

ADA = "ada.holm@example.org"
BO = "bo.li@example.org"


@pytest.fixture
def list_id(store: Store) -> int:
    return a_list(store, a_person(store), a_person(store, "Bo Li"))


def _policy(store: Store, list_id: int, now: datetime, *changes: str) -> None:
    store.run_sync(lists.set_policy, list_id, changes, by=None, now=now)


def _take(store: Store, now: datetime, list_id: int, *mails: Received) -> Sequence[Refusal | None]:
    handed = [Handed([list_id], mail) for mail in mails]
    return store.run_sync(mailbags.receive_all, handed, now=now)


def _posts(store: Store) -> list[Post]:
    return store.read_sync(lambda session: list(session.scalars(select(Post).order_by(Post.id))))


def test_what_is_held_is_kept_with_all_that_belongs_to_it(
    store: Store, now: datetime, list_id: int
) -> None:
    a_moderator(store)
    mails = [a_mail(ADA, subject="One"), a_mail(BO, subject="Two"), a_mail(ADA, subject="Three")]

    refused = _take(store, now, list_id, *mails)

    assert refused == [None] * 3
    posts = _posts(store)
    assert [(post.subject, post.state, post.author_id) for post in posts] == [
        ("One", "held", 1),
        ("Two", "held", 2),
        ("Three", "held", 1),
    ]
    assert len({post.thread_id for post in posts}) == 3
    sources = store.read_sync(
        lambda session: [session.get_one(PostSource, post.id).raw for post in posts]
    )
    assert sources == [mail.raw for mail in mails]
    due = [(step.object_id, step.due_at) for step in planned(store, "post.expire")]
    assert due == [(post.id, post.deadline_at) for post in posts]
    told = [(n.object_id, n.person_id) for n in notices(store, "post.wait")]
    assert told == [(post.id, post.author_id) for post in posts]
    lives = store.read_sync(
        lambda session: [
            [(e.event, e.old, e.new, e.at) for e in journal.of(session, "post", post.id)]
            for post in posts
        ]
    )
    assert lives == [[("post.hold", None, "held", now)]] * 3


def test_the_same_mail_twice_in_a_bag_is_one_post(
    store: Store, now: datetime, list_id: int
) -> None:
    refused = _take(store, now, list_id, a_mail(ADA), a_mail(ADA))

    assert refused == [None, None]
    assert len(_posts(store)) == 1


def test_an_answer_in_the_bag_of_what_it_answers_is_in_its_thread(
    store: Store, now: datetime, list_id: int
) -> None:
    first = a_mail(ADA, subject="Lunch")
    answer = a_mail(BO, subject="Re: Lunch", answers=(first.message_id,))

    _take(store, now, list_id, first, answer)

    lunch, reply = _posts(store)
    assert reply.thread_id == lunch.thread_id


def test_a_budget_holds_within_a_bag(store: Store, now: datetime, list_id: int) -> None:
    _policy(store, list_id, now, "newcomer_posts=0", "threads_per_day=2")
    mails = [a_mail(ADA, subject=word) for word in ("one", "two", "three")]

    _take(store, now, list_id, *mails)

    assert [post.rule for post in _posts(store)] == ["accepted", "accepted", "budget"]


def test_what_repeats_itself_waits_from_the_third_on_also_within_a_bag(
    store: Store, now: datetime, list_id: int
) -> None:
    _policy(store, list_id, now, "newcomer_posts=0", "threads_per_day=99")
    said = "I am away until Monday and read no mail."
    mails = [a_mail((ADA, BO)[n % 2], subject=f"{n}", text=said + " " * n) for n in range(3)]

    _take(store, now, list_id, *mails)
    _take(store, now, list_id, a_mail(ADA, subject="4", text=f"{said.upper()}\n\n> Lunch?"))
    _take(store, now + LATELY, list_id, a_mail(ADA, subject="later", text=said))
    short = [a_mail(ADA, subject=f"short {n}", text=said[:-1]) for n in range(3)]
    _take(store, now + 2 * LATELY, list_id, *short)

    rules = [post.rule for post in _posts(store)]
    assert rules == ["accepted"] * 2 + ["repeated"] * 2 + ["accepted"] * 4


def test_what_waits_in_a_bag_is_counted_too(store: Store, now: datetime, list_id: int) -> None:
    said = "I am away until Monday and read no mail."
    _policy(store, list_id, now, "nonmembers=hold", "emergency=on")
    mails = [a_mail(ADA, subject=f"{n}", text=said) for n in range(3)]

    _take(store, now, list_id, *mails)

    assert [post.judgement["seen"]["repeats"] for post in _posts(store)] == [0, 1, 2]


def test_a_newcomers_second_post_sees_the_first_in_the_same_bag(
    store: Store, now: datetime, list_id: int
) -> None:
    a_moderator(store, "Ada Moen")
    _policy(store, list_id, now, "newcomer_posts=1", "posts_per_member_per_week=1")
    store.run_sync(subscriptions.subscribe, list_id, [3], by=None, now=now)
    own = [a_mail("ada.moen@example.org", subject=word) for word in ("a", "b")]

    _take(store, now, list_id, a_mail(ADA, subject="held"), *own, a_mail(BO, subject="held too"))

    assert [(post.rule, post.state) for post in _posts(store)] == [
        ("newcomer", "held"),
        ("accepted", "released"),
        ("accepted", "released"),
        ("newcomer", "held"),
    ]


def test_a_refused_mail_leaves_the_others_alone(store: Store, now: datetime, list_id: int) -> None:
    _policy(store, list_id, now, "nonmembers=reject")
    stranger = a_mail("stranger@example.com")

    first, refused, last = _take(
        store, now, list_id, a_mail(ADA, subject="One"), stranger, a_mail(BO, subject="Two")
    )

    assert (first, last) == (None, None)
    assert isinstance(refused, Refusal)
    assert [post.subject for post in _posts(store)] == ["One", "Two"]


def test_what_one_of_its_lists_refuses_is_kept_on_none(
    store: Store, now: datetime, list_id: int
) -> None:
    closed = a_list(store, address="closed@lists.example.org")
    _policy(store, closed, now, "nonmembers=reject")
    handed = [
        Handed([list_id], a_mail(ADA, subject="One")),
        Handed([list_id, closed], a_mail(ADA, subject="Both")),
        Handed([list_id], a_mail(BO, subject="Two")),
    ]

    refused = store.run_sync(mailbags.receive_all, handed, now=now)

    assert [type(each) for each in refused] == [type(None), Refusal, type(None)]
    assert [post.subject for post in _posts(store)] == ["One", "Two"]


def test_a_mail_to_two_lists_is_a_post_on_each(store: Store, now: datetime, list_id: int) -> None:
    other = a_list(store, 1, address="other@lists.example.org")

    store.run_sync(mailbags.receive_all, [Handed([other, list_id], a_mail(ADA))], now=now)

    assert [post.list_id for post in _posts(store)] == [list_id, other]


def test_together_and_one_by_one_come_to_the_same(
    store: Store, now: datetime, list_id: int
) -> None:
    other = a_list(store, 1, 2, address="other@lists.example.org")
    _policy(store, list_id, now, "threads_per_day=3", "posts_per_member_per_week=3")
    _policy(store, other, now, "threads_per_day=3", "posts_per_member_per_week=3")
    mails = _mixed(now)

    _take(store, now, list_id, *mails)
    for mail in mails:
        _take(store, now, other, mail)

    together, alone = ([p for p in _posts(store) if p.list_id == each] for each in (list_id, other))
    assert [_outcome(post, together) for post in together] == [
        _outcome(post, alone) for post in alone
    ]
    assert {post.rule for post in together} >= {"newcomer", "automatic", "nonmember"}


def _mixed(now: datetime) -> list[Received]:
    """Give thirty mails of all kinds; some repeat and some answer earlier ones."""
    senders = (ADA, BO, "stranger@example.com")
    mails: list[Received] = []
    for number in range(30):
        answers = (mails[number // 2].message_id,) if number % 4 == 3 else ()
        mail = a_mail(
            senders[number % 3],
            subject=f"Number {number % 23}",
            answers=answers,
            is_automatic=number % 11 == 10,
        )
        mails.append(mail)
    return mails


def _outcome(post: Post, among: list[Post]) -> tuple[object, ...]:
    threads = list(dict.fromkeys(each.thread_id for each in among))
    judged = {key: post.judgement[key] for key in ("rule", "decision", "seen", "silent")}
    return post.subject, post.state, threads.index(post.thread_id), post.deadline_at, judged


def test_nine_mails_are_kept_by_as_many_statements_as_one(
    store: Store, now: datetime, list_id: int
) -> None:
    def inserts(count: int) -> list[str]:
        seen: list[str] = []
        mails = [Handed([list_id], a_mail(ADA, subject=f"{count} {n}")) for n in range(count)]

        def take(session: Session) -> None:
            connection = session.connection()
            event.listen(connection, "before_cursor_execute", lambda *call: seen.append(call[2]))
            mailbags.receive_all(session, mails, now=now)

        store.run_sync(take)
        tables = ("INTO thread", "INTO post ", "INTO post_source", "INTO journal")
        return [table for words in seen for table in tables if table in words]

    assert inserts(9) == inserts(1)
