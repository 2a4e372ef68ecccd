"""The command as a function, on a fresh database, at a fixed moment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.__main__ import samband
from community.store import Store

SECRET_KEY = "for tests, for tests, for tests, for tests"


@dataclass(frozen=True)
class StillClock:
    """A clock that stands."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


Command = Callable[..., Result]


@pytest.fixture
def environ(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Give the settings of a command on a fresh database, away from any .env file."""
    monkeypatch.chdir(tmp_path)
    return {
        "SAMBAND_DATABASE_URL": database_url,
        "SAMBAND_SECRET_KEY": SECRET_KEY,
        "SAMBAND_DOMAIN": "lists.example.org",
    }


@pytest.fixture
def command(environ: dict[str, str], store: Store, now: datetime) -> Command:
    """Give the command `samband`; `store` is beside it, as a serving process is."""

    def run(*arguments: str, typed: str = "", language: str = "en") -> Result:
        return CliRunner().invoke(
            samband,
            arguments,
            input=typed,
            env={**environ, "SAMBAND_DEFAULT_LANGUAGE": language},
            obj=StillClock(now),
            prog_name="samband",
        )

    return run
