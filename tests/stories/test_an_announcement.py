"""An announcement is drafted, previewed, scheduled, and sent at its moment, once."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.stories.town import Town

pytestmark = pytest.mark.anyio

MICHAEL, WEI, JONAS, SIGRID = (
    f"{name}@example.org" for name in ("michael.brown", "wei.zhang", "jonas.lie", "sigrid.moen")
)
#: Wednesday, 9:00 in Oslo.
SEND_AT = datetime(2027, 2, 3, 8, 0, tzinfo=UTC)
WORDS = {
    "title_en": "Mobility grants",
    "body_en": "Apply by 1 March.",
    "title_nb": "Mobilitetsstipend",
    "body_nb": "Søk innen 1. mars.",
}


async def test_an_announcement_is_previewed_and_sent_at_its_moment_once(town: Town) -> None:
    form = (await town.command(MICHAEL, "announce")).modal
    assert form is not None
    filled = await town.workspace.fill(town.slack(MICHAEL), form, {"audience": "postdocs", **WORDS})

    # The preview shows both texts and how many get each.
    preview = filled.view
    assert preview is not None
    shown = str(preview.blocks)
    assert all(words in shown for words in WORDS.values())
    assert "20 people read this in English" in shown
    assert "10 people read this in Norwegian" in shown
    assert await town.fill(MICHAEL, preview, send_at=int(SEND_AT.timestamp())) == {}

    # Nothing goes out before its moment.
    await town.wait_until(SEND_AT - timedelta(seconds=1))
    assert town.mails(WEI, "Mobility grants") == []
    await town.wait_until(SEND_AT)
    copies = [mail for mail in town.sink.all if b"Mobil" in mail.raw and mail.at == SEND_AT]
    assert len(copies) == 30
    assert len({mail.recipient for mail in copies}) == 30
    assert "Apply by 1 March." in town.mails(WEI, "Mobility grants")[0].text
    assert "Søk innen 1. mars." in town.mails(JONAS, "Mobilitetsstipend")[0].text
    assert town.mails(SIGRID) == []

    # However often time rings afterwards, it is sent once.
    await town.wait_until(SEND_AT + timedelta(days=3))
    assert len(town.mails(WEI, "Mobility grants")) == 1
    assert town.mails(WEI, "Mobility grants")[0].one_click is not None


async def test_without_the_text_of_a_receivers_language_nothing_is_scheduled(town: Town) -> None:
    form = (await town.command(MICHAEL, "announce")).modal
    assert form is not None
    english = {key: value for key, value in WORDS.items() if key.endswith("_en")}
    filled = await town.workspace.fill(
        town.slack(MICHAEL), form, {"audience": "postdocs", **english}
    )
    preview = filled.view
    if preview is not None:
        wrong = await town.fill(MICHAEL, preview, send_at=int(SEND_AT.timestamp()))
        assert "Norwegian" in str(wrong) + str(preview.blocks)

    await town.wait_until(SEND_AT + timedelta(days=1))
    assert town.mails(WEI, "Mobility grants") == []
