"""Which token the bot has: the one that lasts, or the one that is renewed."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.bot_tokens import token_of
from bot.token_files import Pair, TokenFile
from community.clock import SystemClock
from tests.app.test_doctor import given

pytestmark = pytest.mark.anyio


async def test_the_settings_say_which_token_it_is(tmp_path: Path) -> None:
    clock, in_file, kept = SystemClock(), tmp_path / "token", tmp_path / "kept.json"
    in_file.write_text("xoxb-1")
    way_in = {"slack_signing_secret": "s" * 32}
    client = {"slack_client_id": "1.2", "slack_client_secret": "c" * 32}
    pair = Pair(
        token="xoxe.xoxb-1",
        refresh_token="xoxe-1",
        expires_at=clock.now() + timedelta(hours=12),
    )
    with TokenFile(kept).replacing() as save:
        save(pair)

    plain = token_of(given(slack_bot_token="xoxb-0", **way_in), clock)
    lasting = token_of(given(slack_bot_token_file=in_file, **way_in), clock)
    renewed = token_of(given(slack_token_file=kept, **client, **way_in), clock)
    in_file.write_text("xoxb-2")

    assert [await plain.another("xoxb-0"), await lasting.another("xoxb-1")] == [False, True]
    assert [await each.current() for each in (plain, lasting, renewed)] == [
        "xoxb-0",
        "xoxb-2",
        "xoxe.xoxb-1",
    ]
