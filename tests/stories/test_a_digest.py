"""Five people with five choices over two weeks: who gets what, when, and how often."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.records import Message
from sandbox.replies import Reply
from tests.stories.town import Town

pytestmark = pytest.mark.anyio

AMARA, JONAS = "amara.okafor@example.org", "jonas.lie@example.org"
WEI, PRIYA, ELENA, MATEO, AIKO = (
    f"{name}@example.org"
    for name in ("wei.zhang", "priya.raman", "elena.petrova", "mateo.garcia", "aiko.tanaka")
)
#: Longer than an accepted post waits before it leaves.
GRACE = timedelta(minutes=3)
CHOICES = {WEI: "each", PRIYA: "digest", ELENA: "weekly", MATEO: "followed", AIKO: "none"}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return an hour of a day of February 2027 on the clocks of Oslo."""
    return datetime(2027, 2, day, hour - 1, minute, tzinfo=UTC)


def got(town: Town, person: str) -> list[str]:
    """Return the subjects of all mails of the list to one person since the town was built."""
    return [mail.subject for mail in town.mails(person, "[postdocs]")][1:]


async def write(
    town: Town, sender: str, subject: str, text: str, *, answers: str | None = None
) -> None:
    """Write to the list, and wait until what is accepted has left."""
    await town.write(sender, subject, text, answers=answers)
    await town.wait_until(town.now + GRACE)


async def test_five_people_with_five_choices_over_two_weeks(town: Town) -> None:
    # Monday: five people choose in chat, and see what they have chosen.
    for person, choice in CHOICES.items():
        await town.command(person, f"lists {choice} postdocs")
    assert _chosen(await town.command(ELENA, "lists")) == ["One digest a week"]

    # Amara, a moderator, writes: Wei has it at once, Priya at 16:00 with one click to answer.
    await write(town, AMARA, "Seminar on Friday", "At Hangaren.\n\n-- \nAmara")
    assert {person: len(got(town, person)) for person in CHOICES} == {
        **dict.fromkeys(CHOICES, 0),
        WEI: 1,
    }
    await town.wait_until(at(1, 15, 59))
    assert got(town, PRIYA) == []
    await town.wait_until(at(1, 16, 1))
    assert got(town, PRIYA) == ["[postdocs] Digest 1: Seminar on Friday"]
    assert "At Hangaren." in town.mails(PRIYA, "Digest 1")[0].text
    assert "-- \nAmara" not in town.mails(PRIYA, "Digest 1")[0].text

    # Tuesday: Mateo writes, Jonas accepts it, Amara answers. Mateo has written, so he follows.
    await town.wait_until(at(2, 10))
    await write(town, MATEO, "Lab tour?", "Who comes?")
    await town.press(JONAS, _card(town, "Lab tour?"), "post.accept")
    await town.wait_until(town.now + GRACE)
    asked = town.mails(WEI, "Lab tour?")[0].message_id
    await write(town, AMARA, "Re: Lab tour?", "I do.\n\n> Who comes?", answers=asked)
    assert got(town, MATEO) == ["[postdocs] Lab tour?", "Re: [postdocs] Lab tour?"]

    # Wednesday brings one digest of both, Thursday and the weekend none: nothing was written.
    await town.wait_until(at(7, 23))
    assert got(town, PRIYA)[1:] == ["[postdocs] Digest 2: Lab tour?"]

    # Monday 8:00: Elena has the whole week in one mail, by thread.
    assert got(town, ELENA) == []
    await town.wait_until(at(8, 8, 1))
    assert got(town, ELENA) == ["[postdocs] Digest 1: Seminar on Friday, Lab tour?"]
    weekly = town.mails(ELENA, "Digest 1")[0]
    assert "Lab tour? (2)" in weekly.text

    # She answers the digest itself: nobody can tell which post, so she hears that.
    before = len(town.sink.all)
    await write(town, ELENA, f"Re: {weekly.subject}", "Great idea!", answers=weekly.message_id)
    [back] = town.mails(ELENA, "Your answer has not gone out")
    assert "we cannot tell which of its posts you mean" in " ".join(back.text.split())
    assert len(town.sink.all) == before + 1

    # Priya pauses from her digest until Wednesday; it starts again by itself.
    pause = town.link(town.mails(PRIYA, "Digest 2")[0], "pause")
    assert "Paused." in await town.click(pause, until_day="2027-02-10", until_time="09:00")
    assert "Paused until Wed 10 Feb 2027, 09:00" in _words(await town.command(PRIYA, "lists"))
    await write(town, AMARA, "In the pause", "One")
    await town.wait_until(at(11, 9))
    await write(town, AMARA, "After the pause", "Two")

    # Elena mutes a thread from her digest: no more of it, not even weekly.
    await town.click(town.link(weekly, "mute"))
    seminar = town.mails(WEI, "Seminar")[0].message_id
    await write(town, AMARA, "Re: Seminar on Friday", "Moved to 13:00.", answers=seminar)

    # Monday a week later: the counts are exact.
    await town.wait_until(at(15, 8, 1))
    assert {person: got(town, person) for person in CHOICES} == {
        WEI: [
            "[postdocs] Seminar on Friday",
            "[postdocs] Lab tour?",
            "Re: [postdocs] Lab tour?",
            "[postdocs] In the pause",
            "[postdocs] After the pause",
            "Re: [postdocs] Seminar on Friday",
        ],
        PRIYA: [
            "[postdocs] Digest 1: Seminar on Friday",
            "[postdocs] Digest 2: Lab tour?",
            "[postdocs] Digest 3: After the pause, Seminar on Friday",
        ],
        ELENA: [
            "[postdocs] Digest 1: Seminar on Friday, Lab tour?",
            "Your answer has not gone out: Re: [postdocs] Digest 1: Seminar on Friday, Lab tour?",
            "[postdocs] Digest 2: In the pause, After the pause",
        ],
        MATEO: ["[postdocs] Lab tour?", "Re: [postdocs] Lab tour?"],
        AIKO: [],
    }


def _words(reply: Reply) -> str:
    return str(reply.messages)


def _chosen(reply: Reply) -> list[str]:
    beside = [block.get("accessory", {}) for block in reply.messages[-1].blocks]
    return [one["initial_option"]["text"]["text"] for one in beside if "initial_option" in one]


def _card(town: Town, subject: str) -> Message:
    return town.told(JONAS, subject)[0]
