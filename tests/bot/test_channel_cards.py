"""Cards in a moderators' channel: one for all, true for all, wherever it was decided."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import deliverers
from bot.channel_sender import ChannelSender, trouble_of
from community import asking, channel_cards, dockets, lists, moderation, moderators_channels
from community.channel_cards import ChannelCard
from community.moderators_channels import Trouble
from community.people import Role
from community.store import Session
from sandbox.records import Channel, Member, Message
from tests.bot.conftest import Stage
from tests.bot.reading import labels, words
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, notices

pytestmark = pytest.mark.anyio

DECISIONS = ["Accept", "Into the digest", "Return with a reason", "Discard"]
MORE = ["Accept and trust", "Change subject or topic", "I’ll look at it", "Discard and ban"]
TEXT = "Dear all, <!channel> *who* reads?"


@dataclass
class Office:
    """A list whose moderators decide in one channel: Mona and Nils; Ada is in it and does not."""

    stage: Stage
    room: Channel
    list_id: int
    mona: int
    mona_slack: Member
    nils_slack: Member
    ada_slack: Member

    def post(self, subject: str = "Hello") -> int:
        mail = a_mail("eve@elsewhere.example", subject=subject, text=TEXT)
        return a_post(self.stage.store, self.list_id, mail, now=self.stage.clock.now())

    def cards(self) -> list[Message]:
        return self.stage.workspace.messages(self.room.id)


def an_office(stage: Stage, *, private: bool = True, bot: bool = True) -> Office:
    workspace, store = stage.workspace, stage.store
    mona_slack, nils_slack, ada_slack = (
        workspace.add_member(name.lower(), name) for name in ("Mona", "Nils", "Ada")
    )
    mona = a_moderator(store, slack_id=mona_slack.id)
    a_moderator(store, "Nils Moe", slack_id=nils_slack.id)
    ada = a_person(store, slack_id=ada_slack.id)
    a_person(store, "Root Rot", roles=(Role.ADMIN,))
    members = [mona_slack.id, nils_slack.id, ada_slack.id]
    room = workspace.add_channel("moderators", members=members, private=private, bot=bot)
    list_id = a_list(store, ada)
    change = f"moderators_channel={room.id}"
    store.run_sync(lists.set_policy, list_id, [change], by=None, now=stage.clock.now())
    return Office(stage, room, list_id, mona, mona_slack, nils_slack, ada_slack)


async def test_a_held_post_is_one_card_in_the_channel(stage: Stage) -> None:
    office = an_office(stage)

    office.post("Hello <!here>")
    await stage.deal()

    [card] = office.cards()
    assert notices(stage.store, "post.hold") == []
    assert labels(card) == DECISIONS
    [menu] = [e for b in card.blocks for e in b.get("elements", []) if e["type"] == "overflow"]
    assert [option["text"]["text"] for option in menu["options"]] == MORE
    assert words(card)[0] == "Held: Hello <!here>"
    assert TEXT in words(card)
    assert "*From*" in words(card)
    assert words(card)[-1] == "Every moderator of postdocs@lists.example.org can decide here."
    assert card.metadata == {"event_type": "samband_card", "event_payload": {"card": 1}}
    assert "<!here>" not in card.text


async def test_a_press_changes_the_card_for_all_and_says_who_and_when(stage: Stage) -> None:
    office = an_office(stage)
    office.post()
    await stage.deal()

    await stage.workspace.press(office.mona_slack.id, office.cards()[0], "post.digest")
    stage.clock.move(seconds=2)
    await stage.deal()

    [card] = office.cards()
    assert labels(card) == []
    assert words(card)[:2] == ["Hello", "Mona Vik has decided: goes into the next digest."]
    assert words(card)[-2:] == ["*When*", "Mon 1 Feb, 10:00"]
    assert stage.workspace.ephemerals(office.mona_slack.id) == []


async def test_a_decision_by_another_door_or_by_time_changes_the_card(stage: Stage) -> None:
    office = an_office(stage)
    by_mail, by_time = office.post("One"), office.post("Two")
    await stage.deal()
    stage.clock.move(seconds=2)
    await stage.deal()
    now = stage.clock.now()

    await stage.store.run(moderation.discard, by_mail, by=office.mona, now=now)
    await stage.store.run(moderation.expire, by_time, detail="", due_at=now, now=now)
    for _ in range(2):
        stage.clock.move(seconds=2)
        await stage.deal()

    said = [words(card)[1] for card in office.cards()]
    assert said == [
        "Mona Vik has decided: discarded.",
        "Nobody decided in time: returned to its author.",
    ]
    assert [labels(card) for card in office.cards()] == [[], []]


async def test_a_claimed_card_says_who_has_it(stage: Stage) -> None:
    office = an_office(stage)
    post = office.post()
    await stage.deal()

    card, mona = office.cards()[0], office.mona_slack.id
    await stage.workspace.press(mona, card, "post.more", selected=f"claim-{post}")
    stage.clock.move(seconds=2)
    await stage.deal()

    assert "Mona Vik has it, until 10:30." in words(office.cards()[0])
    assert labels(office.cards()[0]) == DECISIONS


async def test_a_return_asks_for_a_reason_and_changes_the_card(stage: Stage) -> None:
    office = an_office(stage)
    office.post()
    await stage.deal()

    asked = await stage.workspace.press(office.nils_slack.id, office.cards()[0], "post.return")
    assert asked.modal is not None
    await stage.workspace.fill(office.nils_slack.id, asked.modal, {"canned": "topic"})
    stage.clock.move(seconds=2)
    await stage.deal()

    assert words(office.cards()[0])[1] == "Nils Moe has decided: returned to its author."


@pytest.mark.parametrize("action", ["post.accept", "post.return"])
async def test_who_is_no_moderator_is_told_so_alone(stage: Stage, action: str) -> None:
    office = an_office(stage)
    office.post()
    await stage.deal()

    reply = await stage.workspace.press(office.ada_slack.id, office.cards()[0], action)

    assert reply.modal is None
    [said] = stage.workspace.ephemerals(office.ada_slack.id)
    assert said.text == "Only a moderator of the list can do this."
    assert labels(office.cards()[0]) == DECISIONS


async def test_who_comes_later_is_told_who_decided_and_the_card_is_made_true(stage: Stage) -> None:
    office = an_office(stage)
    post = office.post()
    await stage.deal()
    [card] = office.cards()
    await stage.store.run(moderation.discard, post, by=office.mona, now=stage.clock.now())
    stage.clock.move(seconds=2)
    stage.workspace.fail_next("chat.update", error="message_not_found")
    await stage.deal()

    await stage.workspace.press(office.nils_slack.id, card, "post.accept")

    [said] = stage.workspace.ephemerals(office.nils_slack.id)
    assert said.text == "Mona Vik has already discarded this post (Mon 1 Feb, 10:00)."
    stage.clock.move(seconds=2)
    await stage.deal()
    assert labels(office.cards()[0]) == []


async def test_in_a_public_channel_the_text_is_left_out_and_administrators_hear_once(
    stage: Stage,
) -> None:
    office = an_office(stage, private=False)

    office.post("One")
    await stage.deal()
    stage.clock.move(days=2)
    office.post("Two")
    await stage.deal()

    one, two = office.cards()
    hidden = "What it says is left out here: others can read this channel."
    assert (words(one)[1], words(two)[1]) == (hidden, hidden)
    assert not any(TEXT in each for card in (one, two) for each in words(card))
    assert len(notices(stage.store, "moderators_channel.watch")) == 1


async def test_a_channel_we_are_not_in_falls_back_to_direct_messages(stage: Stage) -> None:
    office = an_office(stage, bot=False)

    first = office.post("One")
    await stage.deal()
    second = office.post("Two")
    await stage.deal()

    told = [(each.object_id, each.channel) for each in notices(stage.store, "post.hold")]
    assert told == [(first, "slack"), (first, "slack"), (second, "slack"), (second, "slack")]
    known = await stage.store.read(moderators_channels.of, office.room.id)
    assert known is not None
    assert (known.trouble, known.reason) == ("closed", "channel_not_found")
    assert len(notices(stage.store, "moderators_channel.watch")) == 1


async def test_a_card_that_was_posted_before_a_crash_is_found_and_its_double_closed(
    stage: Stage,
) -> None:
    office = an_office(stage)
    office.post()
    sender = ChannelSender(stage.chat.client, stage.clock)
    deliverer = deliverers.cards(stage.store, stage.clock, stage.house, sender, tongue="en")
    stage.workspace.fail_next("chat.postMessage", status=500, after_effect=True)
    await deliverer.drain()
    stage.workspace.fail_next("conversations.history", status=500)
    stage.clock.move(minutes=2)
    await deliverer.drain()
    assert len(office.cards()) == 1

    stage.clock.move(minutes=5)
    await deliverer.drain()

    [card] = office.cards()
    assert await stage.store.read(channel_cards.stands_at, f"{card.channel}:{card.ts}")


async def test_a_channel_gets_one_card_a_second(stage: Stage) -> None:
    office = an_office(stage)
    for subject in ("One", "Two", "Three"):
        office.post(subject)
    sender = stage.chat.channel_sender(stage.clock)
    deliverer = deliverers.cards(stage.store, stage.clock, stage.house, sender, tongue="en")

    seen = []
    for _ in range(4):
        await deliverer.drain()
        seen.append(len(office.cards()))
        stage.clock.move(seconds=1)

    assert seen == [1, 2, 3, 3]


async def test_when_the_channel_stays_silent_moderators_get_mail(stage: Stage) -> None:
    office = an_office(stage)
    office.post()
    stage.workspace.fail_next("conversations.info", status=503)
    await stage.deal()

    later = stage.clock.now() + timedelta(minutes=4)
    await stage.store.run(dockets.look, office.list_id, detail="", due_at=later, now=later)

    assert len(notices(stage.store, "docket.ask")) == 2


async def test_beyond_five_a_minute_one_card_counts_the_rest(stage: Stage) -> None:
    office = an_office(stage)
    posts = [office.post(f"Post {n}") for n in range(12)]

    cards = await stage.store.read(_all_cards)

    assert [(card.kind, card.object_id) for card in cards] == [
        *(("post.hold", post) for post in posts[:5]),
        ("post.count", posts[5]),
    ]
    assert asking.BURST == 5


def _all_cards(session: Session) -> list[ChannelCard]:
    return list(session.scalars(select(ChannelCard).order_by(ChannelCard.id)))


@pytest.mark.parametrize(
    ("channel", "trouble"),
    [
        ({"is_private": True, "is_member": True}, Trouble.NONE),
        ({"is_private": True}, Trouble.NONE),
        ({"is_private": False, "is_member": True}, Trouble.PUBLIC),
        ({"is_private": True, "is_ext_shared": True}, Trouble.SHARED),
        ({"is_private": True, "is_pending_ext_shared": True}, Trouble.SHARED),
        ({"is_private": False, "is_member": False}, Trouble.CLOSED),
        ({"is_private": True, "is_archived": True}, Trouble.CLOSED),
    ],
)
def test_what_a_channel_is(channel: dict[str, bool], trouble: Trouble) -> None:
    assert trouble_of(channel)[0] is trouble
