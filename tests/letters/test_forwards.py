"""What is said about mails that do not go to the list: given back, sent on, answered."""

from dataclasses import replace
from datetime import datetime

import pytest

from community import lists
from community.cases import Proof
from community.received import Received
from community.store import Store
from letters.letter import Letter
from tests.builders import (
    a_coordinator,
    a_list,
    a_mail,
    a_moderator,
    a_person,
    a_post,
    letter,
    notices,
    told,
)

LIST = ("List", "postdocs@lists.example.org")
WROTE = "You get this because you wrote to postdocs@lists.example.org."
OUTSIDER = replace(
    a_mail("finn@elsewhere.example", subject="A vacancy", text="We seek a postdoc."),
    from_name="Finn Dal",
)


class Town:
    """A list with Ada and Bo, looked after by Kari and moderated by Mona."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.store, self.now = store, now
        self.ada, self.bo = a_person(store), a_person(store, "Bo Lie")
        self.mona, self.kari = a_moderator(store), a_coordinator(store)
        self.list_id = a_list(store, self.ada, self.bo)
        self.set("newcomer_posts=0", "nonmembers=forward")

    def set(self, *changes: str) -> None:
        self.store.run_sync(lists.set_policy, self.list_id, changes, by=None, now=self.now)

    def write(self, mail: Received) -> int:
        return a_post(self.store, self.list_id, mail, now=self.now)

    def letter(self, kind: str, person_id: int) -> Letter:
        found = letter(self.store, kind, person_id)
        assert found is not None
        return found


@pytest.fixture
def town(store: Store, now: datetime) -> Town:
    return Town(store, now)


def test_a_mail_from_outside_goes_to_the_coordinators_who_answer_its_author(town: Town) -> None:
    town.write(OUTSIDER)

    assert told(town.store, "post.forward") == [(town.kari, "mail")]
    assert town.letter("post.forward", town.kari) == Letter(
        language="en",
        subject="From outside to postdocs: A vacancy",
        paragraphs=(
            "Somebody who is not on the list has written to it. You get it instead of the list; "
            "answer to reach them.",
        ),
        facts=(("From", "Finn Dal <finn@elsewhere.example>"), LIST),
        quote="We seek a postdoc.",
        why="You get this because you look after postdocs@lists.example.org.",
        reply_to="finn@elsewhere.example",
    )


def test_an_outsider_who_is_not_proved_gets_no_letter(town: Town) -> None:
    town.write(OUTSIDER)

    assert {(n.kind, n.person_id) for n in notices(town.store)} == {("post.forward", town.kari)}


@pytest.mark.parametrize(("proof", "letters"), [(Proof.PASS, 2), (Proof.NONE, 1), (Proof.FAIL, 0)])
def test_somebody_of_the_house_who_is_not_on_the_list_hears_who_has_it(
    town: Town, proof: Proof, letters: int
) -> None:
    olav = a_person(town.store, "Olav Lie")
    for number in range(2):
        mail = a_mail("olav.lie@example.org", text=f"Number {number}.")
        town.write(replace(mail, proof=proof))

    assert told(town.store, "post.pass_on") == [(olav, "mail")] * letters


def test_whoever_wrote_from_outside_reads_that_the_coordinators_have_it(town: Town) -> None:
    olav = a_person(town.store, "Olav Lie", language="nb")
    town.write(replace(a_mail("olav.lie@example.org"), proof=Proof.PASS))

    found = town.letter("post.pass_on", olav)

    assert found.subject == "E-posten din er hos koordinatorene: Lunch"
    assert found.quote in ("", None)


def test_thanks_go_to_whom_they_thank_and_their_author_hears_it(town: Town) -> None:
    opening = replace(a_mail("bo.lie@example.org"), message_id="opening@example.org")
    town.write(opening)
    thanks = a_mail(subject="Re: Lunch", text="Thank you!", answers=("opening@example.org",))
    town.write(thanks)

    assert told(town.store, "post.forward") == [(town.bo, "mail")]
    got, heard = town.letter("post.forward", town.bo), town.letter("post.pass_on", town.ada)
    assert (got.subject, got.quote, got.reply_to, got.why) == (
        "Re: Lunch",
        "Thank you!",
        "ada.holm@example.org",
        WROTE,
    )
    assert (heard.subject, heard.facts, heard.why) == (
        "Your thanks have arrived: Re: Lunch",
        (LIST,),
        WROTE,
    )


def test_what_goes_back_at_once_names_the_rule_and_what_to_do_instead(town: Town) -> None:
    town.write(a_mail(subject=""))

    assert town.letter("post.turn_back", town.ada) == Letter(
        language="en",
        subject="Not sent to the list: (no subject)",
        paragraphs=(
            "It has no subject.",
            "Give it one that says what it is about, and send it again.",
            "Nobody else has seen it. This is how it began:",
        ),
        facts=(
            LIST,
            (
                "Posting rules",
                "https://samband.example.org/lists/postdocs@lists.example.org/rules",
            ),
        ),
        quote="Shall we have lunch?",
        why=WROTE,
    )


def test_a_wish_to_leave_is_answered_with_what_one_can_press(town: Town) -> None:
    town.write(a_mail(subject="unsubscribe", text="unsubscribe"))

    found = town.letter("post.answer", town.ada)

    assert found.subject == "What you want of postdocs is one press away"
    assert [(each.action, each.object_id) for each in found.buttons] == [
        (f"mailing_list.{verb}", town.list_id) for verb in ("leave", "digest", "weekly", "pause")
    ]
