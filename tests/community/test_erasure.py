import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from community import (
    erasure,
    expectations,
    journal,
    linking,
    meetups,
    moderation,
    sessions,
    tables,
    ways,
)
from community.cases import Decision
from community.docket_replies import DocketReply
from community.dockets import Docket
from community.erasure import Erasure
from community.lists import MailingList
from community.meetups import Meetup
from community.outbox import Delivery, Notice
from community.people import Address, Category, Person, Role
from community.posts import Post, PostSource
from community.steps import Step
from community.store import Session, Store
from tests.builders import (
    a_coordinator,
    a_list,
    a_mail,
    a_meetup,
    a_moderator,
    a_person,
    a_post,
    deliveries,
    told,
)

TRACES = re.compile(rb"(?i)ada\.holm@|ada@old|ada\s+holm|U1AA|U9ZZ")


def everything(session: Session) -> bytes:
    """Read every column of every row of every table."""
    found = b""
    for table in tables.load():
        for row in session.execute(select(table)):
            for value in row:
                raw = value if isinstance(value, bytes) else str(value).encode()
                found += raw + b"\n"
    return found


def a_life(store: Store, now: datetime) -> int:
    """Add somebody who has done everything that leaves a trace; return the id."""
    ada = a_person(store, slack_id="U1AA", fields=("1.2",), language="nb")
    bo, mentor = (
        a_person(store, "Bo Li", fields=("1.2",)),
        a_person(store, "Eva Ås", roles=(Role.MENTOR,)),
    )
    mona, kari = a_moderator(store), a_coordinator(store)

    def know(session: Session) -> None:
        session.add(Address(person_id=ada, email="ada@old.example.org", is_primary=False))
        session.get_one(Person, bo).supervisor_email = "ada@old.example.org"

    store.run_sync(know)
    list_id = a_list(store, ada, bo, mona)
    first = a_post(store, list_id, a_mail(text="Lunch?\nAda Holm, Ada.Holm@Example.org"))
    a_post(store, list_id, a_mail("ada@old.example.org", subject="Ada Holm's held one"))
    store.run_sync(moderation.decide, first, Decision.ACCEPT, by=mona, now=now)
    message_id = store.read_sync(lambda session: session.get_one(Post, first).message_id)
    answer = a_mail(
        "bo.li@example.org",
        text="Yes.\n> ADA HOLM (Ada.Holm@Example.org, U1AA) wrote:\n> Lunch?",
        answers=(message_id,),
    )
    a_post(store, list_id, answer)
    meetup = a_meetup(store, ada, topic="Tea with Ada Holm")
    store.run_sync(meetups.join, meetup, by=bo, now=now)
    other = a_meetup(store, bo)
    store.run_sync(meetups.join, other, by=ada, now=now)
    store.run_sync(ways.mute, Category.GATHERING, by=ada, now=now)
    store.run_sync(expectations.begin, postdoc_id=ada, mentor_id=mentor, by=kari, now=now)
    store.run_sync(sessions.ask, "ada.holm@example.org", now=now)
    store.run_sync(linking.ask, "U9ZZ", "ada.holm@example.org", now=now)

    def answer_a_docket(session: Session) -> None:
        docket = Docket(person_id=mona, made_at=now)
        session.add(docket)
        session.flush()
        outcome = {"1": ["{name} has already accepted this post.", {"name": "Ada Holm"}], "2": []}
        reply = DocketReply(docket_id=docket.id, fingerprint="f", came_at=now, outcome=outcome)
        reply.note = "I have asked Ada Holm."
        session.add(reply)

    store.run_sync(answer_a_docket)

    def fail(session: Session) -> None:
        for row in session.scalars(select(Notice)):
            row.last_error = "550 <ada.holm@example.org>: unknown (U1AA)"

    store.run_sync(fail)
    return ada


def erase(store: Store, person_id: int, now: datetime) -> Erasure:
    """Erase somebody as the command does."""
    return store.run_sync(erasure.erase, person_id, by=None, now=now)


def test_erase_leaves_no_trace_in_any_column_of_any_table(store: Store, now: datetime) -> None:
    ada = a_life(store, now)
    assert TRACES.search(store.read_sync(everything))

    done = erase(store, ada, now)

    assert TRACES.findall(store.read_sync(everything)) == []
    assert done.posts == 1


def test_erase_finds_letters_beyond_ascii_in_what_is_kept_as_json(
    store: Store, now: datetime
) -> None:
    asa = a_person(store, "Åsa Ærø", email="asa@example.org")
    list_id = a_list(store)

    def say(session: Session) -> None:
        words: dict[str, str | int] = {
            "footer_words": "Ask Åsa Ærø (asa@example.org)",
            "threads_per_day": 3,
        }
        session.get_one(MailingList, list_id).policy_changes = words

    store.run_sync(say)

    erase(store, asa, now)

    kept = store.read_sync(lambda session: session.get_one(MailingList, list_id).policy_changes)
    assert kept == {"footer_words": "Ask [erased] ([erased])", "threads_per_day": 3}


def test_erase_leaves_no_byte_in_the_file(store: Store, now: datetime) -> None:
    ada = a_life(store, now)

    erase(store, ada, now)

    store.close()
    if store.is_sqlite:
        path = Path(store.url.removeprefix("sqlite:///"))
        raw = b"".join(file.read_bytes() for file in path.parent.glob("samband.db*"))
        assert TRACES.findall(raw) == []


def test_erase_keeps_what_was_said_to_the_list_without_a_name(store: Store, now: datetime) -> None:
    ada = a_person(store)
    mona = a_moderator(store)
    list_id = a_list(store, ada, mona)
    post = a_post(store, list_id, a_mail(text="Shall we?"))
    store.run_sync(moderation.decide, post, Decision.ACCEPT, by=mona, now=now)

    erase(store, ada, now)

    def read(session: Session) -> tuple[object, ...]:
        kept = session.get_one(Post, post)
        source = session.get(PostSource, post)
        return kept.state, kept.text, kept.author_id, kept.from_name, kept.from_email, source

    assert store.read_sync(read) == ("released", "Shall we?", None, "", "", None)
    assert {(d.person_id, d.state, d.last_error) for d in deliveries(store, post)} == {
        (mona, "cancelled", "erased")
    }


def test_erase_discards_what_nobody_has_seen(store: Store, now: datetime) -> None:
    ada = a_person(store)
    a_moderator(store, slack_id="U2BB")
    post = a_post(store, a_list(store, ada), a_mail(subject="Held", text="Not yet"))

    erase(store, ada, now)

    def read(session: Session) -> tuple[object, ...]:
        kept = session.get_one(Post, post)
        expire = session.scalars(select(Step).where(Step.action == "post.expire")).one()
        card = session.scalars(select(Notice).where(Notice.detail == "erased")).one()
        return kept.state, kept.subject, kept.text, expire.state, card.kind

    assert store.read_sync(read) == ("discarded", "", "", "cancelled", "post.hold")


def test_erase_tells_those_who_would_have_come(store: Store, now: datetime) -> None:
    ada, bo = a_person(store), a_person(store, "Bo Li")
    meetup = a_meetup(store, ada)
    store.run_sync(meetups.join, meetup, by=bo, now=now)

    erase(store, ada, now)

    card = store.read_sync(meetups.card, meetup, reader_id=bo)
    assert (card.state, card.going) == ("cancelled", ("Bo Li",))
    assert told(store, "meetup.cancel") == [(bo, "mail")]


def test_erase_takes_a_meetup_to_which_nobody_comes(store: Store, now: datetime) -> None:
    ada, bo = a_person(store, fields=("1.2",)), a_person(store, "Bo Li", fields=("1.2",))
    meetup = a_meetup(store, ada)
    assert told(store, "meetup.propose") == [(bo, "mail")]

    erase(store, ada, now)

    assert store.read_sync(lambda session: session.get(Meetup, meetup)) is None
    assert told(store, "meetup.propose") == []
    assert store.read_sync(lambda session: session.scalars(select(Step)).all()) == []


def test_erase_tells_the_host_who_waits(store: Store, now: datetime) -> None:
    ada, bo = a_person(store), a_person(store, "Bo Li")
    meetup = a_meetup(store, bo)
    store.run_sync(meetups.join, meetup, by=ada, now=now)

    erase(store, ada, now)

    assert store.read_sync(meetups.card, meetup, reader_id=bo).going == ("Bo Li",)
    assert told(store, "meetup.leave") == [(bo, "mail")]


def test_erase_leaves_what_is_over_alone(store: Store, now: datetime) -> None:
    ada, bo = a_person(store), a_person(store, "Bo Li")
    hosted, joined = a_meetup(store, ada), a_meetup(store, bo)
    for meetup, guest in ((hosted, bo), (joined, ada)):
        store.run_sync(meetups.join, meetup, by=guest, now=now)

    erase(store, ada, now + timedelta(days=30))

    assert store.read_sync(lambda session: session.get(Meetup, hosted)) is None
    assert told(store, "meetup.leave") == []


def test_erase_ends_a_mentorship_and_its_ladder(store: Store, now: datetime) -> None:
    ada = a_person(store)
    mentor, kari = a_person(store, "Eva Ås", roles=(Role.MENTOR,)), a_coordinator(store)
    store.run_sync(expectations.begin, postdoc_id=ada, mentor_id=mentor, by=kari, now=now)

    erase(store, ada, now)

    assert store.read_sync(lambda session: session.scalars(select(Step)).all()) == []


def test_erase_keeps_the_name_of_a_namesake(store: Store, now: datetime) -> None:
    ada = a_person(store)
    other = a_person(store, email="ada@elsewhere.example.org")
    meetup = a_meetup(store, other, topic="Tea with Ada Holm")

    erase(store, ada, now)

    card = store.read_sync(meetups.card, meetup, reader_id=other)
    assert (card.topic, card.host_name) == ("Tea with Ada Holm", "Ada Holm")


def test_erase_blanks_no_part_of_a_longer_word(store: Store, now: datetime) -> None:
    bo = a_person(store, "Bo Li")
    other = a_person(store, "Bo Lindgren")
    meetup = a_meetup(store, other, topic="Tea with Bo Lindgren, not Bo Li")

    erase(store, bo, now)

    assert (
        store.read_sync(meetups.card, meetup, reader_id=other).topic
        == "Tea with Bo Lindgren, not [erased]"
    )


def test_erase_blanks_no_common_word_that_is_a_name(store: Store, now: datetime) -> None:
    may, other = a_person(store, "May", email="m@example.org"), a_person(store, "Bo Li")
    meetup = a_meetup(store, other, topic="Lunch in May")

    done = erase(store, may, now)

    assert store.read_sync(meetups.card, meetup, reader_id=other).topic == "Lunch in May"
    assert done == Erasure(posts=0, mentions=0)


def test_erase_says_in_the_journal_who_did_it_but_not_to_whom(store: Store, now: datetime) -> None:
    ada, kari = a_person(store), a_coordinator(store)

    store.run_sync(erasure.erase, ada, by=kari, now=now)

    entries = store.read_sync(journal.of, "person", ada)
    assert [(entry.event, entry.person_id) for entry in entries] == [
        ("person.add", None),
        ("person.erase", kari),
    ]


def test_erase_oneself_leaves_no_actor(store: Store, now: datetime) -> None:
    ada = a_person(store)

    store.run_sync(erasure.erase, ada, by=ada, now=now)

    assert store.read_sync(journal.of, "person", ada)[-1].person_id is None


def test_erase_lets_others_be(store: Store, now: datetime) -> None:
    ada = a_life(store, now)
    count: Callable[[Session], int] = lambda session: len(  # noqa: E731 - one line
        session.scalars(select(Delivery).where(Delivery.person_id != ada)).all()
    )
    before = store.read_sync(count)

    erase(store, ada, now)

    assert store.read_sync(count) == before
    names = store.read_sync(lambda session: set(session.scalars(select(Person.name))))
    assert names == {"Bo Li", "Eva Ås", "Mona Vik", "Kari Berg"}
