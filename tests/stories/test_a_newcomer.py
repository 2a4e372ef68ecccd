"""A newcomer comes by mail alone, is let in, chooses a digest, and leaves with one press."""

from datetime import datetime
from email.message import EmailMessage

import pytest

from app import demo
from sandbox.reading import Reading
from tests.stories.town import Town, standing

pytestmark = pytest.mark.anyio

MODERATOR = "amara.okafor@example.org"
EVE = "eve.nord@elsewhere.example"
NAME, _, DOMAIN = demo.LIST.partition("@")


async def write(town: Town, to: str, subject: str, text: str = "") -> str:
    """Write a mail as Eve, and let everything happen that follows."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Eve Nord <{EVE}>", to, subject
    mail["Message-ID"] = f"<{town.now.timestamp()}.{len(subject)}.{len(text)}@elsewhere.example>"
    mail.set_content(text or " ")
    reply = await town.hand_in(EVE, mail.as_bytes().replace(b"\n", b"\r\n"), to=to)
    await town.settle()
    return reply


def newest(town: Town, subject: str) -> Reading:
    found = town.mails(EVE, subject)
    assert found, [mail.subject for mail in town.mails(EVE)]
    return found[-1]


async def test_a_newcomer_by_mail_alone(database_url: str, now: datetime) -> None:
    async with standing(database_url, now) as town:
        # 1. She asks, twice by mistake, and gets one mail.
        for _ in range(2):
            assert await write(town, f"{NAME}-join@{DOMAIN}", "bli med") == "250 2.0.0 Taken"
        [asked] = town.mails(EVE)
        assert asked.subject == f"Vil du bli med på {demo.LIST}?"

        # 2. She presses the button; a moderator lets her in.
        page = await town.click(town.link(asked, "confirm"))
        assert "Takk." in page
        assert len(town.mails(EVE)) == 1
        cards = town.told(MODERATOR, "Eve Nord")
        await town.press(MODERATOR, cards[-1], "join_request.accept")

        # 3. She is greeted, once, and takes the digest with one press.
        greeted = newest(town, "Velkommen til")
        assert "Skriv til denne adressen" in " ".join(greeted.text.split())
        assert "Én oppsamling om dagen" in greeted.text
        await town.click(town.link(greeted, "digest"))

        # 4. She asks who she is, and leaves; both are answered.
        await write(town, f"{NAME}-request@{DOMAIN}", "innstillinger")
        assert "Én oppsamling om dagen" in newest(town, "Innstillingene dine").text
        await write(town, f"{NAME}-leave@{DOMAIN}", "")
        offered = newest(town, "Ett trykk, så er det gjort")
        page = await town.click(town.link(offered, "leave"))
        assert "Du er meldt av listen" in page
