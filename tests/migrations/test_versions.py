"""The real scripts lead to what the classes want, and back."""

import re

import pytest

import migrations
from migrations.__main__ import check


@pytest.mark.skipif(migrations.head() == migrations.BASE, reason="no migration is written yet")
def test_classes_and_migrations_agree(empty_database_url: str) -> None:
    assert check(empty_database_url) == ""


def test_the_newest_script_can_be_taken_back_and_run_again(empty_database_url: str) -> None:
    if migrations.head() == migrations.BASE:
        return
    newest = migrations.upgrade(empty_database_url)

    migrations.downgrade(empty_database_url, "-1")
    before = migrations.current(empty_database_url)

    assert before != newest
    assert migrations.upgrade(empty_database_url) == newest


def test_scripts_never_import_the_classes() -> None:
    pattern = re.compile(r"^\s*(from|import)\s+(community|app|config)\b", re.MULTILINE)

    guilty = [
        path.name
        for path in sorted((migrations.SCRIPTS / "versions").glob("*.py"))
        if pattern.search(path.read_text("utf-8"))
    ]

    assert guilty == []
