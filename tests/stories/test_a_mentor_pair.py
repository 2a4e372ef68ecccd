"""A pair is made, nudged towards its first meeting, books a time, and is nudged no more."""

from datetime import timedelta

import pytest

from tests.stories.town import Town

pytestmark = pytest.mark.anyio

BERIT, MICHAEL = "berit.strand@example.org", "michael.brown@example.org"
WEI, SIGRID = "wei.zhang@example.org", "sigrid.moen@example.org"
OFFERED = ("2027-02-04T10:00", "2027-02-05T13:00", "2027-02-08T09:00")


async def pair(town: Town) -> None:
    """Have Berit make a pair of Wei and Sigrid through the form in chat."""
    form = (await town.command(BERIT, "pair")).modal
    assert form is not None
    chosen = {
        block["block_id"]: {o["text"]["text"]: o["value"] for o in options(block)}
        for block in form.blocks
        if block["type"] == "input"
    }
    values = {
        "postdoc_id": next(v for k, v in chosen["postdoc_id"].items() if "Wei Zhang" in k),
        "mentor_id": next(v for k, v in chosen["mentor_id"].items() if "Sigrid Moen" in k),
    }
    assert await town.fill(BERIT, form, **values) == {}


def options(block: dict[str, dict[str, list[dict[str, object]]]]) -> list:  # type: ignore[type-arg]
    element = block["element"]
    groups = element.get("option_groups", [])
    return [*element.get("options", []), *(o for g in groups for o in g["options"])]  # type: ignore[attr-defined]


async def test_a_pair_is_nudged_books_a_time_and_is_nudged_no_more(town: Town) -> None:
    # Monday 10:00. The postdoc hears in Slack, the mentor by mail in Norwegian.
    await pair(town)
    first = town.told(WEI, "Sigrid Moen is your mentor.")
    assert len(first) == 1
    assert len(town.mails(SIGRID, "Du og Wei Zhang: det første møtet")) == 1
    assert town.mails(WEI, "first meeting") == []

    # Wednesday: the second rung, to who takes the first step only.
    await town.wait_until(town.now + timedelta(days=2, hours=1))
    assert len(town.told(WEI, "A day and an hour make a meeting happen.")) == 1
    assert len(town.mails(SIGRID)) == 1

    # Wei offers three times in a form; Sigrid gets them by mail, one link each.
    form = (await town.press(WEI, first[0], "mentorship.offer")).modal
    assert form is not None
    moments = [town.now + timedelta(days=days) for days in (2, 5, 6)]
    times = {f"time_{n}": int(moment.timestamp()) for n, moment in enumerate(moments, 1)}
    assert await town.fill(WEI, form, **times) == {}
    offer = town.mails(SIGRID, "Wei Zhang foreslår tre tidspunkter")[0]
    picks = [link for link in offer.links if link.endswith("/pick")]
    assert len(set(picks)) == 3

    # Looking at a link books nothing; pressing the button does, once.
    await town.web.get(picks[0])
    assert town.mails(WEI, "In your calendar") == []
    await town.click(picks[0])
    await town.click(picks[0])

    entries = [
        town.mails(WEI, "In your calendar: first meeting with Sigrid Moen"),
        town.mails(SIGRID, "I kalenderen din: første møte med Wei Zhang"),
    ]
    assert [len(mails) for mails in entries] == [1, 1]
    assert {mails[0].invites[0].starts_at for mails in entries} == {moments[0]}
    assert {mails[0].invites[0].uid for mails in entries} == {"meeting-1@lists.example.org"}

    # Three weeks on: no rung of the ladder came, to nobody; they were asked once whether they met.
    await town.wait_until(town.now + timedelta(days=21))
    assert [len(town.told(WEI, words)) for words in ("waits for times", "have not found")] == [0, 0]
    assert town.mails(SIGRID, "Et tidspunkt for å møte") == []
    assert town.told(BERIT, "Wei Zhang") + town.mails(MICHAEL, "A pair needs you") == []
    asked = town.mails(SIGRID, "Møtte du Wei Zhang?")
    assert len(asked) == 1
    assert "Godt å høre" in await town.click(town.link(asked[0], "confirm"))


async def test_a_pair_that_finds_no_time_ends_with_the_coordinators(town: Town) -> None:
    await pair(town)

    await town.wait_until(town.now + timedelta(days=35))

    # At most three mails to the mentor and four messages to the postdoc; then people decide.
    assert len(town.mails(SIGRID)) == 2
    assert len(town.told(WEI)) == 4
    told = town.told(MICHAEL, "A pair needs you: Wei Zhang and Sigrid Moen")
    assert len(told) == 2
    assert "no more automatic mail" in str(told[-1].blocks)


async def test_a_mentor_stops_the_reminders_by_one_click(town: Town) -> None:
    await pair(town)
    mail = town.mails(SIGRID)[0]

    await town.click(town.link(mail, "mute"))
    await town.wait_until(town.now + timedelta(days=35))

    assert len(town.mails(SIGRID)) == 1
    assert len(town.told(MICHAEL, "Sigrid Moen has stopped our reminders.")) == 1
