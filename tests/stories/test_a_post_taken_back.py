"""A post waits two minutes before it goes out: its author takes it back, a moderator stops it."""

import pytest

from tests.stories.town import Town

pytestmark = pytest.mark.anyio

WEI, AMARA, JONAS = "wei.zhang@example.org", "amara.okafor@example.org", "jonas.lie@example.org"
POSTDOCS = 30


def copies(town: Town, subject: bytes) -> int:
    return len([mail for mail in town.sink.all if b"[postdocs] " + subject in mail.raw])


async def test_its_author_withdraws_a_post_by_one_click_and_nobody_gets_it(town: Town) -> None:
    # Monday, 10:00: Amara writes to everybody what was meant for one.
    await town.write(AMARA, "About Wei", "Between us …")
    [letter] = town.mails(AMARA, "On its way at 10:02: About Wei")
    assert "Your post goes out to the list at 10:02." in letter.text
    assert copies(town, b"About Wei") == 0

    # A scanner that looks at the link changes nothing; Amara presses.
    url = town.link(letter, "withdraw")
    assert (await town.web.get(url)).status_code == 200
    assert "Withdrawn. Nobody gets it." in await town.click(url)

    await town.pass_grace()
    assert copies(town, b"About Wei") == 0


async def test_after_two_minutes_it_goes_to_all_at_once_and_cannot_be_called_back(
    town: Town,
) -> None:
    await town.write(AMARA, "Cake", "In the kitchen.")
    url = town.link(town.mails(AMARA, "On its way at 10:02: Cake")[0], "withdraw")

    await town.pass_grace()

    assert copies(town, b"Cake") == POSTDOCS
    # The page offers nothing any longer, and a press from before is told why.
    page = await town.web.get(url)
    assert "<form" not in page.text or "Withdraw this post" not in page.text
    await town.settle()
    assert copies(town, b"Cake") == POSTDOCS


async def test_a_moderator_stops_it_from_the_card_and_all_moderators_decide_anew(
    town: Town,
) -> None:
    # Wei's first post is accepted by Jonas; Amara sees that in time, and stops it.
    await town.write(WEI, "Room to let", "Call me.")
    await town.press(JONAS, town.told(JONAS, "Room to let")[0], "post.accept")
    await town.press(AMARA, town.told(AMARA, "Room to let")[0], "post.stop")

    await town.pass_grace()
    assert copies(town, b"Room to let") == 0
    cards = town.told(JONAS, "Room to let")
    assert [("Et innlegg venter på deg." in str(card.blocks)) for card in cards] == [True]

    # Jonas accepts it once more; the cards say so, and now it goes out.
    await town.press(JONAS, cards[0], "post.accept")
    await town.pass_grace()
    assert copies(town, b"Room to let") == POSTDOCS
    said = str(town.told(AMARA, "Room to let")[0].blocks)
    assert "Jonas Lie has decided: accepted, and gone out." in said
