"""A disk that is full (R6) or cannot sync (R7) while mails come in and go out, and is well again.

The service is never restarted. While the disk is ill every answer is 250 or "later"; afterwards
what was not taken is taken, nothing that was taken is missing, and nobody has anything twice.
"""

import contextlib
import resource
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from bench import mails, town
from community.store import Store
from proofs import accounts, house, injector, journals, kills, relaying, tracing
from proofs.accounts import Account
from proofs.house import Warm
from proofs.injector import Injector, Mail

MEMBERS = 5
MAILS_PER_FAULT = 2
POINTS = 200
SYNCS = 60

#: Given the process, its database's URL and where a log may go: an illness that ends with the
#: context.
Illness = Callable[[int, str, Path], AbstractContextManager[None]]


@dataclass(kw_only=True)
class Tally:
    """What came of it."""

    faults: int = 0
    #: How often each answer was given while the disk was ill, by its code.
    ill: Counter[str] = field(default_factory=Counter)
    #: The same, for the mails that were tried again when it was well.
    well: Counter[str] = field(default_factory=Counter)
    account: Account

    @property
    def is_sound(self) -> bool:
        """Say whether every promise was kept."""
        return (
            set(self.ill) <= {"250", "451", "452"}
            and set(self.well) <= {"250"}
            and self.account.is_sound
            and self.doubled == 0
        )

    @property
    def doubled(self) -> int:
        """Count second copies: nothing died, so there may be none."""
        return len(self.account.reckoning.doubled)


def full(more_octets: int) -> Illness:
    """Let no file grow beyond what the write-ahead log has, and so much more."""

    @contextlib.contextmanager
    def illness(pid: int, url: str, log: Path) -> Iterator[None]:
        wal = Path(url.removeprefix("sqlite:///") + "-wal").stat().st_size
        usual = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (wal + more_octets, usual[1]))
        try:
            yield
        finally:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, usual)

    return illness


def failing(call: str, error: str, when: str) -> Illness:
    """Have these of all system calls fail with this error; `when` as strace counts (`3+`)."""

    def illness(pid: int, url: str, log: Path) -> AbstractContextManager[None]:
        fault = f"inject={call}:error={error}:when={when}"
        return tracing.traced(pid, log, "-e", f"trace={call}", "-e", fault)

    return illness


def fall_ill(warm: Warm, illnesses: list[Illness], *, database: str = "sqlite") -> Tally:
    """Run the service through these illnesses, one after the other, and count."""
    with tempfile.TemporaryDirectory(prefix="samband-disk-") as name, contextlib.ExitStack() as on:
        folder = Path(name)
        url = on.enter_context(town.database(database))
        store = Store(url, checkpoints=False)
        on.callback(store.close)
        town.populate(store, MEMBERS)
        relay = on.enter_context(relaying.running(folder / "relay"))
        service = on.enter_context(house.standing(warm, url, folder=folder, relay_url=relay.url))
        service.roles = ("mail", "worker")
        service.start()
        outside = injector.injecting(service.lmtp, folder / "acked")
        ill, well = Counter[str](), Counter[str]()
        outside.hand_in(_mail(0))
        for number, illness in enumerate(illnesses):
            some = [_mail(1 + number * MAILS_PER_FAULT + each) for each in range(MAILS_PER_FAULT)]
            with illness(service.pid, url, folder / "calls"):
                ill.update(_codes(outside, some))
            well.update(_codes(outside, [each for each in some if not _is_acked(outside, each)]))
        if not store.is_sqlite:  # what a dead session had claimed waits for the end of its lease
            service.stop()
            service.ahead_seconds = kills.LEASE_SECONDS
            service.start()
        journals.wait(lambda: not store.read_sync(accounts.waiting), "all was sent")
        service.stop()
        return Tally(
            faults=len(illnesses),
            ill=ill,
            well=well,
            account=accounts.account(store, relay=relay.journal, acked=folder / "acked"),
        )


def _codes(outside: Injector, some: list[Mail]) -> list[str]:
    return [outside.hand_in(each)[:3] for each in some]


def _is_acked(outside: Injector, mail: Mail) -> bool:
    return (mail.message_id, mail.recipient) in outside.acked


def _mail(number: int) -> Mail:
    return Mail(
        message_id=f"{number:06d}.bench@d00.example.net",
        sender=mails.AUTHOR,
        recipient=mails.LIST,
        raw=mails.post(number),
    )


def illnesses(points: int, syncs: int) -> dict[str, list[Illness]]:
    """Return what a disk can have, by its name in the table, at so many different moments."""
    return {
        "no file may grow": [full(at * 1_500) for at in range(points // 4)],
        "ENOSPC": [failing("pwrite64", "ENOSPC", f"{1 + at}+") for at in range(points * 3 // 4)],
        "EIO at a write": [failing("pwrite64", "EIO", f"{1 + 3 * at}") for at in range(syncs // 2)],
        "EIO at a sync": [failing("fdatasync", "EIO", f"{1 + at % 4}") for at in range(syncs)],
    }


def main(arguments: list[str]) -> bool:
    """Print a table: each illness, the answers while it lasted, and what was lost."""
    points, syncs = (int(each) for each in arguments) if arguments else (POINTS, SYNCS)
    with house.warm() as warm:
        tallies = {name: fall_ill(warm, some) for name, some in illnesses(points, syncs).items()}
    return show(tallies)


def show(tallies: dict[str, Tally]) -> bool:
    """Print a table of illnesses; say whether every promise was kept."""
    print("| what | faults | answers meanwhile | lost | twice | sound |")
    print("|---|---|---|---|---|---|")
    for name, tally in tallies.items():
        answers = ", ".join(f"{code or 'none'}: {n}" for code, n in sorted(tally.ill.items()))
        lost = len(tally.account.reckoning.lost)
        verdict = "yes" if tally.is_sound else "NO"
        print(f"| {name} | {tally.faults} | {answers} | {lost} | {tally.doubled} | {verdict} |")
    return all(tally.is_sound for tally in tallies.values())
