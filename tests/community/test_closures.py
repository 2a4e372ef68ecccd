"""Threads that take no more answers: who closes them, and what becomes of an answer."""

from dataclasses import replace
from datetime import datetime

import pytest

from community import closures, journal, lists
from community.errors import Refusal
from community.posts import Post, Thread
from community.store import Store
from community.threads import Unseen
from tests.builders import EARLIER, a_list, a_mail, a_moderator, a_person, a_post, told

OPENING = replace(a_mail(), message_id="opening@example.org")


class Town:
    """A list with Ada, who has begun a thread, Bo, and Mona, who moderates it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.ada, self.bo, self.mona = (
            a_person(store),
            a_person(store, "Bo Lie"),
            a_moderator(store),
        )
        self.list_id = a_list(store, self.ada, self.bo)
        store.run_sync(lists.set_policy, self.list_id, ["newcomer_posts=0"], by=None, now=EARLIER)
        self.thread_id = self.post(a_post(store, self.list_id, OPENING)).thread_id

    def post(self, post_id: int) -> Post:
        return self.store.read_sync(lambda session: session.get_one(Post, post_id))

    def closed_at(self) -> datetime | None:
        return self.store.read_sync(
            lambda session: session.get_one(Thread, self.thread_id).closed_at
        )

    def answer(self, sender: str, now: datetime, **how: object) -> Post:
        """Have somebody answer the thread; each answer is another mail."""
        mail = a_mail(
            sender, subject="Re: Lunch", text=f"{how} at {now}", answers=("opening@example.org",)
        )
        made = replace(mail, **how)  # type: ignore[arg-type]  # fields of Received
        return self.post(a_post(self.store, self.list_id, made, now=now))


@pytest.fixture
def town(store: Store) -> Town:
    return Town(store)


def test_an_answer_in_a_closed_thread_goes_back_with_words(town: Town, now: datetime) -> None:
    town.store.run_sync(closures.close, town.thread_id, by=town.mona, now=now)

    answer = town.answer("bo.lie@example.org", now)

    assert (answer.state, answer.rule, answer.thread_id) == ("returned", "closed", town.thread_id)
    assert told(town.store, "post.turn_back") == [(town.bo, "mail")]


def test_an_answer_that_says_it_by_its_subject_alone_goes_back_too(
    town: Town, now: datetime
) -> None:
    town.store.run_sync(closures.close, town.thread_id, by=town.mona, now=EARLIER)

    answer = town.answer("bo.lie@example.org", EARLIER, answers=())

    assert (answer.state, answer.rule, answer.thread_id) == ("returned", "closed", town.thread_id)


def test_moderators_go_on_in_a_closed_thread(town: Town, now: datetime) -> None:
    town.store.run_sync(closures.close, town.thread_id, by=town.mona, now=now)

    assert town.answer("mona.vik@example.org", now).state == "released"


def test_a_thread_that_is_open_again_takes_answers(town: Town, now: datetime) -> None:
    town.store.run_sync(closures.close, town.thread_id, by=town.mona, now=now)
    town.store.run_sync(closures.reopen, town.thread_id, by=town.mona, now=now)

    assert town.closed_at() is None
    assert town.answer("bo.lie@example.org", now).state == "released"


def test_closing_twice_changes_nothing_and_is_noted_once(town: Town, now: datetime) -> None:
    for at in (EARLIER, now):
        town.store.run_sync(closures.close, town.thread_id, by=town.mona, now=at)
    for _ in range(2):
        town.store.run_sync(closures.reopen, town.thread_id, by=town.mona, now=now)

    noted = town.store.read_sync(journal.of, "thread", town.thread_id)
    assert [(entry.event, entry.person_id, entry.at) for entry in noted] == [
        ("thread.close", town.mona, EARLIER),
        ("thread.reopen", town.mona, now),
    ]


def test_only_moderators_close_and_only_what_is_there(town: Town, now: datetime) -> None:
    for act in (closures.close, closures.reopen):
        with pytest.raises(Refusal, match="Only a moderator"):
            town.store.run_sync(act, town.thread_id, by=town.ada, now=now)
        with pytest.raises(Unseen):
            town.store.run_sync(act, 99, by=town.mona, now=now)
    assert town.closed_at() is None
