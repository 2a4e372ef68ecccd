"""A meetup is proposed in chat, seen by neighbours in the field, joined, and in both calendars."""

from datetime import UTC, datetime

import pytest

from sandbox import invites
from tests.stories.town import Town

pytestmark = pytest.mark.anyio

#: Condensed matter and materials; physics; materials; literature.
AMARA, ELENA, MARTE, NORA = (
    f"{name}@example.org" for name in ("amara.okafor", "elena.petrova", "marte.berg", "nora.fjeld")
)
THURSDAY_NOON = datetime(2027, 2, 4, 11, 0, tzinfo=UTC)


async def propose(town: Town) -> None:
    """Have Amara propose lunch on Thursday through the form."""
    form = (await town.command(AMARA, "meetup")).modal
    assert form is not None
    wrong = await town.fill(
        AMARA,
        form,
        topic="Lunch for solids",
        place="Hangaren",
        starts_at=int(THURSDAY_NOON.timestamp()),
        max_people="3",
    )
    assert wrong == {}


async def test_a_meetup_is_shown_to_related_fields_joined_and_in_both_calendars(
    town: Town,
) -> None:
    await propose(town)

    # Physics and materials hear of it, each in their own language; literature does not.
    assert "Amara Okafor (Physical sciences) invites you." in str(
        town.told(ELENA, "Lunch for solids")[0].blocks
    )
    assert "tor. 4. feb. kl. 12.00–13.00" in str(town.told(MARTE, "Lunch for solids")[0].blocks)
    assert town.told(NORA, "Lunch for solids") == []

    # Elena joins with one button; pressing it again changes nothing.
    card = town.told(ELENA, "Lunch for solids")[0]
    await town.press(ELENA, card, "meetup.join")
    assert "Somebody new is coming to your meetup." in str(
        town.told(AMARA, "Your meetup")[0].blocks
    )

    # Both have it in the calendar: one event, one invitation each.
    entries = [
        town.mails(email, "In your calendar: Lunch for solids")[0].invites[0]
        for email in (AMARA, ELENA)
    ]
    assert {entry.method for entry in entries} == {"REQUEST"}
    assert len({entry.uid for entry in entries}) == 1
    assert [entry.starts_at for entry in entries] == [THURSDAY_NOON, THURSDAY_NOON]
    assert [len(town.mails(email, "In your calendar")) for email in (AMARA, ELENA)] == [1, 1]


async def test_who_declines_in_the_calendar_is_out_and_the_host_knows(town: Town) -> None:
    await propose(town)
    await town.press(ELENA, town.told(ELENA, "Lunch for solids")[0], "meetup.join")
    mail = town.mails(ELENA, "In your calendar")[0]

    # Outlook answers from the mail itself.
    invitation = mail.invites[0]
    answer = invites.answer_mail(
        invitation, address=ELENA, name="Elena Petrova", answer="DECLINED", now=town.now
    )
    reply = await town.hand_in(ELENA, answer, to=invitation.organizer)
    await town.settle()

    assert reply == "250 2.0.0 Taken"
    assert [entry.method for entry in town.mails(ELENA, "Out of your calendar")[0].invites] == [
        "CANCEL"
    ]
    assert "cannot come to your meetup" in str(town.told(AMARA, "Your meetup")[-1].blocks)


async def test_a_cancelled_meetup_leaves_every_calendar(town: Town) -> None:
    await propose(town)
    await town.press(ELENA, town.told(ELENA, "Lunch for solids")[0], "meetup.join")
    requested = town.mails(ELENA, "In your calendar")[0].invites[0]

    await town.click(town.link(town.mails(AMARA, "In your calendar")[0], "cancel"))

    cancelled = town.mails(ELENA, "Cancelled: Lunch for solids")[0].invites[0]
    assert (cancelled.method, cancelled.uid) == ("CANCEL", requested.uid)
    assert cancelled.sequence > requested.sequence
    # The card in Marte's Slack no longer offers to join.
    assert "meetup.join" not in str(town.told(MARTE, "Lunch for solids")[0].blocks)


async def test_a_full_meetup_says_so_and_what_to_do(town: Town) -> None:
    await propose(town)
    for email in (ELENA, MARTE):
        await town.press(email, town.told(email, "Lunch for solids")[0], "meetup.join")

    tomas = "tomas.novak@example.org"
    reply = await town.press(tomas, town.told(tomas, "Lunch for solids")[0], "meetup.join")

    assert "is full (3 people). Propose one of your own" in reply.text
    assert town.mails(tomas, "In your calendar") == []
