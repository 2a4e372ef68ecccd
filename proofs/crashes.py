"""Dies at every point of a day, once at each, and lives on: what is lost, what comes twice (R1).

The day is played once to number its points. Then, for each, it is played anew on a new database
until that point, and taken up again by another process. A point that only reads is left out: who
dies there leaves what the point before it left.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

import migrations
from bench import town
from community.store import Store
from proofs import house, village
from proofs.house import Warm
from proofs.points import KILLED

#: What a process may have had on its way at once: five letters, or 48 copies of posts.
LANES = 48
#: Points at which nothing can have changed.
READS = tuple(f"{when} {verb}" for when in ("before", "after") for verb in ("SELECT", "BEGIN"))
#: In memory: a process that dies loses no more there than on a disk, and nobody waits for fsync.
FOLDER = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - only proofs write there

Ended = dict[str, Any]
Fresh = Callable[[Path], str]


class Broke(Exception):
    """A day did not come to its end; says what its log says."""


@dataclass(kw_only=True)
class Crashes:
    """What came of it."""

    #: How many points the day has, and how many of them change something.
    points: int
    telling: int
    #: At how many of them a process died.
    crashes: int = 0
    #: Second copies after each crash after which there were some, by the point's name.
    second: list[tuple[str, int]] = field(default_factory=list)
    #: Points that a day did not come to, because it went a little otherwise.
    missed: list[str] = field(default_factory=list)
    #: Every promise that was broken.
    faults: list[str] = field(default_factory=list)

    @property
    def row(self) -> str:
        """Say it in one row of a table."""
        counts = [count for _, count in self.second]
        lost = len(self.faults)
        return (
            f"{self.points} | {self.telling} | {self.crashes} | {lost} | "
            f"{sum(counts)} | {max(counts, default=0)} |"
        )


def run(warm: Warm, fresh: Fresh, *, most: int, seed: int = 1) -> Crashes:
    """Play the day with a crash at so many of its points, chosen by the seed."""
    with tempfile.TemporaryDirectory(prefix="samband-crashes-", dir=FOLDER) as name:
        first = Path(name) / "first"
        first.mkdir()
        _played(warm, fresh(first), first, fatal=0)
        usual = _ended(first)
        names: list[str] = usual.pop("points")
        telling = [n for n, point in enumerate(names, 1) if not point.startswith(READS)]
        found = Crashes(points=len(names), telling=len(telling))
        found.faults += [f"without a crash: {fault}" for fault in _faults(usual, usual)]
        random = Random(seed)  # noqa: S311 - which points, not which key
        for number in sorted(random.sample(telling, min(most, len(telling)))):
            folder = Path(name) / "crash"
            folder.mkdir()
            _crash(warm, fresh(folder), folder, number, names[number - 1], usual, found)
            shutil.rmtree(folder)
    return found


def _crash(
    warm: Warm, url: str, folder: Path, number: int, name: str, usual: Ended, found: Crashes
) -> None:
    if _played(warm, url, folder, fatal=number) != KILLED:
        found.missed.append(name)
        return
    found.crashes += 1
    try:
        _played(warm, url, folder, fatal=0)
    except Broke as broke:
        found.faults.append(f"{name} ({number}): {broke}")
        return
    ended = _ended(folder)
    if ended["second"]:
        found.second.append((name, ended["second"]))
    found.faults += [f"{name} ({number}): {fault}" for fault in _faults(ended, usual)]


def _played(warm: Warm, url: str, folder: Path, *, fatal: int) -> int:
    code = warm.call(
        "proofs.day:play", log=folder / "log", url=url, folder=str(folder), fatal=fatal
    )
    if code not in (0, KILLED):
        raise Broke((folder / "log").read_text()[-3000:])
    return code


def _ended(folder: Path) -> Ended:
    ended: Ended = json.loads((folder / "ended").read_text())
    return ended


def _faults(ended: Ended, usual: Ended) -> Iterator[str]:
    """Compare how a day ended with how it ends without a crash."""
    if not ended["is_sound"]:
        yield ended["account"]
    for what in ("mails", "posts", "bounces"):
        if ended[what] != usual[what]:
            yield f"{what} are {ended[what]}, not {usual[what]}"
    if ended["beyond_window"]:
        yield f"second copies outside the window of the dot: {ended['beyond_window']}"
    if ended["second"] > min(ended["window"], LANES):
        yield f"{ended['second']} second copies"


@contextmanager
def databases(url: str) -> Iterator[Fresh]:
    """Settle the village in an empty database, and give copies of that."""
    migrations.upgrade(url)
    store = Store(url)
    village.settle(store)
    store.close()
    path = migrations.sqlite_path(url)
    if path is not None:

        def copy(folder: Path) -> str:
            shutil.copyfile(path, folder / "samband.db")
            return f"sqlite:///{folder / 'samband.db'}"

        yield copy
        return
    made: list[str] = []

    def create(folder: Path) -> str:
        made.append(f"crash_{folder.parent.name[-8:]}_{len(made)}".lower())
        _tell(url, "DROP DATABASE IF EXISTS {} WITH (FORCE)", made[-2:-1])
        _tell(url, "CREATE DATABASE {} TEMPLATE {}", [made[-1], str(make_url(url).database)])
        return make_url(url).set(database=made[-1]).render_as_string(hide_password=False)

    try:
        yield create
    finally:
        _tell(url, "DROP DATABASE IF EXISTS {} WITH (FORCE)", made[-1:])


def _tell(url: str, command: str, names: Sequence[str]) -> None:
    if not names:
        return
    server = make_url(url).set(database="postgres").render_as_string(hide_password=False)
    words = sql.SQL(command).format(*map(sql.Identifier, names))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(words)


def main(arguments: list[str]) -> bool:
    """Print a table: every point on SQLite, a hundred on PostgreSQL, or as many as is said."""
    most = int(arguments[0]) if arguments else 0
    print("| database | points | that change something | crashes | faults | second copies | most |")
    print("|---|---|---|---|---|---|---|")
    is_sound = True
    for kind, usual in (("sqlite", 100_000), ("postgresql", 100)):
        with town.database(kind) as url, databases(url) as fresh, house.warm() as warm:
            found = run(warm, fresh, most=most or usual)
        print(f"| {kind} | {found.row}", flush=True)
        for fault in (*found.faults, *(f"not reached: {name}" for name in found.missed)):
            print(f"  {fault}")
        is_sound = is_sound and not found.faults
    return is_sound
