"""What the service loads when it is put together: nothing that it has no use for."""

import subprocess
import sys
from pathlib import Path

import pytest

from community.store import Store
from tests.app.processes import environment

PUT_TOGETHER = """
import sys
import migrations
from app import serve, wiring
from community.clock import SystemClock
from config import loading

given = loading.load(env_file=None)
migrations.upgrade(given.database_url.get_secret_value())
store = wiring.store_of(given)
parts = wiring.parts(given, store, SystemClock())
store.close()
print(parts.chat is not None, *sorted({name.partition(".")[0] for name in sys.modules}))
"""
#: What takes long to load and much memory.
HEAVY = {"alembic", "mako", "aiohttp", "slack_bolt", "slack_sdk", "holidays", "icalendar"}


@pytest.mark.parametrize(
    ("chat", "loaded"),
    [
        ({}, []),
        ({"SAMBAND_SLACK_BOT_TOKEN": "xoxb-1", "SAMBAND_SLACK_SIGNING_SECRET": "a" * 32},
         ["aiohttp", "slack_bolt", "slack_sdk"]),
    ],
)  # fmt: skip
def test_a_service_loads_only_what_it_needs(
    store: Store, tmp_path: Path, chat: dict[str, str], loaded: list[str]
) -> None:
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", PUT_TOGETHER],
        cwd=tmp_path,
        env=environment(store.url, web=0, lmtp=0) | chat,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    has_chat, *modules = done.stdout.split()
    assert (has_chat, sorted(HEAVY & set(modules))) == (str(bool(chat)), loaded)
