"""What moderators and authors are told about a post that waits."""

from dataclasses import replace
from datetime import datetime

import pytest

from community import edits, holds, moderation
from community.cases import Decision, Proof
from community.lifecycle import LIVES
from community.policies import CHOICES
from community.store import Session, Store
from community.unreadables import Unreadable
from letters import digests, posts, reports
from letters.letter import Button, Letter
from letters.posts import OUTCOMES, STATES, UNREAD, VERBS, because, hold
from tests.builders import (
    a_house,
    a_list,
    a_mail,
    a_moderator,
    a_person,
    a_post,
    a_reader,
    letter,
)

LIST = ("List", "postdocs@lists.example.org")
FATE_URL = "https://samband.example.org/posts/1/fate"
FATE = f"What the rules said, and what becomes of it: {FATE_URL}"
DEADLINE = "Thu 4 Feb, 10:00"


@pytest.fixture
def mona(store: Store) -> int:
    return a_moderator(store, slack_id="U1")


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store)


@pytest.fixture
def post(store: Store, now: datetime, mona: int, ada: int) -> int:
    return a_post(store, a_list(store, ada), a_mail(), now=now)


def _read(store: Store, kind: str, person: int) -> Letter:
    found = letter(store, f"post.{kind}", person)
    assert found is not None
    return found


def _held_facts(*more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return (
        LIST,
        ("From", "ada.holm@example.org"),
        ("Held because", "First posts wait for a moderator."),
        *more,
    )


def _button(post: int, verb: str, label: str) -> Button:
    style = {"accept": "primary", "discard": "danger", "ban": "danger"}.get(verb)
    return Button(label=label, action=f"post.{verb}", object_id=post, style=style)  # type: ignore[arg-type]  # the two styles


def test_hold_asks_a_moderator_with_four_buttons(store: Store, post: int, mona: int) -> None:
    assert _read(store, "hold", mona) == Letter(
        language="en",
        subject="Held: Lunch",
        paragraphs=("A post waits for you.",),
        facts=_held_facts(("If nobody decides", f"{DEADLINE}: it goes into the next digest")),
        quote="Shall we have lunch?",
        buttons=(
            _button(post, "accept", "Accept"),
            _button(post, "digest", "Into the digest"),
            _button(post, "return", "Return with a reason"),
            _button(post, "discard", "Discard"),
        ),
        more=(
            _button(post, "trust", "Accept and trust"),
            _button(post, "edit", "Change subject or topic"),
            _button(post, "claim", "I’ll look at it"),
            _button(post, "ban", "Discard and ban"),
        ),
        why="You get this because you moderate postdocs@lists.example.org.",
    )


def test_hold_names_the_topic_that_the_post_has(
    store: Store, now: datetime, post: int, mona: int
) -> None:
    store.run_sync(edits.edit, post, by=mona, now=now, subject="Lunch", topic="social")

    facts = dict(_read(store, "hold", mona).facts)

    assert (facts["Topic"], facts["Held because"]) == (
        "Social",
        "First posts wait for a moderator.",
    )


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (Decision.ACCEPT, "accepted, and gone out"),
        (Decision.DIGEST, "goes into the next digest"),
        (Decision.RETURN, "returned to its author"),
        (Decision.DISCARD, "discarded"),
    ],
)
def test_hold_says_who_decided_what(
    store: Store, now: datetime, post: int, mona: int, decision: Decision, words: str
) -> None:
    store.run_sync(moderation.decide, post, decision, by=mona, now=now, reason="Too long.")

    found = _read(store, "hold", mona)

    assert found.paragraphs == (f"Mona Vik has decided: {words}.",)
    undo = {Decision.DIGEST, Decision.DISCARD}  # nobody has it yet
    assert found.facts == _held_facts()
    assert found.buttons == ((_button(post, "reopen", "Take it back"),) if decision in undo else ())


def test_hold_says_that_nobody_decided_in_time(
    store: Store, now: datetime, post: int, mona: int
) -> None:
    store.run_sync(moderation.expire, post, detail="", due_at=now, now=now)

    assert _read(store, "hold", mona).paragraphs == (
        "Nobody decided in time: goes into the next digest.",
    )


def test_hold_of_what_cannot_be_read_offers_two_buttons_and_no_deadline(
    store: Store, now: datetime, mona: int, ada: int
) -> None:
    list_id = a_list(store, ada)
    mail = a_mail(is_unreadable=True, unreadable=Unreadable.PARTS)
    post = a_post(store, list_id, mail, now=now)

    found = _read(store, "hold", mona)

    assert [button.action for button in found.buttons] == ["post.accept", "post.discard"]
    assert {button.object_id for button in found.buttons} == {post}
    assert found.facts[2] == (
        "Held because",
        "The mail could not be read: it is broken, or made to keep who reads it busy. "
        "It is shown as it came, and would go out like that. "
        "It has too many parts, or parts within parts.",
    )
    assert len(found.facts) == 3


def test_wait_and_digest_say_what_to_do_another_time(
    store: Store, now: datetime, mona: int, ada: int
) -> None:
    post = a_post(store, a_list(store, ada), replace(a_mail(), proof=Proof.NONE), now=now)
    words = "Send it by the mail server of your address: from its own program or web mail."
    waits = _read(store, "wait", ada)

    store.run_sync(moderation.digest, post, by=mona, now=now)

    assert waits.facts == (
        LIST,
        ("If nobody decides", f"{DEADLINE}: it goes back to you"),
        ("Another time", words),
    )
    assert _read(store, "digest", ada).facts == (LIST, ("Another time", words))


def test_wait_tells_the_author_why_and_until_when(store: Store, post: int, ada: int) -> None:
    assert _read(store, "wait", ada) == Letter(
        language="en",
        subject="Your post waits for a moderator: Lunch",
        paragraphs=(
            "First posts wait for a moderator.",
            "You need not do anything. You will see it on the list, or hear why not.",
            FATE,
        ),
        facts=(LIST, ("If nobody decides", f"{DEADLINE}: it goes into the next digest")),
        why="You get this because you wrote to postdocs@lists.example.org.",
    )


def test_wait_is_not_sent_when_somebody_has_decided_first(
    store: Store, now: datetime, post: int, mona: int, ada: int
) -> None:
    store.run_sync(moderation.accept, post, by=mona, now=now)

    assert letter(store, "post.wait", ada) is None


def test_into_digest_tells_the_author_why(
    store: Store, now: datetime, post: int, mona: int, ada: int
) -> None:
    store.run_sync(moderation.digest, post, by=mona, now=now)

    assert _read(store, "digest", ada) == Letter(
        language="en",
        subject="Your post will be in the next digest: Lunch",
        paragraphs=(
            "First posts wait for a moderator.",
            "Everybody on the list gets it in the next digest, with the other posts that wait.",
            FATE,
        ),
        facts=(LIST,),
        why="You get this because you wrote to postdocs@lists.example.org.",
    )


def test_send_back_gives_the_reason_and_the_text(
    store: Store, now: datetime, post: int, mona: int, ada: int
) -> None:
    store.run_sync(moderation.send_back, post, by=mona, now=now, reason=" Too long. ")

    assert _read(store, "return", ada) == Letter(
        language="en",
        subject="Your post has been returned: Lunch",
        paragraphs=(
            "A moderator has sent your post back. This is the reason:",
            "Too long.",
            "Change what is needed and send it again. This is how it began:",
        ),
        facts=(LIST, ("What happened", FATE_URL)),
        quote="Shall we have lunch?",
        why="You get this because you wrote to postdocs@lists.example.org.",
    )


def test_because_is_empty_for_a_rule_that_is_gone(store: Store, post: int) -> None:
    def forgotten(session: Session) -> str:
        card = holds.card(session, post)
        return because("en", type(card)(**{**vars(card), "rule": "gone"}))

    assert store.read_sync(forgotten) == ""


def test_every_state_and_outcome_of_a_post_has_words() -> None:
    assert set(UNREAD) == set(Unreadable)
    assert set(STATES) == set(LIVES["post"].states)
    assert set(OUTCOMES) == set(CHOICES["hold_outcome"])
    possible: dict[str, set[str]] = {state: set() for state in VERBS}
    for state, event in LIVES["post"].moves:
        if state in possible:
            possible[state].add(event)
    assert {state: set(verbs) for state, verbs in VERBS.items()} == possible


def test_norwegian_moderators_read_norwegian(store: Store, post: int) -> None:
    siv = a_person(store, "Siv Lie", language="nb")
    card = store.read_sync(holds.card, post)

    found = hold(card, a_reader(store, siv), a_house())

    assert found.language == "nb"
    assert found.paragraphs != ("A post waits for you.",)
    assert "tor. 4. feb. kl. 10.00" in found.facts[3][1]


@pytest.mark.parametrize(
    ("proof", "words"),
    [
        (Proof.NONE, ["It is not proved that it comes from ada.holm@example.org."]),
        (
            Proof.FAIL,
            [
                "The domain of ada.holm@example.org denies it: "
                "perhaps somebody else has written this."
            ],
        ),
        (Proof.PASS, []),
        (Proof.UNKNOWN, []),
    ],
)
def test_hold_says_when_the_author_may_be_another(
    proof: Proof, words: list[str], store: Store, mona: int
) -> None:
    list_id = a_list(store, a_person(store, "Ada Holm"))
    mail = replace(a_mail(), proof=proof)
    a_post(store, list_id, mail)

    said = letter(store, "post.hold", mona)

    assert said is not None
    assert [value for label, value in said.facts if label == "Sender"] == words


def test_a_post_without_a_subject_is_told_as_one_in_every_letter_about_it(
    store: Store, post: int, ada: int
) -> None:
    bare = replace(store.read_sync(holds.card, post), subject="")
    to, house = a_reader(store, ada), a_house()
    states = ("held", "releasing", "queued", "returned")
    said = [
        hold(bare, to, house),
        posts.wait(bare, to, house),
        posts.into_digest(bare, to, house),
        posts.send_back(bare, to, house),
        digests.give_back(bare, to, house),
        *(reports.report(replace(bare, state=state), to, house) for state in states),
    ]

    assert [each.subject.rpartition(": ")[2] for each in said if each] == ["(no subject)"] * 9
