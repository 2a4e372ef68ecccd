"""A newcomer's first day in chat: greeted, three presses, finds people, joins lunch, sees Home."""

from datetime import UTC, datetime

import pytest

from community import joining
from tests.bot.reading import labels, words
from tests.builders import a_person
from tests.stories.town import Town, standing

pytestmark = pytest.mark.anyio

EVE, MARTE = "eve.nord@example.org", "marte.berg@example.org"
THURSDAY_NOON = datetime(2027, 2, 4, 11, 0, tzinfo=UTC)


async def arrive(town: Town) -> str:
    """Put Eve on the roster and the list, then into the workspace; return her Slack id."""
    store = town.demo.parts.store
    eve = a_person(store, "Eve Nord")
    await store.run(joining.join, 1, by=eve, now=town.now)
    await town.settle()
    member = town.workspace.add_member("eve", "Eve Nord", EVE)
    stranger = town.workspace.add_member("x", "X Y", "x@elsewhere.example")
    for one in (member, stranger, member):
        await town.workspace.join_team(one.id)
    await town.settle()
    assert town.workspace.messages(town.workspace.direct(stranger.id).id) == []
    return member.id


async def test_a_newcomers_first_day(database_url: str, now: datetime) -> None:
    async with standing(database_url, now) as town:
        # 1. One friendly message, with three questions.
        eve = await arrive(town)
        [hello] = town.told(EVE)
        assert words(hello)[0] == "Welcome to Samband"
        assert labels(hello) == [
            *("English", "Norsk (bokmål)"),
            *("Each post as a mail", "One digest a day", "One digest a week"),
        ]

        # 2. One press each; the same message says what is answered, in her language.
        await town.press(EVE, hello, "onboarding.norwegian")
        [hello] = town.told(EVE)
        assert words(hello)[0] == "Velkommen til Samband"
        await town.workspace.press(eve, hello, "onboarding.field", selected="2.5")
        [hello] = town.told(EVE)
        await town.press(EVE, hello, "onboarding.digest")
        [hello] = town.told(EVE)
        assert [text for text in words(hello) if text.startswith("✓ ")] == [
            "✓ Hvilket språk vil du at vi skal skrive på?",
            "✓ Hva forsker du på?",
            "✓ Hvor mye e-post vil du ha fra postdocs@lists.example.org?",
            "✓ Innleggene kommer i én e-post om dagen, kl. 16.00.",
        ]
        assert labels(hello) == []

        # 3. She finds others of her field, and sees of them what they show.
        found = await town.command(EVE, "hvem marte")
        assert "Marte Berg" in words(found.messages[0])[0]
        assert MARTE not in str(found.messages[0].blocks)
        near = await town.command(EVE, "people")
        assert len(words(near.messages[0])) > 3

        # 4. She joins the lunch that Marte proposes, and it is on her Home.
        form = (await town.command(MARTE, "meetup")).modal
        assert form is not None
        at = int(THURSDAY_NOON.timestamp())
        await town.fill(MARTE, form, topic="Lunsj", place="Hangaren", starts_at=at)
        await town.press(EVE, town.told(EVE, "Lunsj")[0], "meetup.join")
        assert len(town.mails(EVE, "I kalenderen din: Lunsj")) == 1
        await town.workspace.open_home(eve)
        home = town.workspace.home(eve)
        assert home is not None
        assert "Lunsj" in str(home.blocks)
