"""A moderator's answer by mail about who wants to join: it decides once, and only from them."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from community import admissions, join_replies, join_requests, journal, subscriptions
from community.cases import Proof
from community.docket_replies import Given, Said
from community.errors import Refusal
from community.join_replies import KEPT, JoinReply
from community.people import PersonRole
from community.store import Session, Store
from letters.letter import Letter
from tests import builders
from tests.community.test_join_requests import asked, is_on, letter, state, whose, work

YES = Given(
    fingerprint="1",
    from_addresses=("mona.vik@example.org",),
    proof=Proof.PASS,
    said=(Said(verb="accept"),),
    text="yes",
)
NO = replace(YES, said=(Said(verb="decline", reason="Only staff."),), text="no, Only staff.")
NOTE = replace(YES, said=(), text="Does anybody know her?")


@pytest.fixture
def mona(store: Store) -> int:
    return builders.a_moderator(store)


@pytest.fixture
def list_id(store: Store) -> int:
    return builders.a_list(store)


@pytest.fixture
def request_id(store: Store, now: datetime, mona: int, list_id: int) -> int:
    """Give a stranger who waits, of whom Mona has been mailed."""
    made = asked(store, list_id, now=now)
    store.run_sync(join_requests.confirm, made, by=whose(store, made), now=now)
    return made


def _take(store: Store, given: Given, now: datetime) -> bool:
    [asks] = [each for each in builders.notices(store, "join_request.wait") if not each.detail]
    return store.run_sync(join_replies.take, asks.id, given, now=now)


def _heard(store: Store, mona: int) -> Letter:
    return letter(store, "join_reply.answer", mona)


def test_a_yes_lets_them_in_and_the_moderator_hears_it(
    store: Store, now: datetime, mona: int, list_id: int, request_id: int
) -> None:
    for _ in range(2):  # the same mail again changes nothing
        assert _take(store, YES, now)

    assert (state(store, request_id), is_on(store, list_id, whose(store, request_id))) == (
        "joined",
        True,
    )
    assert builders.told(store, "join_reply.answer") == [(mona, "mail")]
    heard = _heard(store, mona)
    assert heard.paragraphs == ("Mona Vik has said yes.",)
    assert dict(heard.facts)["Who"] == "Eve Nord <eve@elsewhere.example>"
    assert [button.action for button in heard.buttons] == ["join_request.reopen"]
    assert heard.reply_to is None


def test_a_no_carries_its_reason_to_whoever_asked(
    store: Store, now: datetime, mona: int, request_id: int
) -> None:
    assert _take(store, NO, now)

    assert state(store, request_id) == "declined"
    said = letter(store, "join_request.decline", whose(store, request_id))
    assert said.paragraphs[1] == "Only staff."
    assert _heard(store, mona).paragraphs == ("Mona Vik has said no.",)


def test_who_comes_later_hears_who_decided(
    store: Store, now: datetime, mona: int, request_id: int
) -> None:
    jon = builders.a_moderator(store, "Jon Vik")
    store.run_sync(admissions.decline, request_id, by=jon, now=now)

    assert _take(store, YES, now)

    assert state(store, request_id) == "declined"
    assert _heard(store, mona).paragraphs == ("Jon Vik has already decided this.",)


@pytest.mark.parametrize(
    "forged",
    [
        replace(YES, from_addresses=("eve@elsewhere.example",)),
        replace(YES, from_addresses=()),
        replace(YES, proof=Proof.FAIL),
        replace(YES, proof=Proof.NONE),
    ],
)
def test_what_is_not_proved_to_be_the_moderators_decides_nothing(
    store: Store, now: datetime, request_id: int, forged: Given
) -> None:
    assert not _take(store, forged, now)

    assert state(store, request_id) == "waiting"
    assert builders.told(store, "join_reply.answer") == []
    last = store.read_sync(journal.of, "join_request", request_id)[-1]
    assert (last.event, last.person_id) == ("join_request.refuse", None)


def test_an_address_signed_for_one_moderator_is_no_other_moderators(
    store: Store, now: datetime, request_id: int
) -> None:
    builders.a_moderator(store, "Jon Vik")

    assert not _take(store, replace(YES, from_addresses=("jon.vik@example.org",)), now)

    assert state(store, request_id) == "waiting"


def test_other_words_go_to_the_other_moderators_and_decide_nothing(
    store: Store, now: datetime, mona: int, request_id: int
) -> None:
    jon = builders.a_moderator(store, "Jon Vik", slack_id="U1")

    assert _take(store, NOTE, now)

    assert state(store, request_id) == "waiting"
    note, heard = letter(store, "join_reply.note", jon), _heard(store, mona)
    assert (note.subject, note.quote) == ("Mona Vik about Eve Nord", NOTE.text)
    assert [button.action for button in note.buttons] == [
        "join_request.accept",
        "join_request.decline",
    ]
    assert heard.paragraphs[0].startswith("Nothing has been decided.")
    assert heard.reply_to is not None
    assert heard.quote == NOTE.text
    assert _take(store, replace(NOTE, fingerprint="2", text=""), now)
    assert len(builders.told(store, "join_reply.answer")) == 1


def test_who_moderates_no_more_decides_nothing(
    store: Store, now: datetime, mona: int, request_id: int
) -> None:
    def retire(session: Session) -> None:
        session.delete(session.get_one(PersonRole, (mona, "moderator")))

    store.run_sync(retire)

    assert _take(store, YES, now)

    assert state(store, request_id) == "waiting"
    assert _heard(store, mona).paragraphs[0] == "Only a moderator of the list can do this."


def test_a_decision_is_taken_back_and_made_anew(
    store: Store, now: datetime, mona: int, list_id: int, request_id: int
) -> None:
    eve = whose(store, request_id)
    _take(store, YES, now)

    store.run_sync(admissions.reopen, request_id, by=mona, now=now)

    assert (state(store, request_id), is_on(store, list_id, eve)) == ("waiting", False)
    _take(store, replace(NO, fingerprint="2"), now)
    store.run_sync(admissions.reopen, request_id, by=mona, now=now)
    assert builders.letter(store, "join_request.decline", eve) is None
    _take(store, replace(NO, fingerprint="3"), now)
    assert len(builders.notices(store, "join_request.decline")) == 2
    assert "said no" in letter(store, "join_request.decline", eve).paragraphs[0]
    store.run_sync(admissions.reopen, request_id, by=mona, now=now)
    later = now + join_requests.WAITS_FOR + timedelta(hours=1)
    work(store, later)
    assert state(store, request_id) == "expired"
    with pytest.raises(Refusal, match="no longer possible"):
        store.run_sync(admissions.reopen, request_id, by=mona, now=now)


def test_what_is_long_ago_or_was_left_is_not_taken_back(
    store: Store, now: datetime, mona: int, list_id: int, request_id: int
) -> None:
    _take(store, YES, now)

    def reopened(at: datetime) -> str:
        try:
            return store.run_sync(admissions.reopen, request_id, by=mona, now=at).state
        except Refusal as no:
            return no.message

    late = now + 2 * join_requests.WAITS_FOR + timedelta(seconds=1)
    assert reopened(late).startswith("That is no longer possible")
    store.run_sync(subscriptions.leave, list_id, by=whose(store, request_id), now=now)
    assert reopened(now).startswith("That is no longer possible")


def test_answers_are_forgotten_when_everybody_has_read_of_them(
    store: Store, now: datetime, mona: int, request_id: int
) -> None:
    _take(store, NOTE, now)

    store.run_sync(join_replies.forget_old, now=now + KEPT)

    assert store.read_sync(lambda session: session.scalars(select(JoinReply)).all()) == []
    assert builders.letter(store, "join_reply.answer", mona) is None
