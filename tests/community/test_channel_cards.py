"""Cards in channels on both databases: put once, due again when something changes, never lost."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from community import asking, channel_cards, dockets, edits, lists, moderation, moderators_channels
from community.channel_cards import ChannelCard
from community.due import Outcome, Work
from community.moderators_channels import Trouble
from community.people import Role
from community.posts import Post
from community.store import Session, Store
from tests.builders import (
    a_list,
    a_mail,
    a_moderator,
    a_person,
    a_post,
    letter,
    notices,
)

LEASE = timedelta(minutes=2)
CHANNEL = "C0000001"


@pytest.fixture
def mona(store: Store) -> int:
    return a_moderator(store, slack_id="U1")


@pytest.fixture
def list_id(store: Store, mona: int, now: datetime) -> int:
    made = a_list(store, a_person(store))
    change = f"moderators_channel={CHANNEL}"
    store.run_sync(lists.set_policy, made, [change], by=None, now=now)
    return made


def a_held(store: Store, list_id: int, now: datetime, n: int = 0) -> int:
    return a_post(store, list_id, a_mail("eve@elsewhere.example", subject=f"Post {n}"), now=now)


def claimed(store: Store, now: datetime) -> list[ChannelCard]:
    return store.run_sync(channel_cards.claim, now=now, limit=10, lease=LEASE, by="w")


def settled(
    store: Store, card: ChannelCard, now: datetime, *, state: Work = Work.DONE, words: str = ""
) -> None:
    reference = f"{CHANNEL}:1.{card.id}" if state is Work.DONE else None
    outcome = Outcome(
        row_id=card.id, fence=card.claims, state=state, words=words or None, reference=reference
    )
    store.run_sync(asking.settle_cards, [outcome], now=now)


def cards(store: Store) -> list[tuple[str, str, int, int]]:
    def read(session: Session) -> list[tuple[str, str, int, int]]:
        found = session.scalars(select(ChannelCard).order_by(ChannelCard.id))
        return [(card.kind, card.state, card.changes, card.shown) for card in found]

    return store.read_sync(read)


def test_a_card_whose_post_is_gone_is_settled_with_the_others(
    store: Store, list_id: int, now: datetime
) -> None:
    post_id = a_held(store, list_id, now)
    (card,) = claimed(store, now)
    store.run_sync(lambda session: session.delete(session.get_one(Post, post_id)))

    settled(store, card, now, state=Work.FAILED, words="is_archived: the channel is archived")

    assert claimed(store, now + 2 * LEASE) == []


def test_a_change_makes_a_card_that_stands_due_again_and_ten_are_one(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    post = a_held(store, list_id, now)
    [card] = claimed(store, now)
    settled(store, card, now)
    assert cards(store) == [("post.hold", "done", 0, 0)]

    for n in range(10):
        words = f"Subject {n}"
        store.run_sync(edits.edit, post, by=mona, now=now, subject=words)

    assert cards(store) == [("post.hold", "due", 10, 0)]
    assert len(claimed(store, now)) == 1
    assert cards(store) == [("post.hold", "due", 10, 10)]
    assert claimed(store, now) == []


def test_a_change_while_a_card_is_being_sent_is_not_lost(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    post = a_held(store, list_id, now)
    [card] = claimed(store, now)
    store.run_sync(moderation.discard, post, by=mona, now=now)

    settled(store, card, now)

    assert cards(store) == [("post.hold", "due", 1, 0)]
    stands = store.read_sync(channel_cards.stands_at, f"{CHANNEL}:1.{card.id}")
    assert stands is not None
    assert not channel_cards.is_in_doubt(stands)


def test_a_card_that_was_claimed_and_never_settled_is_in_doubt(
    store: Store, now: datetime, list_id: int
) -> None:
    a_held(store, list_id, now)
    [first] = claimed(store, now)
    [second] = claimed(store, now + LEASE + timedelta(seconds=1))

    assert [channel_cards.is_in_doubt(each) for each in (first, second)] == [False, True]


def test_what_a_channel_will_not_take_goes_to_each_and_its_state_is_kept(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    root = a_person(store, "Root Rot", roles=(Role.ADMIN,), slack_id="U9")
    post = a_held(store, list_id, now)
    [card] = claimed(store, now)

    settled(store, card, now, state=Work.FAILED, words="not_in_channel: the app is not in it")

    assert [(n.object_id, n.person_id) for n in notices(store, "post.hold")] == [(post, mona)]
    assert store.read_sync(moderators_channels.of_list, list_id, now=now) == ""
    told = letter(store, "moderators_channel.watch", root)
    assert told is not None
    assert dict(told.facts)["Slack says"] == "not_in_channel"
    later = now + moderators_channels.LOOK_EVERY
    assert store.read_sync(moderators_channels.of_list, list_id, now=later) == CHANNEL


def test_a_post_that_was_decided_meanwhile_goes_to_nobody(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    post = a_held(store, list_id, now)
    [card] = claimed(store, now)
    store.run_sync(moderation.discard, post, by=mona, now=now)

    settled(store, card, now, state=Work.FAILED, words="is_archived: it is archived")

    assert notices(store, "post.hold") == []


def test_a_press_on_an_old_card_makes_it_due_again(
    store: Store, now: datetime, list_id: int
) -> None:
    a_held(store, list_id, now)
    [card] = claimed(store, now)
    settled(store, card, now)

    store.run_sync(channel_cards.refresh, f"{CHANNEL}:1.{card.id}", now=now)
    store.run_sync(channel_cards.refresh, "C9:9.9", now=now)

    assert cards(store) == [("post.hold", "due", 1, 0)]


def test_one_card_counts_what_comes_too_fast_and_is_renewed(
    store: Store, now: datetime, list_id: int
) -> None:
    first = [a_held(store, list_id, now, n) for n in range(7)][5]

    assert [kind for kind, *_ in cards(store)] == ["post.hold"] * 5 + ["post.count"]
    for card in claimed(store, now):
        settled(store, card, now)
    store.run_sync(asking.count, first, detail="", due_at=now, now=now)
    assert cards(store)[-1] == ("post.count", "due", 1, 0)


def test_when_no_card_stands_moderators_get_mail_within_minutes(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    a_held(store, list_id, now)
    later = now + asking.PATIENCE

    store.run_sync(dockets.look, list_id, detail="", due_at=later, now=later)

    assert [each.person_id for each in notices(store, "docket.ask")] == [mona]


def test_what_a_channel_is_counts_for_a_day_and_is_told_when_it_is_new(
    store: Store, now: datetime, list_id: int
) -> None:
    a_person(store, "Root Rot", roles=(Role.ADMIN,))

    def note(trouble: Trouble, at: datetime) -> None:
        store.run_sync(moderators_channels.note, CHANNEL, trouble, now=at)

    assert store.read_sync(moderators_channels.is_stale, CHANNEL, now=now)
    assert not store.read_sync(moderators_channels.may_read_posts, CHANNEL)
    days = [now + timedelta(days=n) for n in range(5)]
    states = (Trouble.NONE, Trouble.PUBLIC, Trouble.PUBLIC, Trouble.NONE, Trouble.PUBLIC)
    told, private = [], []
    for day, state in zip(days, states, strict=True):
        note(state, day)
        told.append(len(notices(store, "moderators_channel.watch")))
        private.append(store.read_sync(moderators_channels.may_read_posts, CHANNEL))

    assert told == [0, 1, 1, 1, 2]
    assert private == [True, False, False, True, False]
    assert not store.read_sync(moderators_channels.is_stale, CHANNEL, now=days[-1])
