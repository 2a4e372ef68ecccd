"""Kill -9 again and again while posts come in and go out: what is lost, what comes twice (R2, R3).

Everything is killed at once: the service and the children that read its mails. Where a killed
process held rows that only the end of a lease gives back (PostgreSQL), the next one's clock is
ahead by more than a lease.
"""

import contextlib
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bench import mails, town
from community.store import Store
from proofs import accounts, house, injector, journals, relaying
from proofs.accounts import Account
from proofs.house import House, Warm
from proofs.injector import Mail
from proofs.relaying import Relay

#: A little more than a lease.
LEASE_SECONDS = 125.0
#: One lane waits for a commit after each mail: it is not given time for a whole list.
MOST_WAIT = 40
#: So long the last posts may take, on a crowded machine.
DRAIN_SECONDS = 1_200.0
#: No more posts are handed in while so many are on their way.
MOST_POSTS = 2


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be done."""

    kills: int
    members: int = 500
    #: How many lanes the service has to the relay; 0: as many as it is made for.
    lanes: int = 0
    seed: int = 1
    #: Every so many kills, one hits while a post comes in.
    every_nth_inbound: int = 4


@dataclass(kw_only=True)
class Tally:
    """What came of it."""

    kills: int
    posts: int
    copies: int
    #: Copies of acknowledged posts that somebody never got.
    lost: int
    #: Second copies by kill.
    second: list[int] = field(default_factory=list)
    account: Account

    @property
    def row(self) -> str:
        """Say it in one row of a table."""
        total, worst = sum(self.second), max(self.second, default=0)
        mean = total / self.kills
        return f"| {self.kills} | {self.copies} | {self.lost} | {total} | {mean:.2f} | {worst} |"


def run(warm: Warm, url: str, plan: Plan) -> Tally:
    """Kill the service as often as planned on a new, migrated database, and count."""
    store = Store(url)
    try:
        town.populate(store, plan.members)
        with tempfile.TemporaryDirectory(prefix="samband-kills-") as name:
            folder = Path(name)
            with (
                relaying.running(folder / "relay") as relay,
                house.standing(warm, url, folder=folder, relay_url=relay.url) as service,
            ):
                return _Killing(plan, store, relay, service, folder).tally()
    finally:
        store.close()


class _Killing:
    def __init__(
        self, plan: Plan, store: Store, relay: Relay, service: House, folder: Path
    ) -> None:
        self.plan, self.store, self.relay, self.service = plan, store, relay, service
        self.random = Random(plan.seed)  # noqa: S311 - which moment, not which key
        service.lanes = plan.lanes
        self.acked = folder / "acked"
        self.injector = injector.injecting(service.lmtp, self.acked)
        self.posts = 0
        #: How much the relay had taken when each kill was over.
        self.epochs: list[int] = []

    def tally(self) -> Tally:
        for number in range(self.plan.kills):
            self.service.start()
            is_inbound = number % self.plan.every_nth_inbound == 0
            self._kill(is_inbound=is_inbound and self._missing() < MOST_POSTS * self.plan.members)
            self.service.ahead_seconds += 0 if self.store.is_sqlite else LEASE_SECONDS
            self.epochs.append(self._settled())
        self._drain()
        taken = [(entry["message_id"], entry["recipient"]) for entry in self.relay.taken()]
        return Tally(
            kills=self.plan.kills,
            posts=len(self.injector.acked),
            copies=len(set(taken)),
            lost=len(self._expected() - set(taken)),
            second=self._second(taken),
            account=accounts.account(self.store, relay=self.relay.journal, acked=self.acked),
        )

    def _kill(self, *, is_inbound: bool) -> None:
        """Kill at a random moment: within a fan-out, or while a post comes in."""
        if not is_inbound and self._missing() < self.plan.members // 2:
            self._hand_in()
        if is_inbound:
            with self._handing_in():
                self.random_moment(0.02)
                self.service.kill()
            return
        begun = self.relay.count()  # before what is missing is counted: it takes mails meanwhile
        soon = MOST_WAIT if self.plan.lanes == 1 else self.plan.members
        more = self.random.randint(1, max(1, min(self._missing() * 3 // 4, soon)))
        self._wait_for(begun + more)
        self.random_moment(0.003)
        self.service.kill()

    def random_moment(self, most_seconds: float) -> None:
        threading.Event().wait(self.random.random() * most_seconds)

    def _hand_in(self) -> None:
        """Hand in the next post, or the last one again until it is acknowledged."""
        if (_mail(self.posts).message_id, mails.LIST) in self.injector.acked:
            self.posts += 1
        self.injector.hand_in(_mail(self.posts))

    def _wait_for(self, mails: int) -> None:
        try:
            self.relay.wait_for(mails)
        except TimeoutError as vain:
            vain.add_note(f"{self._missing()} are missing; {self.injector.answers[-3:]}")
            vain.add_note(f"{self.store.read_sync(accounts.waiting)} rows wait")
            vain.add_note(self.service.log.read_text(errors="replace")[-5_000:])
            raise

    @contextlib.contextmanager
    def _handing_in(self) -> Iterator[None]:
        thread = threading.Thread(target=self._hand_in)
        thread.start()
        yield
        thread.join()

    def _expected(self) -> set[tuple[str, str]]:
        return {
            (its_id, mails.member(number))
            for its_id, _ in self.injector.acked
            for number in range(self.plan.members)
        }

    def _missing(self) -> int:
        had = {(entry["message_id"], entry["recipient"]) for entry in self.relay.taken()}
        return len(self._expected() - had)

    def _settled(self) -> int:
        """Return what the relay has taken once it has seen everything that was on its way."""
        self.relay.behave()  # it answers after what came before
        return self.relay.count()

    def _drain(self) -> None:
        self.service.start()
        while self.injector.hand_in(_mail(self.posts))[:3] != "250":
            pass
        journals.wait(
            lambda: not self.store.read_sync(accounts.waiting),
            "all was sent",
            seconds=DRAIN_SECONDS,
        )
        self.service.stop()

    def _second(self, taken: list[tuple[str, str]]) -> list[int]:
        """Count second copies by the kill that caused them: the one after the first copy."""
        first: dict[tuple[str, str], int] = {}
        counts = [0] * (len(self.epochs) + 1)
        for at, copy in enumerate(taken):
            if copy in first:
                epoch = next(
                    (n for n, end in enumerate(self.epochs) if first[copy] < end), len(self.epochs)
                )
                counts[epoch] += 1
            first[copy] = at
        return counts


def _mail(number: int) -> Mail:
    return Mail(
        message_id=f"{number:06d}.bench@d00.example.net",
        sender=mails.AUTHOR,
        recipient=mails.LIST,
        raw=mails.post(number),
    )


def main(arguments: list[str]) -> bool:
    """Print a table: both databases, with all lanes and with one."""
    kills = int(arguments[0]) if arguments else 300
    print("| database | lanes | kills | copies | lost | second copies | mean | most |")
    print("|---|---|---|---|---|---|---|---|")
    is_sound = True
    for kind in town.DATABASES:
        for lanes in (0, 1):
            with town.database(kind) as url, house.warm() as warm:
                tally = run(warm, url, Plan(kills=kills, lanes=lanes))
            print(f"| {kind} | {lanes or 'all'} {tally.row}", flush=True)
            is_sound = is_sound and not tally.lost and tally.account.is_sound
    return is_sound
