"""A moderator's answer by mail: it decides once, only from the moderator, and never by accident."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from community import docket_replies, dockets, holds, journal, moderation
from community.cases import Decision, Proof
from community.docket_replies import Given, Said
from community.store import Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, letter, told

ACCEPT = Given(
    fingerprint="1",
    from_addresses=("mona.vik@example.org",),
    proof=Proof.PASS,
    said=(Said(verb="accept"),),
    text="accept",
)
ALL = replace(ACCEPT, said=(Said(verb="accept", is_all=True),))


def _given(verb: str, *numbers: int, reason: str = "") -> Given:
    return replace(ACCEPT, said=(Said(verb=verb, numbers=numbers, reason=reason),))


@pytest.fixture
def mona(store: Store) -> int:
    return a_moderator(store)


@pytest.fixture
def posts(store: Store, now: datetime, mona: int) -> list[int]:
    """Give three held posts, which are 1, 2 and 3 of docket 1."""
    list_id = a_list(store, a_person(store))
    mails = [a_mail("eve@elsewhere.example", subject=f"Post {n}") for n in (1, 2, 3)]
    made = [a_post(store, list_id, mail, now=now) for mail in mails]
    store.run_sync(dockets.ask, list_id, detail="", due_at=now, now=now)
    return made


def _states(store: Store, posts: list[int]) -> list[str]:
    return [store.read_sync(holds.card, post).state for post in posts]


def _take(store: Store, given: Given, now: datetime) -> bool:
    return store.run_sync(docket_replies.take, 1, given, now=now)


def test_an_answer_decides_the_posts_it_names_and_is_answered(
    store: Store, now: datetime, mona: int, posts: list[int]
) -> None:
    assert _take(store, _given("accept", 1, 3), now)

    assert _states(store, posts) == ["released", "held", "released"]
    assert told(store, "docket.answer") == [(mona, "mail")]
    said = letter(store, "docket.answer", mona)
    assert said is not None
    assert said.paragraphs == (
        "1. Post 1\nMona Vik has decided: accepted, and gone out.",
        "3. Post 3\nMona Vik has decided: accepted, and gone out.",
    )


def test_the_same_mail_again_changes_nothing(
    store: Store, now: datetime, mona: int, posts: list[int]
) -> None:
    for _ in range(2):
        assert _take(store, _given("accept", 1), now)

    assert told(store, "docket.answer") == [(mona, "mail")]


def test_who_comes_later_hears_who_decided_what(
    store: Store, now: datetime, mona: int, posts: list[int]
) -> None:
    jon = a_moderator(store, "Jon Vik")
    store.run_sync(moderation.decide, posts[0], Decision.DISCARD, by=jon, now=now)

    _take(store, ALL, now)

    said = letter(store, "docket.answer", mona)
    assert said is not None
    assert said.paragraphs[0] == "1. Post 1\nJon Vik has decided: discarded."
    assert _states(store, posts) == ["discarded", "released", "released"]


@pytest.mark.parametrize(
    "forged",
    [
        replace(ALL, from_addresses=("eve@elsewhere.example",)),
        replace(ALL, from_addresses=("ada.holm@example.org",)),
        replace(ALL, from_addresses=()),
        replace(ALL, proof=Proof.FAIL),
        replace(ALL, proof=Proof.NONE),
    ],
)
def test_a_mail_that_is_not_the_moderators_decides_nothing_and_hears_nothing(
    store: Store, now: datetime, mona: int, posts: list[int], forged: Given
) -> None:
    assert not _take(store, forged, now)

    assert _states(store, posts) == ["held"] * 3
    assert told(store, "docket.answer") == []
    [entry] = store.read_sync(journal.of, "docket", 1)
    assert (entry.event, entry.person_id) == ("docket.refuse", None)


def test_where_nobody_looks_who_sends_the_address_is_enough(
    store: Store, now: datetime, mona: int, posts: list[int]
) -> None:
    assert _take(store, replace(_given("accept", 1), proof=Proof.UNKNOWN), now)

    assert _states(store, posts) == ["released", "held", "held"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (ACCEPT, "There is more than one post in that mail. Write the number behind the word."),
        (_given("accept", 7), "There is no post 7 in the mail you have answered."),
        (
            _given("return", 1),
            "1. Post 1\nSay in a sentence why it goes back; the author will read it.",
        ),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(
    store: Store, now: datetime, mona: int, posts: list[int], given: Given, words: str
) -> None:
    _take(store, given, now)

    said = letter(store, "docket.answer", mona)
    assert said is not None
    assert said.paragraphs == (words,)
    assert _states(store, posts) == ["held"] * 3


def test_an_answer_to_an_old_mail_decides_nothing(
    store: Store, now: datetime, mona: int, posts: list[int]
) -> None:
    later = now + dockets.GOOD_FOR + timedelta(days=1)

    _take(store, ALL, later)

    said = letter(store, "docket.answer", mona)
    assert said is not None
    assert said.paragraphs == ("The mail you have answered is too old. Nothing has been decided.",)


def test_a_return_carries_its_reason(
    store: Store, now: datetime, mona: int, posts: list[int]
) -> None:
    _take(store, _given("return", 2, reason="Add a date."), now)

    card = store.read_sync(holds.card, posts[1])
    assert (card.state, card.reason) == ("returned", "Add a date.")


def test_one_answer_decides_each_post_in_its_own_way(
    store: Store, now: datetime, mona: int, posts: list[int]
) -> None:
    given = (
        Said(verb="accept", numbers=(1,)),
        Said(verb="return", numbers=(2,), reason="Too long."),
        Said(verb="discard", numbers=(7,)),
    )

    _take(store, replace(ACCEPT, said=given), now)

    assert _states(store, posts) == ["released", "returned", "held"]
    said = letter(store, "docket.answer", mona)
    assert said is not None
    assert said.paragraphs[-1] == "There is no post 7 in the mail you have answered."


def test_any_other_words_go_to_the_other_moderators_and_decide_nothing(
    store: Store, now: datetime, mona: int, posts: list[int]
) -> None:
    jon = a_moderator(store, "Jon Vik", slack_id="U1")
    words = "I know her, shall we accept 1?"

    _take(store, replace(ACCEPT, said=(), text=words), now)

    assert _states(store, posts) == ["held"] * 3
    assert told(store, "docket.note") == [(jon, "slack")]
    note, answer = letter(store, "docket.note", jon), letter(store, "docket.answer", mona)
    assert note is not None
    assert answer is not None
    assert (note.subject, note.quote) == ("Mona Vik about the posts that wait", words)
    assert answer.quote == words
    lives = [store.read_sync(journal.of, "post", post)[-1] for post in posts]
    assert [(entry.event, entry.person_id) for entry in lives] == [("post.note", mona)] * 3


def test_an_empty_answer_says_nothing_to_anybody(
    store: Store, now: datetime, mona: int, posts: list[int]
) -> None:
    a_moderator(store, "Jon Vik")

    assert _take(store, replace(ACCEPT, said=(), text=""), now)

    assert told(store, "docket.note") == told(store, "docket.answer") == []
