"""Two contracts end: one letter each, one stays on as an alumnus, one leaves; no mail bounces."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import demo
from app.__main__ import samband
from tests.stories.town import Town, standing

pytestmark = pytest.mark.anyio

ANNA, BJORN = "anna.vik@example.org", "bjorn.aas@example.org"
AUTHOR = "amara.okafor@example.org"
FILE = f"""email,name,language,ends_on
{ANNA},Anna Vik,nb,2027-02-03
{BJORN},Bjørn Aas,en,2027-02-03
"""


def import_people(town: Town, folder: Path) -> str:
    """Bring both in and onto the list, as whoever runs the service does; return what is said."""
    roster = folder / "people.csv"
    roster.write_text(FILE, "utf-8")
    arguments = ("people", "import", str(roster), "--subscribe", demo.LIST)
    done = CliRunner().invoke(
        samband, arguments, env=town.demo.env, obj=town.demo.world.clock, prog_name="samband"
    )
    assert done.exit_code == 0, done.output
    return done.output


def posts(town: Town, address: str) -> list[str]:
    return [mail.subject.partition("] ")[2] for mail in town.mails(address, "] Post ")]


async def test_contracts_end_quietly(database_url: str, now: datetime, tmp_path: Path) -> None:
    async with standing(database_url, now) as town:
        # 1. Both come in with a last day, and hear of it once, the next morning.
        assert "Added: 2" in import_people(town, tmp_path)
        await town.wait_until(now + timedelta(hours=20))
        [told] = town.mails(ANNA, "Oppholdet ditt er over")
        assert len(town.mails(BJORN, "Your stay ends")) == 1

        # 2. Anna stays on with one press; Bjørn does nothing. Both get what is posted until then.
        page = await town.click(town.link(told, "stay_on"))
        assert "Du blir på listene" in page
        await town.post(AUTHOR, "Post before", "Lunch on Friday?")
        assert (posts(town, ANNA), posts(town, BJORN)) == (["Post before"], ["Post before"])

        # 3. The last day passes: Anna gets the posts, Bjørn none, and nothing has come back.
        await town.wait_until(datetime(2027, 2, 4, 5, tzinfo=now.tzinfo))
        await town.post(AUTHOR, "Post after", "Lunch again?")
        assert posts(town, ANNA) == ["Post before", "Post after"]
        assert posts(town, BJORN) == ["Post before"]
        letters = [len(town.mails(each, "")) for each in (ANNA, BJORN)]
        assert letters == [3, 2]
        bounces = CliRunner().invoke(
            samband, ("bounces",), env=town.demo.env, obj=town.demo.world.clock
        )
        assert bounces.output == "Nothing has come back.\n"
