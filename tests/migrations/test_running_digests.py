"""Migration 0006 with rows: digests of lists become digests of those who got them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

import migrations
from migrations.running import config_for

DAY = datetime(2027, 2, 1, 15, tzinfo=UTC)


@pytest.fixture
def before(empty_database_url: str) -> str:
    """Give a database of 0005: two lists, a digest of each that went to two people, or is due."""
    config = config_for(empty_database_url, scripts=migrations.SCRIPTS)
    command.upgrade(config, "0005")
    engine = sa.create_engine(empty_database_url, poolclass=sa.NullPool)
    tables = sa.MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:

        def put(table: str, **values: object) -> None:
            connection.execute(
                sa.insert(tables.tables[table]).values(_filled(tables, table, values))
            )

        for number, name in ((1, "Ada"), (2, "Bo")):
            put("person", id=number, name=name, state="active", language="en")
            put("mailing_list", id=number, address=f"list{number}@lists.example.org")
        for number, list_id in ((1, 1), (2, 2)):
            put("digest", id=number, list_id=list_id, number=7, made_on=date(2027, 2, 1))
        for number, list_id, digest_id in ((1, 1, 1), (2, 1, 1), (3, 2, 2), (4, 2, None)):
            put("thread", id=number, list_id=list_id)
            seen = {"message_id": f"<{number}@x>", "fingerprint": str(number)}
            place = {"list_id": list_id, "thread_id": number, "digest_id": digest_id}
            put("post", id=number, state="digested", **seen, **place)
        for number, digest_id, person_id, state in (
            (11, 1, 1, "done"),
            (12, 1, 2, "done"),
            (13, 2, 1, "due"),
        ):
            put("notice", id=number, kind="digest.publish", object_id=digest_id, state=state,
                person_id=person_id, channel="mail",
                key=f"digest.publish:{digest_id}::{person_id}:mail",
                settled_at=DAY if state == "done" else None,
                next_at=None if state == "done" else DAY)  # fmt: skip
        put("notice", id=14, kind="post.wait", object_id=1, person_id=1, channel="mail",
            key="post.wait:1::1:mail", state="due", next_at=DAY, settled_at=None)  # fmt: skip
    return empty_database_url


def _filled(tables: sa.MetaData, table: str, values: Mapping[str, object]) -> dict[str, Any]:
    """Add what a row must have and this test does not care about."""
    rest = {
        column.name: _anything(column.type)
        for column in tables.tables[table].columns
        if not column.nullable and column.server_default is None and not column.primary_key
    }
    return {**rest, **values}


def _anything(kind: sa.types.TypeEngine[Any]) -> object:
    if isinstance(kind, sa.JSON):
        return {}
    found: dict[type, object] = {bool: False, int: 0, str: "", datetime: DAY, date: DAY.date()}
    return found.get(kind.python_type, b"")


def _rows(url: str, question: str) -> list[tuple[object, ...]]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(question))]


def test_digests_of_lists_become_digests_of_people_with_their_posts_and_notices(
    before: str,
) -> None:
    migrations.upgrade(before)

    assert _rows(before, "SELECT id, person_id, number, mode FROM digest ORDER BY id") == [
        (11, 1, 1, "daily"),
        (12, 2, 1, "daily"),
        (13, 1, 2, "daily"),
    ]
    assert _rows(
        before, "SELECT digest_id, person_id, post_id FROM digest_entry ORDER BY digest_id, post_id"
    ) == [(11, 1, 1), (11, 1, 2), (12, 2, 1), (12, 2, 2), (13, 1, 3)]
    assert _rows(before, "SELECT id, object_id, key, state FROM notice ORDER BY id") == [
        (11, 11, "digest.publish:11::1:mail", "done"),
        (12, 12, "digest.publish:12::2:mail", "done"),
        (13, 13, "digest.publish:13::1:mail", "due"),
        (14, 1, "post.wait:1::1:mail", "due"),
    ]
    assert len(set(_rows(before, "SELECT message_id FROM digest"))) == 3


def test_the_next_digest_has_a_number_that_no_other_has(before: str) -> None:
    migrations.upgrade(before)
    engine = sa.create_engine(before, poolclass=sa.NullPool)
    tables = sa.MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        row = _filled(tables, "digest", {"person_id": 2, "number": 2, "mode": "daily",
                                         "format": "html", "message_id": "<new@x>"})  # fmt: skip
        made = connection.execute(sa.insert(tables.tables["digest"]).values(row))
        assert made.inserted_primary_key == (14,)


def test_taken_back_the_posts_stay_and_the_notices_of_digests_go(before: str) -> None:
    migrations.upgrade(before)

    migrations.downgrade(before, "0005")

    assert _rows(before, "SELECT id, digest_id FROM post ORDER BY id") == [
        (number, None) for number in (1, 2, 3, 4)
    ]
    assert _rows(before, "SELECT id FROM notice") == [(14,)]
    assert _rows(before, "SELECT count(*) FROM digest") == [(0,)]
