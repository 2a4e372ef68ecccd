"""A newcomer writes to the list; a moderator lets it out; everybody gets it once."""

from datetime import timedelta

import pytest

from tests.stories.town import Town

pytestmark = pytest.mark.anyio

WEI, AMARA, JONAS = "wei.zhang@example.org", "amara.okafor@example.org", "jonas.lie@example.org"
POSTDOCS = 30


async def test_a_newcomers_post_is_held_accepted_in_slack_and_reaches_everybody_once(
    town: Town,
) -> None:
    # Monday: Wei writes, and hears that the post waits, why, and until when.
    assert await town.write(WEI, "Lunch on Thursday?", "Hangaren at 12.") == "250 2.0.0 Taken"
    waits = town.mails(WEI, "Your post waits")[0]
    assert "First posts wait for a moderator." in waits.text
    assert "Thu 4 Feb, 10:00: it goes into the next digest" in waits.text
    assert len(town.mails(WEI, "[postdocs] Lunch")) == 0

    # Both moderators see it in Slack at once, and next morning by mail, in their own language.
    assert [len(town.told(each, "Lunch on Thursday?")) for each in (AMARA, JONAS)] == [1, 1]
    assert [len(town.mails(each, "Lunch on Thursday?")) for each in (AMARA, JONAS)] == [0, 0]
    await town.wait_until(town.now.replace(hour=8) + timedelta(days=1))
    assert len(town.mails(AMARA, "Held: Lunch on Thursday?")) == 1
    assert len(town.mails(JONAS, "Holdt tilbake: Lunch on Thursday?")) == 1

    # Jonas accepts it with a button; Amara's card says so.
    await town.press(JONAS, town.told(JONAS, "Lunch on Thursday?")[0], "post.accept")
    said = str(town.told(AMARA, "Lunch")[0].blocks)
    assert "Jonas Lie has decided: accepted, and on its way." in said
    assert town.mails(WEI, "On its way") == []  # one letter about it was enough
    await town.pass_grace()
    said = str(town.told(AMARA, "Lunch")[0].blocks)
    assert "Jonas Lie has decided: accepted, and gone out." in said

    # Everybody has it once, with a List-Id and one click out of the list.
    copies = [mail for mail in town.sink.all if b"Subject: [postdocs] Lunch" in mail.raw]
    assert len(copies) == POSTDOCS
    assert len({mail.recipient for mail in copies}) == POSTDOCS
    assert len({mail.sender for mail in copies}) == POSTDOCS
    headers = dict(town.mails(WEI, "[postdocs] Lunch")[0].list_headers)
    assert headers["List-Id"] == "postdocs <postdocs.lists.example.org>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert b"\r\n\r\nHangaren at 12.\r\n" in copies[0].raw

    # Amara, late, hears who was first; nothing changes.
    late = await town.click(town.link(town.mails(AMARA, "Held: Lunch")[0], "discard"))
    assert "Jonas Lie has already accepted this post" in late
    await town.settle()
    assert len([mail for mail in town.sink.all if b"[postdocs] Lunch" in mail.raw]) == POSTDOCS

    # Wei's second post goes straight through.
    await town.write(WEI, "Moved to Friday", "Same place.")
    await town.pass_grace()
    assert len([mail for mail in town.sink.all if b"[postdocs] Moved" in mail.raw]) == POSTDOCS


async def test_one_click_takes_a_reader_off_the_list(town: Town) -> None:
    url = town.mails(WEI, "[postdocs] Welcome")[0].one_click
    assert url is not None

    # A scanner looks at the link: nothing changes.
    assert (await town.web.get(url)).status_code == 200
    assert (await town.web.head(url)).status_code == 200
    answer = await town.web.post(url, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200

    await town.write(AMARA, "Summer", "Plans?")
    await town.pass_grace()
    assert len(town.mails(WEI, "[postdocs] Summer")) == 0
    assert len([mail for mail in town.sink.all if b"[postdocs] Summer" in mail.raw]) == POSTDOCS - 1


async def test_a_post_that_nobody_decides_goes_into_the_digest(town: Town) -> None:
    await town.write(WEI, "Room to let", "From March.")

    # Thursday 10:00 the hold ends; at 16:00 comes the digest, once.
    await town.wait_until(town.now.replace(day=4, hour=23))

    assert len(town.mails(AMARA, "[postdocs] Digest 1: ")) == 1
    assert "From March." in town.mails(AMARA, "[postdocs] Digest 1")[0].text
    assert (
        len([mail for mail in town.sink.all if b"Digest 1" in mail.raw])
        + len(town.mails(JONAS, "Oppsamling 1"))
        >= 1
    )
    assert len(town.mails(WEI, "[postdocs] Room")) == 0


async def test_what_the_post_page_shows_to_who_signs_in(town: Town) -> None:
    await town.write(AMARA, "Grant writing", "Who joins?")
    await town.pass_grace()
    await town.web.post(f"{town.demo.parts.settings.public_url}/sign-in", data={"email": WEI})
    await town.settle()
    sign_in = town.link(town.mails(WEI)[-1], "open")
    await town.click(sign_in)

    page = await town.web.get(
        dict(town.mails(WEI, "Grant writing")[0].list_headers)["Archived-At"].strip("<>"),
        follow_redirects=True,
    )

    assert page.status_code == 200
    assert "Grant writing" in page.text
    assert "Who joins?" in page.text
