"""Decisions about held posts: the first wins, time decides when nobody does, on both databases."""

import threading
from dataclasses import replace
from datetime import datetime

import pytest

from community import holds, journal, lists, moderation, outbox, posts
from community.cases import Decision
from community.errors import Refusal
from community.holds import HeldPost
from community.policies import Policy
from community.posts import Post
from community.store import Store
from tests.builders import (
    EARLIER,
    a_list,
    a_mail,
    a_moderator,
    a_person,
    a_post,
    deliveries,
    notices,
    planned,
    told,
)

OUTCOMES = (Decision.ACCEPT, Decision.DIGEST, Decision.RETURN, Decision.DISCARD)
STATES = {
    Decision.ACCEPT: "released",
    Decision.DIGEST: "queued",
    Decision.RETURN: "returned",
    Decision.DISCARD: "discarded",
}
DONE = {
    Decision.ACCEPT: "accepted this post",
    Decision.DIGEST: "put this post into the digest",
    Decision.RETURN: "returned this post",
    Decision.DISCARD: "discarded this post",
}
SETTLED = "That is no longer possible: it has already been settled."


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store)


@pytest.fixture
def mona(store: Store) -> int:
    return a_moderator(store, slack_id="U1")


@pytest.fixture
def list_id(store: Store, ada: int) -> int:
    return a_list(store, ada)


@pytest.fixture
def held(store: Store, mona: int, list_id: int) -> int:
    """Give the first post of Ada, who is a newcomer."""
    return a_post(store, list_id, a_mail())


def _refusal(store: Store, act: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(Refusal) as refused:
        store.run_sync(act, *args, **kwargs)  # type: ignore[arg-type]  # any act of this file
    return str(refused.value)


def _post(store: Store, post_id: int) -> Post:
    return store.read_sync(lambda session: session.get_one(Post, post_id))


def _expire(store: Store, post_id: int, now: datetime) -> None:
    store.run_sync(moderation.expire, post_id, detail="", due_at=now, now=now)


def test_a_mail_that_nobody_can_read_is_accepted_or_discarded_and_nothing_else(
    store: Store, now: datetime
) -> None:
    moderator = a_moderator(store)
    postdocs = a_list(store)
    post_id = a_post(store, postdocs, a_mail(is_unreadable=True))

    with pytest.raises(Refusal, match="You can accept it as it is"):
        store.run_sync(moderation.digest, post_id, by=moderator, now=now)

    store.run_sync(moderation.discard, post_id, by=moderator, now=now)
    assert _post(store, post_id).state == "discarded"


def test_accept_sends_it_to_everybody_and_cancels_the_deadline(
    store: Store, now: datetime, held: int, mona: int, ada: int
) -> None:
    store.run_sync(moderation.accept, held, by=mona, now=now)

    post = _post(store, held)
    assert (post.state, post.released_at) == ("released", now)
    assert (post.decided_at, post.decided_by, post.reason) == (now, mona, "")
    assert [row.person_id for row in deliveries(store, held)] == [ada]
    expiry = planned(store, "post.expire")
    assert [(step.state, step.last_error) for step in expiry] == [("cancelled", "decided")]
    assert [(e.event, e.person_id) for e in store.read_sync(journal.of, "post", held)] == [
        ("post.hold", None),
        ("post.accept", mona),
        ("post.release", None),
    ]


def test_digest_queues_it_and_tells_the_author(
    store: Store, now: datetime, held: int, mona: int, ada: int
) -> None:
    store.run_sync(moderation.digest, held, by=mona, now=now)

    assert (_post(store, held).state, _post(store, held).released_at) == ("queued", None)
    assert told(store, "post.digest") == [(ada, "mail")]
    assert deliveries(store, held) == []


def test_send_back_asks_for_a_reason_and_gives_it_to_the_author(
    store: Store, now: datetime, held: int, mona: int, ada: int
) -> None:
    blank = _refusal(store, moderation.send_back, held, by=mona, now=now, reason="  ")
    assert blank == "Say in a sentence why it goes back; the author will read it."
    assert _post(store, held).state == "held"

    store.run_sync(moderation.send_back, held, by=mona, now=now, reason=" Too long. ")

    assert (_post(store, held).state, _post(store, held).reason) == ("returned", "Too long.")
    assert told(store, "post.return") == [(ada, "mail")]


def test_discard_tells_the_author_nothing(
    store: Store, now: datetime, held: int, mona: int
) -> None:
    before = len(notices(store))

    store.run_sync(moderation.discard, held, by=mona, now=now)

    assert _post(store, held).state == "discarded"
    assert [(n.kind, n.detail) for n in notices(store)[before:]] == [("post.hold", "decided")]


def test_a_decision_brings_every_moderators_slack_card_up_to_date(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    jon = a_moderator(store, "Jon Vik", slack_id="U2")
    post_id = a_post(store, list_id, a_mail(), now=now)

    store.run_sync(moderation.accept, post_id, by=mona, now=now)

    cards = [n for n in notices(store, "post.hold") if n.channel == "slack"]
    asked, updated = cards[:2], cards[2:]
    assert [(n.person_id, n.replaces_id) for n in updated] == [
        (mona, asked[0].id),
        (jon, asked[1].id),
    ]


def test_only_a_moderator_decides(store: Store, now: datetime, held: int, ada: int) -> None:
    assert _refusal(store, moderation.accept, held, by=ada, now=now) == (
        "Only a moderator of the list can do this."
    )
    assert _post(store, held).state == "held"


def test_who_comes_later_is_told_who_decided(
    store: Store, now: datetime, held: int, mona: int
) -> None:
    jon = a_moderator(store, "Jon Vik")
    store.run_sync(moderation.accept, held, by=mona, now=now)
    before = len(notices(store))

    words = [
        _refusal(store, moderation.decide, held, each, by=jon, now=now, reason="No.")
        for each in OUTCOMES
    ]

    assert words == [f"Mona Vik has already accepted this post ({now})."] * 4
    assert (len(notices(store)), len(deliveries(store, held))) == (before, 1)


def test_what_time_has_decided_is_settled(
    store: Store, now: datetime, held: int, mona: int
) -> None:
    _expire(store, held, now)

    assert _refusal(store, moderation.accept, held, by=mona, now=now) == SETTLED


def test_a_post_that_is_not_there_cannot_be_decided(store: Store, now: datetime, mona: int) -> None:
    assert _refusal(store, moderation.accept, 4711, by=mona, now=now) == "There is no post 4711."
    assert _refusal(store, holds.card, 4711) == "There is no post 4711."


@pytest.mark.parametrize("decision", [Decision.HOLD, Decision.REJECT, Decision.QUARANTINE])
def test_no_moderator_decides_what_only_rules_say(
    store: Store, now: datetime, held: int, mona: int, decision: Decision
) -> None:
    _refusal(store, moderation.decide, held, decision, by=mona, now=now)

    assert _post(store, held).state == "held"


def test_of_eight_decisions_at_the_same_moment_one_wins_and_the_rest_hear_who(
    store: Store, now: datetime, list_id: int, held: int
) -> None:
    names = [f"Moderator {n}" for n in range(8)]
    people = [a_moderator(store, name) for name in names]
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=9"], by=None, now=EARLIER)
    for n in range(4):
        post_id = a_post(store, list_id, a_mail(subject=f"Race {n}"), now=now)
        won: list[tuple[str, Decision]] = []
        heard: list[str] = []
        ready = threading.Barrier(8)

        def decide(
            number: int,
            post_id: int = post_id,
            ready: threading.Barrier = ready,
            won: list[tuple[str, Decision]] = won,
            heard: list[str] = heard,
        ) -> None:
            decision = OUTCOMES[number % 4]
            ready.wait()
            try:
                store.run_sync(
                    moderation.decide, post_id, decision, by=people[number], now=now, reason="Why."
                )
            except Refusal as refusal:
                heard.append(str(refusal))
            else:
                won.append((names[number], decision))

        threads = [threading.Thread(target=decide, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(won) == 1
        name, decision = won[0]
        assert heard == [f"{name} has already {DONE[decision]} ({now})."] * 7
        assert _post(store, post_id).state == STATES[decision]
        assert len(deliveries(store, post_id)) == (1 if decision is Decision.ACCEPT else 0)
        life = store.read_sync(journal.of, "post", post_id)
        let_out = ["post.release"] if decision is Decision.ACCEPT else []
        assert [entry.event for entry in life] == ["post.hold", f"post.{decision}", *let_out]


@pytest.mark.parametrize(
    ("outcome", "state", "words"),
    [
        ("digest", "queued", "post.digest"),
        ("accept", "released", None),
        ("return", "returned", "post.return"),
        ("discard", "discarded", None),
    ],
)
def test_a_post_that_nobody_decides_fares_as_the_list_likes(
    store: Store,
    now: datetime,
    list_id: int,
    held: int,
    ada: int,
    outcome: str,
    state: str,
    words: str | None,
) -> None:
    store.run_sync(lists.set_policy, list_id, [f"hold_outcome={outcome}"], by=None, now=EARLIER)

    for _ in range(2):  # a step that comes twice changes nothing more
        _expire(store, held, now)

    post = _post(store, held)
    assert (post.state, post.decided_by, post.decided_at) == (state, None, now)
    said = [n.kind for n in notices(store) if n.person_id == ada and n.kind != "post.wait"]
    assert said == ([words] if words else [])
    assert len(deliveries(store, held)) == (1 if outcome == "accept" else 0)


@pytest.mark.parametrize("outcome", ["digest", "accept"])
@pytest.mark.parametrize(
    ("senders", "rule"),
    [
        (("eve@elsewhere.example",), "nonmember"),
        (("ada.holm@example.org", "eve@elsewhere.example"), "sender"),
        ((), "sender"),
    ],
)
def test_what_anybody_may_have_written_never_goes_out_by_time_alone(
    store: Store, now: datetime, list_id: int, outcome: str, senders: tuple[str, ...], rule: str
) -> None:
    store.run_sync(lists.set_policy, list_id, [f"hold_outcome={outcome}"], by=None, now=EARLIER)
    post_id = a_post(store, list_id, replace(a_mail(), from_addresses=senders), now=now)
    assert (_post(store, post_id).state, _post(store, post_id).rule) == ("held", rule)
    assert store.read_sync(holds.card, post_id).outcome == "return"

    _expire(store, post_id, now)

    assert _post(store, post_id).state == "returned"
    assert deliveries(store, post_id) == []


def test_time_changes_nothing_about_a_decided_post(
    store: Store, now: datetime, held: int, mona: int
) -> None:
    store.run_sync(moderation.discard, held, by=mona, now=now)

    _expire(store, held, now)

    assert (_post(store, held).state, _post(store, held).decided_by) == ("discarded", mona)


def test_what_cannot_be_read_is_never_sent_on_by_time_alone(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    post_id = a_post(store, list_id, a_mail(is_unreadable=True), now=now)

    _expire(store, post_id, now)
    assert _post(store, post_id).state == "quarantined"
    _refusal(store, moderation.digest, post_id, by=mona, now=now)
    _refusal(store, moderation.send_back, post_id, by=mona, now=now, reason="No.")
    assert _post(store, post_id).state == "quarantined"

    store.run_sync(moderation.accept, post_id, by=mona, now=now)
    assert _post(store, post_id).state == "released"


def test_held_shows_what_waits_the_longest_waiting_first(
    store: Store, now: datetime, list_id: int, held: int, mona: int
) -> None:
    long = a_post(store, list_id, a_mail(subject="Long", text="word " * 200), now=now)
    unread = a_post(store, list_id, a_mail("eve@x.example", is_unreadable=True), now=now)
    decided = a_post(store, list_id, a_mail(subject="Gone"), now=now)
    store.run_sync(moderation.discard, decided, by=mona, now=now)

    cards = store.read_sync(holds.first, 100)

    assert [card.post_id for card in cards] == [held, long, unread]
    assert cards[1].excerpt == ("word " * 120).rstrip() + "…"
    assert cards[0] == HeldPost(
        post_id=held,
        list_address="postdocs@lists.example.org",
        subject="Lunch",
        from_name="",
        from_email="ada.holm@example.org",
        excerpt="Shall we have lunch?",
        rule="newcomer",
        policy=Policy(grace_seconds=0).values(),
        received_at=EARLIER,
        deadline_at=_post(store, held).deadline_at,
        outcome="digest",
        state="held",
        decided_at=None,
        decided_by=None,
        reason="",
    )


def test_what_is_put_twice_is_said_once(store: Store, now: datetime, held: int) -> None:
    def again(session: object) -> int:
        return outbox.put_instead(session, "post.hold", held, detail="decided", now=now)  # type: ignore[arg-type]  # the store's session

    assert [store.run_sync(again), store.run_sync(again)] == [1, 0]
    assert posts.WAITING == (Decision.HOLD, Decision.QUARANTINE)
