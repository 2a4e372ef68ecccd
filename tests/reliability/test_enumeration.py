"""P2: nobody outside can tell who is a member by what is answered; the times are in the proof."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import town
from community.store import Store
from proofs import enumeration

pytestmark = pytest.mark.anyio


@pytest.fixture
def populated(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    """Give a list with two people on it."""
    path = tmp_path / "samband.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{path}")
    town.populate(store, 2)
    yield store
    store.close()


async def test_r28_p2_known_and_unknown_addresses_get_the_same_answers(populated: Store) -> None:
    found = await enumeration.run(populated, 2)

    assert {name: each.unlike for name, each in found.items()} == {
        "join form": 0,
        "sign-in": 0,
        "-join": 0,
        "-leave": 0,
        "-request, a word": 0,
        "-request, a question": 0,
        "RCPT": 0,
    }
