"""Power cuts: what is on the disk when 250 is said (R5), and what a cut at any moment leaves (R4).

The service runs under strace. Its writes are replayed onto a disk that holds for sure only what was
synced; of the rest a cut leaves nothing, all, any part, or a write torn at 512 octets. Each such
disk is opened, checked, and must hold every mail for which 250 had begun to be said.
"""

import contextlib
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bench import mails, town
from community.store import Store
from proofs import house, injector, tracing
from proofs.house import Warm
from proofs.injector import Mail
from proofs.tracing import Event, Kind

SECTOR_OCTETS = 512
PAGE_AND_MORE = 1 << 20
#: How many posts are handed in: enough for several checkpoints of the write-ahead log.
POSTS = 60
ACKS = 200
STATES = 3_000
#: What each setting of `PRAGMA synchronous` promises.
HONEST, CONTROLS = "FULL", ("NORMAL", "OFF")


@dataclass
class Disk:
    """The files of a database as a power cut would find them."""

    #: By path: what is there for sure.
    synced: dict[str, bytearray]
    #: What was written since, in order.
    pending: list[Event] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Follow one event."""
        if event.kind is Kind.SYNC:
            for each in self.pending:
                if each.path == event.path:
                    _apply(self.synced, each)
            self.pending = [each for each in self.pending if each.path != event.path]
        elif event.kind in (Kind.WRITE, Kind.CUT):
            self.pending.append(event)

    def after_cut(self, random: Random) -> dict[str, bytearray]:
        """Return the files as one cut leaves them."""
        files = {path: bytearray(octets) for path, octets in self.synced.items()}
        share = random.choice((0.0, 0.5, 0.9, 1.0))
        for event in self.pending:
            if random.random() < share:
                _apply(files, event)
            elif event.kind is Kind.WRITE and random.random() < share:
                whole = random.randrange(0, len(event.octets) + 1, SECTOR_OCTETS)
                _apply(files, _torn(event, whole))
        return files


def _torn(event: Event, octets: int) -> Event:
    return Event(
        kind=event.kind, path=event.path, offset=event.offset, octets=event.octets[:octets]
    )


def _apply(files: dict[str, bytearray], event: Event) -> None:
    octets = files.setdefault(event.path, bytearray())
    if event.kind is Kind.CUT:
        del octets[event.offset :]
        octets.extend(bytes(event.offset - len(octets)))
        return
    end = event.offset + len(event.octets)
    octets.extend(bytes(max(0, end - len(octets))))
    octets[event.offset : end] = event.octets


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What the service did to its disk while mails came in."""

    before: dict[str, bytearray]
    events: list[Event]
    #: Message-IDs in the order in which they were acknowledged.
    acked: list[str]


@dataclass(kw_only=True)
class Cuts:
    """What so many power cuts came to."""

    states: int = 0
    #: States in which an acknowledged mail was missing.
    losing: int = 0
    #: States that did not open, or were not whole.
    broken: int = 0


def record(warm: Warm, *, posts: int, synchronous: str = HONEST, detail: bool = True) -> Recording:
    """Run the service on SQLite, hand in posts, and record what it does; `detail` keeps octets."""
    with tempfile.TemporaryDirectory(prefix="samband-power-") as name, contextlib.ExitStack() as on:
        folder = Path(name)
        url = on.enter_context(town.database("sqlite"))
        store = Store(url)
        town.populate(store, 5)
        store.close()
        service = on.enter_context(
            house.standing(warm, url, folder=folder, relay_url="smtp://127.0.0.1:9")
        )
        service.roles, service.synchronous = ("mail",), synchronous
        service.start()
        outside = injector.injecting(service.lmtp, folder / "acked")
        outside.hand_in(_mail(0))  # its reader starts, its files are open
        path = Path(url.removeprefix("sqlite:///"))
        before = {str(each): bytearray(each.read_bytes()) for each in (path, _wal(path))}
        calls = f"trace={tracing.DISK},{tracing.SOCKETS}"
        octets = PAGE_AND_MORE if detail else 4096
        with tracing.traced(service.pid, folder / "calls", "-e", calls, most_octets=octets):
            answers = [outside.hand_in(_mail(number + 1)) for number in range(posts)]
        if any(not answer.startswith("250") for answer in answers):
            raise RuntimeError(f"the service answered {set(answers)}")
        acked = [_mail(number + 1).message_id for number in range(posts)]
        return Recording(before=before, events=tracing.events(folder / "calls"), acked=acked)


def _wal(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _mail(number: int) -> Mail:
    return Mail(
        message_id=f"{number:06d}.bench@d00.example.net",
        sender=mails.AUTHOR,
        recipient=mails.LIST,
        raw=mails.post(number),
    )


def unsynced(recording: Recording) -> int:
    """Count the 250s that were said with anything written and not synced since their mail (R5)."""
    count, is_safe = 0, False
    for event in recording.events:
        if event.kind is Kind.MAIL:
            is_safe = False
        elif event.kind is Kind.SYNC and event.path.endswith("-wal"):
            is_safe = True
        elif event.kind is Kind.TAKEN:
            count += not is_safe
            is_safe = False
    return count


def cut(recording: Recording, *, states: int, seed: int = 1) -> Cuts:
    """Cut the power so often, spread evenly over the recording (R4)."""
    random, cuts = Random(seed), Cuts()  # noqa: S311 - which writes, not which key
    disk, taken = Disk(recording.before), 0
    moves = [e for e in recording.events if e.kind is not Kind.MAIL]
    due = 0.0
    with tempfile.TemporaryDirectory(prefix="samband-cut-", dir=_fast()) as name:
        for event in moves:
            disk.take(event)
            taken += event.kind is Kind.TAKEN
            due += states / len(moves)
            while due >= 1:
                due -= 1
                files = disk.after_cut(random)
                _judge(files, set(recording.acked[:taken]), Path(name), cuts)
    return cuts


def _fast() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - files of a second


def _judge(files: dict[str, bytearray], acked: set[str], folder: Path, cuts: Cuts) -> None:
    cuts.states += 1
    for old in folder.iterdir():
        old.unlink()
    paths = [folder / Path(path).name for path in files]
    for path, octets in zip(paths, files.values(), strict=True):
        path.write_bytes(octets)
    database = next(path for path in paths if path.suffix == ".db")
    try:
        with contextlib.closing(sqlite3.connect(database)) as opened:
            is_whole = opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            rows = opened.execute("SELECT message_id FROM post").fetchall()
            there = {str(row[0]).strip("<>") for row in rows}  # a broken file has no id at times
    except sqlite3.DatabaseError:
        is_whole, there = False, set()
    cuts.broken += not is_whole
    cuts.losing += is_whole and not acked <= there


def rows(warm: Warm, *, acks: int, posts: int, states: int) -> Iterator[tuple[str, int, Cuts]]:
    """Do it as the service is, and with each weaker setting: name, unsafe 250s, power cuts."""
    for synchronous in (HONEST, *CONTROLS):
        unsafe = unsynced(record(warm, posts=acks, synchronous=synchronous, detail=False))
        cuts = cut(record(warm, posts=posts, synchronous=synchronous), states=states)
        yield synchronous, unsafe, cuts


def main(arguments: list[str]) -> bool:
    """Print a table: as the service is, and the two weaker settings, which must fail."""
    states = int(arguments[0]) if arguments else STATES
    print("| synchronous | 250s | said before the sync | power cuts | mail lost | file broken |")
    print("|---|---|---|---|---|---|")
    kept = []
    with house.warm() as warm:
        for name, unsafe, cuts in rows(warm, acks=ACKS, posts=POSTS, states=states):
            print(f"| {name} | {ACKS} | {unsafe} | {cuts.states} | {cuts.losing} | {cuts.broken} |")
            is_sound = not (unsafe or cuts.losing or cuts.broken)
            kept.append(is_sound == (name == HONEST))
    return all(kept)
