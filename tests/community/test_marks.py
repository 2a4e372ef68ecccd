"""The file beside an SQLite database that shows when an older one was put in its place."""

from pathlib import Path

import pytest

from community import marks


def test_u3_the_file_keeps_the_highest_mark(tmp_path: Path) -> None:
    file = tmp_path / "samband.db.mark"

    before = marks.kept(file)
    seen = []
    for number in (0, 3, 2, 12):
        marks.keep(file, number)
        seen.append(marks.kept(file))

    assert (before, seen) == (None, [0, 3, 3, 12])
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.stat().st_size == marks.DIGITS + 1


@pytest.mark.parametrize("torn", [b"", b"12\n", b"\0" * 21, "٣".encode() * 20])
def test_u3_what_is_no_mark_counts_as_none_and_is_written_over(tmp_path: Path, torn: bytes) -> None:
    file = tmp_path / "samband.db.mark"
    file.write_bytes(torn)

    before = marks.kept(file)
    marks.keep(file, 5)

    assert (before, marks.kept(file)) == (None, 5)


def test_u3_only_a_database_that_is_a_file_has_one_beside_it() -> None:
    urls = ("sqlite:////srv/samband.db", "sqlite://", "postgresql://samband@127.0.0.1/samband")

    assert [marks.file_of(url) for url in urls] == [Path("/srv/samband.db.mark"), None, None]
