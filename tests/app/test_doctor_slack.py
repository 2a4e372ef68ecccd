"""The doctor says how the bot's token is kept and how long it is good; it renews nothing itself."""

import os
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.doctor_slack import RENEW, slack
from app.findings import Finding, as_json
from bot.token_files import Pair, TokenFile
from config.settings import Settings
from tests.app.test_doctor import FixedClock, given, slack_api

CANARY = "canary-4711"


@pytest.fixture
def clock(now: datetime) -> FixedClock:
    return FixedClock(now)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "token.json"


def rotating(path: Path, api: str) -> Settings:
    return given(
        slack_api_url=api,
        slack_token_file=path,
        slack_refresh_token=f"xoxe-{CANARY}",
        slack_client_id="1.2",
        slack_client_secret="c" * 32,
        slack_signing_secret="s" * 32,
    )


def save(path: Path, *, expires_at: datetime) -> None:
    file = TokenFile(path)
    pair = Pair(token=f"xoxe.xoxb-{CANARY}", refresh_token="xoxe-1", expires_at=expires_at)
    with file.locked(), file.replacing() as keep:
        keep(pair)


def said(found: list[Finding]) -> list[tuple[str, str]]:
    return [(each.how, each.words) for each in found if each.what == "slack"]


def test_it_says_until_when_a_token_is_good(clock: FixedClock, now: datetime, path: Path) -> None:
    with slack_api({"auth.test": {"ok": True, "team": "T"}}, date=now) as api:
        before = slack(rotating(path, api), clock=clock)
        save(path, expires_at=now + timedelta(hours=12))
        good = slack(rotating(path, api), clock=clock)
        clock.moment += timedelta(hours=12)
        expired = slack(rotating(path, api), clock=clock)

    assert said(before) == [
        ("ok", f"The token expires and is renewed; {path} is made when the service runs.")
    ]
    assert said(good) == [
        ("ok", "The bot is signed in to T."),
        ("ok", f"The token is good until 01 February, 22:00, and renewed before; it is in {path}."),
    ]
    assert said(expired) == [
        ("warn", f"The token in {path} expired on 01 February, 22:00; the service renews it.")
    ]
    assert CANARY not in as_json([*before, *good, *expired])


def test_a_token_that_cannot_be_read_or_renewed_is_to_mend(
    clock: FixedClock, now: datetime, path: Path
) -> None:
    path.write_text(CANARY)
    broken = slack(rotating(path, "http://127.0.0.1:9/"), clock=clock)
    save(path, expires_at=now + timedelta(hours=12))
    refused = {"auth.test": {"ok": False, "error": "token_revoked"}}
    with slack_api(refused, date=now) as api:
        revoked = slack(rotating(path, api), clock=clock)

    assert said(broken) == [
        ("bad", f"The token in {path} cannot be read: "
                "there is no token, refresh_token and expires_at with a zone in it."),
    ]  # fmt: skip
    assert (revoked[0].words, revoked[0].mend) == (
        "The bot token is refused: token_revoked.",
        RENEW,
    )


def test_a_folder_that_we_may_not_write_to_is_to_mend(clock: FixedClock, path: Path) -> None:
    path.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)

    is_shut = not os.access(path.parent, os.W_OK)  # to root nothing is
    [found] = slack(rotating(path, "http://127.0.0.1:9/"), clock=clock)
    path.parent.chmod(stat.S_IRWXU)

    shut = ("bad", f"The token in {path} cannot be renewed: no right to write.")
    made = ("ok", f"The token expires and is renewed; {path} is made when the service runs.")
    assert said([found]) == [shut if is_shut else made]


def test_a_token_from_a_file_is_read_again(clock: FixedClock, now: datetime, path: Path) -> None:
    path.write_text("xoxb-1")
    with slack_api({"auth.test": {"ok": True}}, date=now) as api:
        chat = {"slack_bot_token_file": path, "slack_signing_secret": "s" * 32}
        found = slack(given(slack_api_url=api, **chat), clock=clock)

    assert said(found)[1] == (
        "ok",
        f"The token does not expire. A new one is taken from {path} without a restart.",
    )
