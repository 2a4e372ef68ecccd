"""What somebody writes in a form becomes the mail that they would have sent, and fares as it."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from community import compositions, moderation, people, subscriptions, threads
from community.cases import Proof
from community.compositions import Composed, Composition
from community.errors import Refusal
from community.outbox import Notice
from community.people import Reader
from community.posts import Post
from community.received import Received
from community.store import Session, Store
from letters.compositions import write
from mailing import handovers, intake
from mailing.envelopes import Envelope
from tests.builders import EARLIER, a_list, a_mail, a_moderator, a_person, a_post

LIST = "postdocs@lists.example.org"


def a_composition(list_id: int, **changes: object) -> Composition:
    made = Composition(list_id=list_id, subject="Lunch", text="At noon?", key="slack:V1")
    return replace(made, **changes)  # type: ignore[arg-type]  # a test's own changes


def mail_of(store: Store, composition: Composition, *, by: int) -> tuple[Composed, Received]:
    _, addressed, mail = store.read_sync(
        compositions.mail_of, composition, write, by=by, now=EARLIER
    )
    return addressed, mail


def reader_of(store: Store, person_id: int) -> Reader:
    return store.read_sync(people.reader, person_id)


def test_the_mail_door_reads_from_its_mail_what_the_community_says_of_it(store: Store) -> None:
    ada = a_person(store, "Åda «Ø» Holm", email="ada@example.org")
    here = a_list(store, ada)
    first = store.run_sync(compositions.send, a_composition(here), write, by=ada, now=EARLIER).id
    store.run_sync(moderation.accept, first, by=a_moderator(store), now=EARLIER)
    thread = store.read_sync(threads.thread_of, first, reader=reader_of(store, ada))
    worst = {
        "plain": a_composition(here),
        "odd": a_composition(
            here,
            subject="  Blåbær\r\nBcc: all@example.org\u202e🫐 ",
            text="\r\n\x00Hei\u2028 på\ufeff deg \ud83d\r\rFrom me\n.\n" + "æ" * 2000 + "\n\n",
        ),
        "narrow": a_composition(here, fields=("1.4", "1.3")),
        "answer": a_composition(here, thread_id=thread, subject="Re: Lunch"),
    }

    for name, composition in worst.items():
        addressed, ours = mail_of(store, composition, by=ada)
        envelope = Envelope(sender=ours.sender, recipient=addressed.to, raw=ours.raw)
        theirs = handovers.received(intake.read(ours.raw, sender=ours.sender), envelope)
        assert _words(ours) == _words(theirs), name

    to = [mail_of(store, each, by=ada)[0].to for each in worst.values()]
    assert to == [LIST, LIST, "postdocs+physics+chemistry@lists.example.org", LIST]


def _words(mail: Received) -> Received:
    """Leave out what is not in the bytes: who vouches for them, and what is known of the author."""
    known = replace(mail, fingerprint="", proof=Proof.UNKNOWN, fields=(), authentication="")
    return replace(known, language="")


def test_what_is_sent_twice_is_one_post_and_told_where_it_was_written(store: Store) -> None:
    ada = a_person(store, slack_id="U1")
    here = a_list(store, ada)
    chat = store.door("slack")

    sent = [
        chat.run_sync(compositions.send, a_composition(here), write, by=ada, now=EARLIER)
        for _ in range(2)
    ]

    assert sent[0].id == sent[1].id
    post = store.read_sync(lambda session: session.get_one(Post, sent[0].id))
    assert (post.door, post.proof, post.state) == ("slack", "pass", "held")
    told = store.read_sync(lambda session: [(n.kind, n.channel) for n in notices(session, ada)])
    assert told == [("post.wait", "slack")]


def notices(session: Session, person_id: int) -> list[Notice]:
    return list(session.scalars(select(Notice).filter_by(person_id=person_id).order_by(Notice.id)))


def test_a_desk_has_the_lists_that_one_may_write_to(store: Store) -> None:
    ada, mona = a_person(store, fields=("1.3",)), a_moderator(store)
    here = a_list(store, ada)
    other = a_list(store, address="staff@lists.example.org")
    silenced = a_list(store, ada, address="quiet@lists.example.org")
    store.run_sync(reject, silenced, ada)

    def of(who: int) -> compositions.Desk:
        return store.read_sync(
            compositions.desk, reader=reader_of(store, who), thread_id=None, now=EARLIER
        )

    assert [place.list_id for place in of(ada).places] == [here]
    assert of(ada).fields == ("1.3",)
    assert [place.list_id for place in of(mona).places] == [here, silenced, other]
    with pytest.raises(Refusal, match="no list"):
        of(a_person(store, "Bo Li"))


def reject(session: Session, list_id: int, person_id: int) -> None:
    session.get_one(subscriptions.Subscription, (list_id, person_id)).trust = "reject"


def test_what_nobody_may_answer_or_reach_is_refused(store: Store) -> None:
    ada, bo = a_person(store), a_person(store, "Bo Li")
    here = a_list(store, ada)
    post = a_post(store, here, a_mail())
    thread = store.read_sync(lambda session: session.get_one(Post, post).thread_id)
    wrong = [
        (a_composition(here + 1), ada),
        (a_composition(here, thread_id=thread), bo),  # not on the list
        (a_composition(here, thread_id=thread), ada),  # nobody has it: it is held
        (a_composition(here, fields=("9.9",)), ada),
    ]

    for composition, who in wrong:
        with pytest.raises(Refusal):
            mail_of(store, composition, by=who)
