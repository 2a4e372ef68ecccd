"""An address dies: it is asked, its owner hears of it in Slack, presses a button and gets mail."""

from datetime import timedelta

import pytest

from tests.mailing.mails import mail
from tests.stories.town import Town

pytestmark = pytest.mark.anyio

WEI, AMARA, JONAS = "wei.zhang@example.org", "amara.okafor@example.org", "jonas.lie@example.org"
MICHAEL = "michael.brown@example.org"
POSTDOCS = 30
PROBE = "Does mail to you arrive?"
DEAD = "550 5.1.1 <{}>: Recipient address rejected: User unknown"


async def hours_pass(town: Town, hours: float) -> None:
    await town.wait_until(town.now + timedelta(hours=hours))


def returned(report: str) -> bytes:
    """Give a report as it comes over the wire."""
    return mail(f"returned/{report}").replace(b"\n", b"\r\n")


async def return_last(town: Town, email: str, report: str) -> str:
    """Send a report about the last mail to a person, to where that mail came from."""
    sender = town.sink.mails(email)[-1].sender
    reply = await town.hand_in("", returned(report), to=sender)
    await town.settle()
    return reply


def copies(town: Town, subject: str) -> int:
    return len([one for one in town.sink.all if f"[postdocs] {subject}".encode() in one.raw])


async def test_an_address_dies_is_asked_and_comes_back_by_a_button(town: Town) -> None:
    # Three days, three hosts on the way, in English and Norwegian, with and without a standard.
    for day, report in enumerate(("postfix-unknown", "m365-unknown-nb", "qmail-unknown")):
        await town.post(AMARA, f"Day {day}", "Hello.")
        assert copies(town, f"Day {day}") == POSTDOCS
        assert await return_last(town, WEI, report) == "250 2.0.0 Taken"
        assert len(town.mails(WEI, PROBE)) == 0
        await hours_pass(town, 24)

    # Then one mail asks; everything still goes to Wei. It comes back as well.
    assert len(town.mails(WEI, PROBE)) == 1
    probe = next(one for one in town.sink.mails(WEI) if PROBE.encode() in one.raw)
    assert probe.sender.startswith("bounces+")
    assert b"Auto-Submitted: auto-generated" in probe.raw
    assert await town.hand_in("", returned("exim-old"), to=probe.sender) == "250 2.0.0 Taken"
    await town.settle()

    # Wei hears of it in Slack, where nothing is lost; the coordinator sees whose it is and why.
    [message] = town.told(WEI, "Mail to wei.zhang@example.org comes back")
    assert "550 5.1.1 No such user here" in str(message.blocks)
    listed = await town.command(MICHAEL, "adresser")
    assert WEI in str(listed)
    await town.post(AMARA, "While away", "Hello.")
    assert copies(town, "While away") == POSTDOCS - 1
    assert len(town.mails(WEI, "While away")) == 0

    # The mailbox is back. One press, and mail goes there again; the old bounces are forgotten.
    await town.press(WEI, message, "address.restore")
    await town.post(AMARA, "Back again", "Hello.")
    assert len(town.mails(WEI, "[postdocs] Back again")) == 1
    await return_last(town, WEI, "postfix-unknown")
    await hours_pass(town, 24)
    assert len(town.mails(WEI, PROBE)) == 1


async def test_what_our_own_relay_refuses_leads_the_same_way(town: Town) -> None:
    town.sink.refuse(JONAS, DEAD.format(JONAS))

    for day in range(4):
        await town.post(AMARA, f"Day {day}", "Hello.")
        await hours_pass(town, 24)

    [message] = town.told(JONAS, "E-post til jonas.lie@example.org kommer i retur")
    town.sink.accept(JONAS)
    await town.press(JONAS, message, "address.restore")
    await town.post(AMARA, "Back again", "Hello.")
    assert len(town.mails(JONAS, "[postdocs] Back again")) == 1


async def test_a_probe_that_arrives_clears_the_address(town: Town) -> None:
    for day in range(3):
        await town.post(AMARA, f"Day {day}", "Hello.")
        await return_last(town, WEI, "gmail-unknown")
        await hours_pass(town, 24)
    [probe] = town.mails(WEI, PROBE)

    # Absence notes, delays and what blames us are no answer.
    sender = next(one for one in town.sink.mails(WEI) if PROBE.encode() in one.raw).sender
    for report in ("absence-nb", "absence-nb-bare", "postfix-delayed", "postfix-blocklisted"):
        await town.hand_in("", returned(report), to=sender)
    await hours_pass(town, 11 * 24)

    assert town.told(WEI, "comes back") == []
    assert "Mail reaches everybody" in str(await town.command(MICHAEL, "bounces"))
    assert "Mail goes to this address again." in await town.click(town.link(probe, "restore"))


async def test_a_post_that_everybody_refuses_hurts_nobody(town: Town) -> None:
    await town.post(AMARA, "Before", "Hello.")
    everybody = sorted({one.recipient for one in town.sink.all if b"[postdocs] Before" in one.raw})

    for day, words in enumerate((DEAD, "554 5.7.1 {}: rejected as spam", DEAD)):
        for email in everybody:
            town.sink.refuse(email, words.format(email))
        await town.post(AMARA, f"Refused {day}", "Hello.")
        for email in everybody:
            town.sink.accept(email)
        await hours_pass(town, 24)

    assert not [one for one in town.sink.all if PROBE.encode() in one.raw]
    assert len(town.told(MICHAEL, "Many refused a post: Refused 1")) == 1
    await town.post(AMARA, "After", "Hello.")
    assert copies(town, "After") == POSTDOCS


async def test_a_forged_report_is_refused_and_changes_nothing(town: Town) -> None:
    await town.post(AMARA, "Lunch", "Hello.")
    sender = town.sink.mails(WEI)[-1].sender
    name, _, host = sender.partition("@")
    forged = f"{name[:-1]}{'0' if name[-1] != '0' else '1'}@{host}"

    reply = await town.hand_in("", returned("postfix-unknown"), to=forged)

    assert reply.startswith("550 5.1.1")
    assert (await town.hand_in("", returned("unreadable"), to=sender)) == "250 2.0.0 Taken"
    await hours_pass(town, 24)
    assert "Mail reaches everybody" in str(await town.command(MICHAEL, "addresses"))


async def test_who_calls_a_post_spam_is_off_the_list_and_can_come_back(town: Town) -> None:
    await town.post(AMARA, "Lunch", "Hello.")

    await return_last(town, WEI, "complaint")

    [message] = town.told(WEI, "You are off the list")
    await town.post(AMARA, "Dinner", "Hello.")
    assert len(town.mails(WEI, "Dinner")) == 0
    await town.press(WEI, message, "mailing_list.join")
    await town.post(AMARA, "Breakfast", "Hello.")
    assert len(town.mails(WEI, "[postdocs] Breakfast")) == 1
