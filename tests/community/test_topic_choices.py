"""How the posts of a topic come to whom: every choice beside every other, by value."""

from dataclasses import replace
from datetime import datetime
from itertools import product
from typing import NamedTuple

import pytest
from sqlalchemy import select

from community import digests, fanouts, journal, subscriptions, topic_choices
from community.deliveries import ThreadChoice
from community.errors import Refusal
from community.fanouts import Outgoing
from community.people import Person
from community.posts import Post, Thread
from community.store import Session, Store
from community.subscriptions import Mode, Subscription
from community.topic_choices import TopicChoice, TopicMode
from community.topics import Topic
from tests.builders import EARLIER, a_list, a_mail, a_moderator, a_person, a_post
from tests.builders import deliveries as sent

NOTHING, AT_ONCE, IN_DIGEST, LINE = "nothing", "at once", "in a digest", "a line"


class Chosen(NamedTuple):
    """All that one reader has chosen about a post."""

    mode: Mode
    way: TopicMode | None
    #: True follows its thread, False has muted it.
    follows: bool | None
    has_written: bool


EVERYBODY = [
    Chosen(*each) for each in product(Mode, (None, *TopicMode), (None, True, False), (False, True))
]


def meant(reader: Chosen, *, is_contained: bool) -> str:
    """Say how a post comes, in the words of the docs rather than of the code."""
    if reader.mode is Mode.NONE or reader.follows is False:
        return NOTHING
    if reader.follows or reader.has_written:
        if (
            reader.mode in (Mode.EACH, Mode.FOLLOWED)
            or reader.follows
            or reader.way is TopicMode.EACH
        ):
            return AT_ONCE
        return IN_DIGEST
    wants = (
        reader.mode is not Mode.FOLLOWED if reader.way is None else reader.way is not TopicMode.NONE
    )
    if not wants:
        return NOTHING
    if is_contained:
        return LINE
    if reader.way is None:
        return AT_ONCE if reader.mode is Mode.EACH else IN_DIGEST
    return AT_ONCE if reader.way is TopicMode.EACH else IN_DIGEST


def settle(session: Session, list_id: int, thread_id: int, now: datetime) -> dict[int, Chosen]:
    """Put one reader of every kind on a list; return what each has chosen."""
    whom = {}
    for number, chosen in enumerate(EVERYBODY):
        person = Person(name=f"Reader {number}", language="en", joined_at=EARLIER, state="active")
        session.add(person)
        session.flush()
        whom[person.id] = chosen
        session.add(Subscription(list_id=list_id, person_id=person.id, since=now, mode=chosen.mode))
        session.flush()
        about = {"person_id": person.id, "list_id": list_id}
        if chosen.way is not None:
            session.add(TopicChoice(topic=Topic.JOB, mode=chosen.way, **about))
        if chosen.follows is not None:
            session.add(
                ThreadChoice(
                    thread_id=thread_id, person_id=person.id, follows=chosen.follows, since=now
                )
            )
    return whom


def ways_to(session: Session, post: Outgoing, *, beyond_budget: bool) -> dict[int, set[str]]:
    """Ask the statements that make the rows: who gets the post how; twice is seen."""
    kinds = {
        AT_ONCE: fanouts.at_once(post),
        IN_DIGEST: fanouts.in_digest(post),
    }
    if beyond_budget:
        kinds = {IN_DIGEST: fanouts.beyond_budget(post)}
    if post.is_contained:
        kinds[LINE] = fanouts.by_line(post)
    got: dict[int, set[str]] = {}
    for how, readers in kinds.items():
        for person_id in session.scalars(readers):
            got.setdefault(person_id, set()).add(how)
    return got


def test_a_post_comes_once_as_its_reader_has_chosen(store: Store, now: datetime) -> None:
    mona = a_moderator(store)
    list_id = a_list(store)
    post_id = a_post(store, list_id, a_mail("mona.vik@example.org", subject="[job] Tromsø"))

    def found(session: Session) -> dict[tuple[bool, bool], dict[Chosen, set[str]]]:
        thread_id = session.get_one(Post, post_id).thread_id
        whom = settle(session, list_id, thread_id, now)
        wrote = [person for person, chosen in whom.items() if chosen.has_written]
        post = Outgoing(
            post_id=post_id,
            list_id=list_id,
            thread_id=thread_id,
            author_id=mona,
            topic="job",
            writers=select(Person.id).where(Person.id.in_(wrote)),
            now=now,
        )
        asked = {}
        for is_contained, is_beyond in product((False, True), repeat=2):
            one = replace(post, is_contained=is_contained)
            got = ways_to(session, one, beyond_budget=is_beyond)
            asked[is_contained, is_beyond] = {
                chosen: got.get(person_id, {NOTHING}) for person_id, chosen in whom.items()
            }
        return asked

    for (is_contained, is_beyond), got in store.run_sync(found).items():
        wanted = {each: meant(each, is_contained=is_contained) for each in EVERYBODY}
        if is_beyond:  # what would have come at once comes in a digest, and nobody gets less
            wanted = {each: IN_DIGEST if how == AT_ONCE else how for each, how in wanted.items()}
        assert got == {each: {how} for each, how in wanted.items()}


def test_choosing_a_topic_is_kept_changed_and_forgotten(store: Store, now: datetime) -> None:
    ada, bo = a_person(store), a_person(store, "Bo Li")
    here, there = a_list(store, ada, bo), a_list(store, ada, address="mentors@lists.example.org")

    def choose(list_id: int, topic: Topic, way: TopicMode | None, by: int = ada) -> None:
        store.run_sync(topic_choices.choose, list_id, topic, way, by=by, now=now)

    def chosen(person: int = ada) -> dict[int, dict[Topic, TopicMode]]:
        return store.read_sync(topic_choices.of_person, person)

    for way in (TopicMode.EACH, TopicMode.NONE, TopicMode.NONE):
        choose(here, Topic.JOB, way)
    choose(there, Topic.EVENT, TopicMode.DIGEST)
    choose(here, Topic.SOCIAL, None)
    choose(here, Topic.JOB, TopicMode.DIGEST, by=bo)

    assert chosen() == {here: {Topic.JOB: TopicMode.NONE}, there: {Topic.EVENT: TopicMode.DIGEST}}
    assert chosen(bo) == {here: {Topic.JOB: TopicMode.DIGEST}}

    choose(there, Topic.EVENT, None)
    store.run_sync(subscriptions.leave, here, by=ada, now=now)

    assert (chosen(), chosen(bo)) == ({}, {here: {Topic.JOB: TopicMode.DIGEST}})
    with pytest.raises(Refusal, match="You are not on the list"):
        choose(here, Topic.JOB, TopicMode.NONE)
    with pytest.raises(Refusal, match="no such list"):
        choose(999, Topic.JOB, TopicMode.NONE)
    written = store.read_sync(journal.of, "mailing_list", here)
    topics_of_ada = [(e.old, e.new) for e in written if e.event == "mailing_list.topic"]
    assert topics_of_ada == [(None, "job:each"), ("each", "job:none"), (None, "job:digest")]


def test_a_thread_keeps_the_topic_of_its_first_subject(store: Store, now: datetime) -> None:
    ada, bo, mona = a_person(store), a_person(store, "Bo Li"), a_moderator(store)
    list_id = a_list(store, ada, bo, mona)
    store.run_sync(topic_choices.choose, list_id, Topic.JOB, TopicMode.NONE, by=bo, now=now)
    author = "mona.vik@example.org"

    def write(subject: str, answers: int | None = None) -> int:
        ids = () if answers is None else (post(answers).message_id,)
        return a_post(store, list_id, a_mail(author, subject=subject, answers=ids), now=now)

    def post(post_id: int) -> Post:
        return store.read_sync(lambda session: session.get_one(Post, post_id))

    def topic(post_id: int) -> str:
        thread_id = post(post_id).thread_id
        return store.read_sync(lambda session: session.get_one(Thread, thread_id)).topic

    job = write("[Jobb] En stilling")
    answer = write("Re: [event] [Jobb] En stilling", job)
    plain = write("Lunch")
    marked = write("Re: [social] Lunch", plain)

    assert [topic(each) for each in (job, answer, plain, marked)] == ["job", "job", "", ""]
    assert [len(sent(store, each)) for each in (job, answer, plain, marked)] == [2, 2, 3, 3]


def test_topics_that_come_later_wait_for_the_digest_of_that_day(
    store: Store, now: datetime
) -> None:
    ada, mona = a_person(store), a_moderator(store)
    list_id = a_list(store, ada, mona)
    store.run_sync(topic_choices.choose, list_id, Topic.JOB, TopicMode.DIGEST, by=ada, now=now)

    job = a_post(store, list_id, a_mail("mona.vik@example.org", subject="[job] Tromsø"), now=now)
    made = store.run_sync(digests.make_due, now=now)

    assert [row.person_id for row in sent(store, job)] == [mona]
    assert made == 1
    query = select(fanouts.DigestEntry.person_id).where(fanouts.DigestEntry.post_id == job)
    assert store.read_sync(lambda session: session.scalars(query).all()) == [ada]
