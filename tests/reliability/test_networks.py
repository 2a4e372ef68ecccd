"""R11: the network before the relay is slow, cut after any number of octets, or a black hole."""

import shutil
from datetime import datetime
from itertools import chain
from pathlib import Path

import pytest

from community.store import Store
from tests.mailing.relay_double import RelayDouble
from tests.reliability.network import Network
from tests.reliability.sending import PATIENCE, SECONDS, Ends, Town

pytestmark = pytest.mark.anyio

DONE = {"done": 3}
EXTENSIONS = ("PIPELINING", "SIZE 1000000", "8BITMIME", "SMTPUTF8")
#: A whole transaction is some 1,200 octets there and 250 back; two mails follow on the same line.
THERE, BACK = range(0, 3_600, 211), range(0, 420, 31)
CUTS = [
    *({"cut_there": at} for at in THERE),
    *({"cut_back": at} for at in BACK),
]
HOLES = [
    *({"hole_there": at} for at in range(0, 3_600, 900)),
    *({"hole_back": at} for at in range(0, 420, 105)),
]
SLOW = [{"piece": 1}, {"piece": 7}]


async def _ends(town: Town, network: Network) -> Ends:
    is_hole = network.hole_there is not None or network.hole_back is not None
    double = RelayDouble(extensions=EXTENSIONS)
    async with double.running(), network.between(double.port) as url:
        # Of a hole nothing is heard, so there is an end to waiting; else there need be none.
        post_id = await town.send(url, seconds=SECONDS if is_hole else PATIENCE)
    return town.ends(post_id, [recipient.strip("<>") for recipient, mail in double.taken if mail])


async def test_r11_d1_d2_whatever_the_network_does_nobody_is_lost_and_one_has_it_twice_at_most(
    sqlite_template: Path, tmp_path: Path, now: datetime
) -> None:
    store = Store(f"sqlite:///{shutil.copyfile(sqlite_template, tmp_path / 'samband.db')}")
    town = Town(store, now)
    states, twice = [], []
    for case in chain(CUTS, HOLES):
        ends = await _ends(town, Network(**case))
        states.append(ends.states)
        twice.append(ends.copies)
    slow = [await _ends(town, Network(**case)) for case in SLOW]
    store.close()

    assert states == [DONE] * len(states)
    assert all(copies in ({1: 3}, {1: 2, 2: 1}) for copies in twice), twice
    assert {1: 2, 2: 1} in twice  # an answer to a dot was among what was lost
    assert slow == [Ends(states=DONE, copies={1: 3})] * len(SLOW)
