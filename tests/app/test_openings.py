import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

import migrations
from app.openings import NotOpened, in_words, to_do
from migrations import NewerSchema, upgrade


def refused(url: str, raised: Exception | None = None) -> str:
    """Open a database, or be told so; give the one line that somebody reads."""
    with pytest.raises(NotOpened) as no:
        open_it(url, raised)
    return str(no.value)


def open_it(url: str, raised: Exception | None) -> None:
    """Open a database, or fail as the operating system would make it."""
    with in_words(url):
        if raised is not None:
            raise raised
        upgrade(url)


def test_what_does_not_open_is_said_in_one_line_with_what_to_do(tmp_path: Path) -> None:
    in_a_file = f"sqlite:///{tmp_path / 'file' / 'samband.db'}"
    (tmp_path / "file").touch()
    newer = NewerSchema("The database has schema 9999, made by a newer version.")

    away = refused("postgresql+psycopg://samband:geheim@127.0.0.1:1/samband")
    nowhere = refused(in_a_file, NotADirectoryError(20, "Not a directory", "file/samband.db"))

    assert away.startswith("The database does not answer: ")
    assert away.endswith("look at SAMBAND_DATABASE_URL (host, name, password).")
    assert ("geheim" in away, "\n" in away) == (False, False)
    assert nowhere.startswith("file/samband.db cannot be used: Not a directory. ")
    assert refused(in_a_file, newer) == str(newer)


def test_a_bug_is_no_database_that_does_not_open(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'samband.db'}"
    wrong = sqlite3.OperationalError("no such table: nothing")
    wrong.sqlite_errorcode = sqlite3.SQLITE_ERROR
    bugs = (OperationalError("SELECT", {}, wrong), FileNotFoundError(2, "gone", "x"), KeyError("x"))

    for bug in bugs:
        with pytest.raises(type(bug)), in_words(url):
            raise bug


def test_a_file_that_root_has_put_there_is_to_be_given_to_the_service(tmp_path: Path) -> None:
    path = tmp_path / "samband.db"
    migrations.upgrade(f"sqlite:///{path}")
    us = os.geteuid()

    # As seen by another account than the one that wrote the file.
    seen = to_do(f"sqlite:///{path}", account=us + 54_321)

    assert seen.startswith(f"{tmp_path} belongs to ")
    assert seen.endswith(f", not to {us + 54_321}: chown -R {us + 54_321}: {tmp_path}")
    assert to_do(f"sqlite:///{path}", account=us) == "Look at SAMBAND_DATABASE_URL."
