"""A gathering: created, registered for, reminded of twice, a place released by a click."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.stories.town import Town

pytestmark = pytest.mark.anyio

BERIT, WEI, JONAS = (f"{name}@example.org" for name in ("berit.strand", "wei.zhang", "jonas.lie"))
#: Thursday of the week after next, 13:00 in Oslo.
STARTS_AT = datetime(2027, 2, 11, 12, 0, tzinfo=UTC)


async def publish(town: Town, *, capacity: str = "20") -> None:
    """Have Berit plan a gathering for all postdocs through the form in chat."""
    form = (await town.command(BERIT, "gathering")).modal
    assert form is not None
    wrong = await town.fill(
        BERIT,
        form,
        title="Career seminar",
        place="Suhmhuset",
        starts_at=int(STARTS_AT.timestamp()),
        capacity=capacity,
        audience="postdocs",
    )
    assert wrong == {}


async def register(town: Town, email: str) -> None:
    await town.press(email, town.told(email, "Career seminar")[0], "gathering.register")


async def test_two_register_both_are_reminded_one_releases_and_hears_no_more(town: Town) -> None:
    await publish(town)
    await register(town, WEI)
    await register(town, JONAS)
    assert len(town.mails(WEI, "You have a place: Career seminar")[0].invites) == 1
    assert len(town.mails(JONAS, "Du har plass: Career seminar")[0].invites) == 1

    def reminders(email: str, words: str) -> int:
        return len(town.told(email, words))

    # Three working days before, 9:30: both are reminded.
    await town.wait_until(datetime(2027, 2, 8, 8, 29, tzinfo=UTC))
    assert reminders(WEI, "three working days") == 0
    await town.wait_until(datetime(2027, 2, 8, 8, 30, tzinfo=UTC))
    assert [len(town.told(email)) for email in (WEI, JONAS)] == [2, 2]

    # Jonas releases his place by the link in his invitation mail.
    await town.click(town.link(town.mails(JONAS, "Du har plass")[0], "release"))
    cancelled = town.mails(JONAS, "Career seminar")[-1].invites[0]
    assert cancelled.method == "CANCEL"
    before = len(town.mails(JONAS)), len(town.told(JONAS))

    # One working day before: only Wei. Jonas hears no more.
    await town.wait_until(datetime(2027, 2, 10, 8, 30, tzinfo=UTC))
    assert len(town.told(WEI)) == 3
    await town.wait_until(STARTS_AT + timedelta(days=2))
    assert (len(town.mails(JONAS)), len(town.told(JONAS))) == before
    assert len(town.told(WEI)) == 3


async def test_a_full_gathering_gives_the_released_place_to_the_next(town: Town) -> None:
    await publish(town, capacity="1")
    await register(town, WEI)
    reply = await town.press(JONAS, town.told(JONAS, "Career seminar")[0], "gathering.register")
    assert town.mails(JONAS, "Du har plass") == []
    assert "Career seminar" in reply.text

    await town.click(town.link(town.mails(WEI, "You have a place")[0], "release"))
    await register(town, JONAS)

    assert len(town.mails(JONAS, "Du har plass")) == 1
