from pathlib import Path

import pytest

import migrations
from community.database_facts import Unreachable, facts, has_wal_reset_race


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 0), False),
    ],
)
def test_wal_reset_race_is_known_by_the_version(
    version: tuple[int, int, int], expected: bool
) -> None:
    assert has_wal_reset_race(version) is expected


def test_facts_make_no_file_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "samband.db"

    found = facts(f"sqlite:///{path}")

    assert (found.kind, found.exists, found.revision, found.unsafe) == ("sqlite", False, None, ())
    assert found.free_bytes is not None
    assert not path.parent.exists()


def test_facts_of_a_migrated_database(database_url: str) -> None:
    found = facts(database_url)

    on_sqlite = database_url.startswith("sqlite")
    assert found.kind == ("sqlite" if on_sqlite else "postgresql")
    assert found.exists
    assert (found.revision or migrations.BASE) == migrations.head()
    # The PostgreSQL of the tests runs without fsync, on purpose.
    assert found.unsafe == (() if on_sqlite else ("fsync=off",))


def test_facts_say_why_a_database_does_not_answer(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is no database, but it is long enough to be read")

    with pytest.raises(Unreachable, match="not a database"):
        facts(f"sqlite:///{tmp_path / 'text.db'}")
    with pytest.raises(Unreachable) as reason:
        facts("postgresql://samband:canary-4711@127.0.0.1:1/samband")
    assert "refused" in str(reason.value)
    assert "canary-4711" not in str(reason.value)
