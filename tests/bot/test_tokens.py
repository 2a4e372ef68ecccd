"""A token that lasts: one that was put into its file is used without a restart."""

from pathlib import Path

import pytest

from bot.deadline import Deadline
from bot.pacing import PacedClient
from bot.standing import Standing
from bot.tokens import LastingToken
from community import chat_tokens
from community.people import Role
from community.store import Store
from tests.bot.conftest import Hands
from tests.bot.slack_double import SlackDouble
from tests.builders import a_person, notices

pytestmark = pytest.mark.anyio


async def test_a_refused_token_is_read_again_from_its_file(
    hands: Hands, slack: SlackDouble, sqlite_store: Store, tmp_path: Path
) -> None:
    a_person(sqlite_store, "Rita Moe", roles=(Role.ADMIN,))
    file = tmp_path / "token"
    file.write_text("xoxb-double\n")
    standing = Standing(sqlite_store, hands)
    token = LastingToken("xoxb-double", file)
    url = f"{slack.url}/api/"
    client = PacedClient(hands, standing, Deadline(), token=token, base_url=url, timeout=10)

    await client.auth_test()
    slack.tokens = {"xoxb-double-anew"}
    file.write_text("xoxb-double-anew\n")
    answer = await client.auth_test()
    await client.auth_test()

    assert (answer["ok"], standing.trouble) == (True, "")
    assert len(slack.named("auth.test")) == 4
    assert notices(sqlite_store, chat_tokens.REFUSED) == []


async def test_only_another_whole_token_takes_the_place_of_the_old(tmp_path: Path) -> None:
    file = tmp_path / "token"
    fixed, kept = LastingToken("xoxb-1"), LastingToken("xoxb-1", file)
    found = [await fixed.another("xoxb-1"), await kept.another("xoxb-1")]

    for text in ("", "xoxb-1\n", "xoxb-2 and words\n", "xøxb-2\n"):
        file.write_text(text)
        found.append(await kept.another("xoxb-1"))
    file.write_text("xoxb-2\n")

    assert not any(found)
    assert await kept.another("xoxb-1")
    # Who called with the old one meanwhile finds that it was replaced.
    assert await kept.another("xoxb-1")
    assert await kept.current() == "xoxb-2"
