"""Subjects, and the threads that answers mean by them alone."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from community import mailbags, old_mails, subjects
from community.mailbags import Handed
from community.old_mails import OldMail
from community.posts import Post
from community.received import Received
from community.store import Store
from tests import builders


@pytest.mark.parametrize(
    ("subject", "left", "is_answer"),
    [
        ("Lunch", "lunch", False),
        ("Re: Lunch", "lunch", True),
        ("SV: VS: [postdocs]  Re[2]: Lunch  today", "lunch today", True),
        ("[postdocs] AW: Lunch", "lunch", True),
        ("Fwd: Lunch", "lunch", False),
        ("Research: Lunch", "research: lunch", False),
        ("re:", "", True),
        ("Re: SV: VS: [postdocs] AW: Lunch", "lunch", True),
        ("Reply: it", "reply: it", False),
        ("[" * 1000, "[" * 1000, False),
        ("", "", False),
    ],
)
def test_marks_and_tags_are_taken_off(subject: str, left: str, is_answer: bool) -> None:
    assert (subjects.bare(subject), subjects.is_answer(subject)) == (left, is_answer)


def threads_of(store: Store, *posts: int) -> list[int]:
    return store.read_sync(lambda session: [session.get_one(Post, n).thread_id for n in posts])


@pytest.mark.parametrize(
    ("subject", "days", "joins"),
    [
        ("SV: Lunch", 1, True),
        ("Re: [postdocs] Lunch", 13, True),
        ("Re: Lunch", 15, False),
        ("Lunch", 1, False),
        ("Fwd: Lunch", 1, False),
        ("Re: Dinner", 1, False),
    ],
)
def test_answer_without_references_joins_by_its_subject(
    store: Store, subject: str, days: int, joins: bool
) -> None:
    list_id = builders.a_list(store, builders.a_person(store))
    first = builders.a_post(store, list_id, builders.a_mail(subject="Lunch"))
    later = builders.EARLIER + timedelta(days=days)
    second = builders.a_post(store, list_id, builders.a_mail(subject=subject, text="!"), now=later)

    one, other = threads_of(store, first, second)

    assert (one == other) == joins


def test_answer_that_says_what_it_answers_is_not_guessed(store: Store) -> None:
    list_id = builders.a_list(store, builders.a_person(store))
    first = builders.a_post(store, list_id, builders.a_mail(subject="Lunch"))
    elsewhere = builders.a_mail(subject="Re: Lunch", answers=("<elsewhere@example.org>",))

    one, other = threads_of(store, first, builders.a_post(store, list_id, elsewhere))

    assert one != other


def test_thread_of_another_list_is_not_meant(store: Store) -> None:
    ada = builders.a_person(store)
    mine, other = (
        builders.a_list(store, ada, address=f"{name}@lists.example.org") for name in ("a", "b")
    )
    posts = [
        builders.a_post(store, mine, builders.a_mail(subject="Lunch")),
        builders.a_post(store, other, builders.a_mail(subject="Re: Lunch", text="!")),
    ]

    assert len(set(threads_of(store, *posts))) == 2


def two_mails() -> tuple[Received, Received]:
    first = replace(builders.a_mail(subject="Lunch"), message_id="<1@example.org>")
    answer = builders.a_mail(subject="Sv: Lunch", text="Yes")
    return first, replace(answer, message_id="<2@example.org>")


def test_answer_in_the_same_bag_joins_too(store: Store, now: datetime) -> None:
    list_id = builders.a_list(store, builders.a_person(store))

    bag = [Handed((list_id,), mail) for mail in two_mails()]
    store.run_sync(mailbags.receive_all, bag, now=now)

    assert threads_of(store, 1, 2) == [1, 1]


def test_old_answer_joins_too(store: Store, now: datetime) -> None:
    list_id = builders.a_list(store, builders.a_person(store))

    old = [OldMail(mail=mail, at=builders.EARLIER) for mail in two_mails()]
    store.run_sync(old_mails.take, list_id, old, now=now)

    assert threads_of(store, 1, 2) == [1, 1]
