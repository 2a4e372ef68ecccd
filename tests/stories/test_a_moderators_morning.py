"""Forty posts waited over the night; two moderators decide them in their channel before ten."""

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from app import demo
from community import journal
from community.store import Session
from sandbox.records import Message, View
from tests.bot.reading import labels, words
from tests.stories import town as towns
from tests.stories.town import Town

pytestmark = pytest.mark.anyio

AMARA, JONAS, MICHAEL = (
    f"{name}@example.org" for name in ("amara.okafor", "jonas.lie", "michael.brown")
)
WEI, PRIYA = "wei.zhang@example.org", "priya.raman@example.org"
OUTSIDERS = 38
DECISIONS = ("accept", "digest", "return", "discard", "trust", "edit", "claim")


@pytest.fixture
async def town(sqlite_template: Path, tmp_path: Path, now: datetime) -> AsyncIterator[Town]:
    """Build the town on SQLite; what moderators do is tested on both databases elsewhere."""
    path = tmp_path / "samband.db"
    shutil.copyfile(sqlite_template, path)
    async with towns.standing(f"sqlite:///{path}", now) as town:
        yield town


class Channel:
    """The moderators' channel, as those in it see it."""

    def __init__(self, town: Town) -> None:
        self._town = town
        members = [town.slack(AMARA), town.slack(JONAS)]
        # The coordinator is in it too, to choose it.
        everybody = [*members, town.slack(MICHAEL)]
        self.id = town.workspace.add_channel("moderators", members=everybody, private=True).id

    def cards(self) -> list[Message]:
        return self._town.workspace.messages(self.id)

    def card(self, subject: str) -> Message:
        return next(card for card in self.cards() if subject in words(card)[0])

    async def catch_up(self) -> None:
        """Let the seconds pass in which the channel takes what is new, one a second."""
        await self._town.wait_until(self._town.now + timedelta(seconds=10))


async def choose(town: Town, channel: Channel) -> None:
    """Have the coordinator choose the channel in chat."""
    form = (await town.command(MICHAEL, "channel")).modal
    assert form is not None
    assert await town.fill(MICHAEL, form, channel=channel.id) == {}


async def night(town: Town) -> None:
    """Two newcomers write in the evening; at two o'clock a machine elsewhere finds the list."""
    await town.wait_until(town.now.replace(hour=21))
    assert await town.write(WEI, "Who reads drafts with me?", "Thursdays at 12.") == (
        "250 2.0.0 Taken"
    )
    await town.wait_until(town.now + timedelta(hours=1))
    await town.write(PRIYA, "Flat to let", "Near campus.")
    await town.wait_until(town.now + timedelta(hours=3))
    for n in range(OUTSIDERS):
        await town.hand_in(f"eve{n}@elsewhere.example", outside(n))
    await town.settle()
    await town.wait_until(town.now.replace(hour=7, minute=20))


def outside(n: int) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"] = f"eve{n}@elsewhere.example", demo.LIST
    mail["Subject"], mail["Message-ID"] = f"Offer {n}", f"<{n}@elsewhere.example>"
    mail.set_content("<!channel> buy *now*")
    return mail.as_bytes().replace(b"\n", b"\r\n")


def modal(town: Town, email: str) -> View:
    view = town.workspace.modal(town.slack(email))
    assert view is not None
    return view


def events(session: Session) -> Counter[tuple[str, str]]:
    """Count what moderators did with the posts of the night: event and door."""
    night = range(2, 2 + 2 + OUTSIDERS)  # the first post is the list's welcome
    entries = [entry for number in night for entry in journal.of(session, "post", number)]
    done = [(entry.event.partition(".")[2], entry.door) for entry in entries if entry.person_id]
    return Counter((event, door) for event, door in done if event in DECISIONS)


def number_of(card: Message) -> str:
    """Return the number of the post of a card, which its buttons carry."""
    elements = [element for block in card.blocks for element in block.get("elements", [])]
    return str(next(element["value"] for element in elements if element.get("value")))


async def decide_by_card(town: Town, channel: Channel) -> None:
    """Have one claimed and trusted, one returned with a reason, one sent under another subject."""
    drafts = channel.card("Who reads drafts")
    number, jonas = number_of(drafts), town.slack(JONAS)
    await town.workspace.press(jonas, drafts, "post.more", selected=f"claim-{number}")
    await channel.catch_up()
    drafts = channel.card("Who reads drafts")
    assert any("Jonas Lie has it, until" in each for each in words(drafts))
    await town.workspace.press(jonas, drafts, "post.more", selected=f"trust-{number}")

    asked = await town.press(AMARA, channel.card("Flat to let"), "post.return")
    assert asked.modal is not None
    reason = "Try the flat exchange."
    assert await town.fill(AMARA, asked.modal, canned="topic", reason=reason) == {}
    assert reason in town.mails(PRIYA, "Your post has been returned")[0].text

    offer = channel.card("Offer 0")
    edit = f"edit-{number_of(offer)}"
    await town.workspace.press(town.slack(AMARA), offer, "post.more", selected=edit)
    assert await town.fill(AMARA, modal(town, AMARA), subject="Room for two in March") == {}
    await channel.catch_up()
    await town.press(AMARA, channel.card("Room for two in March"), "post.accept")


async def race(town: Town, channel: Channel) -> tuple[str, str]:
    """Have a card and a mail say different things at once; return what won, by which door."""
    docket = town.mails(AMARA, "posts wait for a moderator")[0]
    # The fourth post of the mail is the first that is not decided.
    link = [url for url in docket.links if url.endswith("/discard")][3]
    card = channel.card("Offer 1")
    await asyncio.gather(town.click(link), town.press(JONAS, card, "post.digest"))
    await channel.catch_up()
    came = {
        "Amara Okafor has decided: discarded.": ("discard", "web"),
        "Jonas Lie has decided: goes into the next digest.": ("digest", "slack"),
    }
    return came[words(channel.card("Offer 1"))[1]]


async def decide_by_queue(town: Town, channel: Channel) -> None:
    """Have ten marked and discarded, then all that are left."""
    await town.press(AMARA, channel.cards()[-1], "post.queue")
    view = modal(town, AMARA)
    assert words(view)[0] == "36 posts wait for a moderator"
    [box] = [block for block in view.blocks if block["block_id"].startswith("marked-")]
    ten = [option["value"] for option in box["element"]["options"]]
    marked = {f"{box['block_id']}/marked": ten, "decision": "discard"}
    assert await town.fill(AMARA, view, **marked) == {}
    view = modal(town, AMARA)
    assert words(view)[:2] == ["✓ 10 posts are decided.", "26 posts wait for a moderator"]
    assert await town.fill(AMARA, view, every=["every"], decision="discard") == {}
    await town.wait_until(town.now + timedelta(seconds=70))  # it is counted once a minute


async def test_forty_held_posts_are_decided_by_two_in_their_channel(town: Town) -> None:
    channel = Channel(town)
    await choose(town, channel)
    await night(town)

    # Eight cards for forty posts, no direct messages, one mail; the last card counts by rule.
    assert len(channel.cards()) == 8
    assert [town.told(each, "Offer") for each in (AMARA, JONAS)] == [[], []]
    assert len(town.mails(AMARA, "posts wait for a moderator")) == 1
    assert words(channel.cards()[-1])[0] == "40 posts to postdocs wait for a moderator"

    await decide_by_card(town, channel)
    won = await race(town, channel)
    await decide_by_queue(town, channel)

    # Nothing waits; no card has a button left; the journal says what was done by which door.
    assert words(channel.cards()[-1])[0] == f"All posts to {demo.LIST} have been decided"
    assert [labels(card) for card in channel.cards()] == [[]] * 8
    done = Counter(
        {
            ("claim", "slack"): 1,
            ("trust", "slack"): 1,
            ("accept", "slack"): 2,
            ("return", "slack"): 1,
            ("edit", "slack"): 1,
            ("discard", "slack"): 10,
            ("discard", "time"): 26,  # Amara's decision, carried out twenty at a time
        }
    )
    assert await town.demo.parts.store.read(events) == done + Counter([won])
