"""R21: what crashes, hangs or eats the memory of its reader is put aside, and only that (A7)."""

import asyncio
import resource
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from community.store import Store
from mailing.listener import Listener
from mailing.parser import Parser
from mailing.parsing_child import Limits
from sandbox import posting
from tests import builders
from tests.mailing.poisoned_child import POISONED, POISONS
from tests.mailing.test_reception import LIST, SENDER, a_mail, reception, sources, states

pytestmark = pytest.mark.anyio

TAKEN = "250 2.0.0 Taken"
#: `print` is no poison: what a library prints is no answer.
HARMFUL = tuple(name for name in POISONS if name != "print")
MEGABYTE = 1024  # of kilobytes


async def test_r21_each_of_thirty_poisons_is_quarantined_and_its_neighbour_flows(
    sqlite_template: Path, tmp_path: Path, now: datetime
) -> None:
    store = Store(f"sqlite:///{shutil.copyfile(sqlite_template, tmp_path / 'samband.db')}")
    builders.a_list(store, builders.a_person(store, "Ada Holm"))
    limits = Limits(memory_bytes=192 * 1024 * 1024, seconds=2)
    parser = Parser(command=POISONED, limits=limits, grace_seconds=0.2)
    behind = reception(store, now, parser)
    listener = Listener(behind.take, behind.knows, hostname="lists.example.org")
    poisons = {f"Post {100 + at}": a_mail(100 + at, name) for at, name in enumerate(HARMFUL)}
    good = {f"Post {200 + at}": a_mail(200 + at) for at in range(len(HARMFUL))}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    said = []

    async with listener.listening("127.0.0.1", 0) as port:
        for pair in zip(poisons.values(), good.values(), strict=True):
            posted = [posting.post("127.0.0.1", port, SENDER, LIST, raw) for raw in pair]
            said += await asyncio.gather(*posted)
    await parser.aclose()

    assert len(HARMFUL) == 30
    assert said == [TAKEN] * 60
    ends = dict.fromkeys(poisons, "quarantined") | dict.fromkeys(good, "held")
    assert dict(states(store)) == ends
    assert sources(store) == poisons | good
    store.close()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * MEGABYTE
