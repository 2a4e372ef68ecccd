"""A post on its way to three people, through a relay or a network that fails once: where all ends.

The whole way out is real: rows, deliverer, ledger, lanes and lines; time is a clock that is put
forward to whatever is due next.
"""

import ssl
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from bench.town import OPEN
from community import bounces, lists, outbox
from community.parcels import Parcel
from community.store import Store
from mailing.departing import Departures
from mailing.dmarc import Dmarc
from mailing.fanout import PostSender
from mailing.outgoing import Relay
from sandbox.jumping import StillClock
from scheduler.delivery import Deliverer
from tests.builders import a_house, a_list, a_mail, a_moderator, a_person, a_post, deliveries
from tests.mailing.relay_double import RelayDouble

PEOPLE = ("first@example.org", "mid@example.org", "last@example.org")
#: More tries than any fault that happens once can cause.
MOST_ROUNDS = 30
#: How long a relay that will not answer is waited for, and one that will on a busy machine.
SECONDS, PATIENCE = 0.6, 30.0


@dataclass(frozen=True, kw_only=True)
class Ends:
    """Where the three deliveries ended."""

    #: How many are in which state.
    states: dict[str, int]
    #: How many people have so many copies.
    copies: dict[int, int]


class Town:
    """A list of three, and a moderator who writes to it; for any number of posts."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.store, self.clock = store, StillClock(now)
        a_moderator(store)
        people = [a_person(store, each, email=each) for each in PEOPLE]
        self.list_id = a_list(store, *people)
        store.run_sync(lists.set_policy, self.list_id, OPEN, by=None, now=now)
        self._posts = 0

    async def send(self, url: str, *, seconds: float, tls: ssl.SSLContext | None = None) -> int:
        """Send one more post by one lane until nothing of it is due any more; return which.

        `tls` trusts the relay's certificate; an answer is waited for so many `seconds`.
        """
        self._posts += 1
        mail = a_mail("mona.vik@example.org", subject=f"Post {self._posts}")
        post_id = a_post(self.store, self.list_id, mail, now=self.clock.now())
        relay = Relay(url, command_seconds=seconds, mail_seconds=seconds, tls=tls)
        deliverer = self._deliverer(relay)
        for _ in range(MOST_ROUNDS):
            await deliverer.drain()
            due = [row.next_at for row in deliveries(self.store, post_id) if row.next_at]
            if not due:
                break
            self.clock.put_forward(min(due))
        await relay.aclose()
        return post_id

    def _deliverer(self, relay: Relay) -> Deliverer[Parcel]:
        dmarc = Dmarc(_nothing, self.clock)
        departures = Departures(self.store, a_house(), dmarc, own_domains=("example.org",))
        deliverer = Deliverer(
            self.store,
            self.clock,
            PostSender(departures, relay, a_house()),
            claim=outbox.claim_deliveries,
            settle=bounces.settle,
            name="posts",
        )
        deliverer.lanes = 1  # so that what is said ahead is on the line that fails
        return deliverer

    def ends(self, post_id: int, taken: list[str]) -> Ends:
        """Say where a post ended, of which these recipients have a copy each."""
        rows = deliveries(self.store, post_id)
        copies = Counter(taken)
        return Ends(
            states=dict(Counter(row.state for row in rows)),
            copies=dict(Counter(copies[row.email] for row in rows)),
        )


async def _nothing(name: str) -> list[str]:
    raise AssertionError(f"our own domain is never asked: {name}")


class OnceFaulty:
    """What a relay says: once something else, then always the usual."""

    def __init__(self, verb: str, answer: str, *, has: str = "", is_taken: bool = False) -> None:
        self.verb, self.answer, self.has, self.is_taken = verb, answer, has, is_taken
        self.is_over = False
        #: Of what the relay has noted as taken, what it has not: it said no, or died before.
        self.untaken: list[int] = []
        self.double = RelayDouble()

    def script(self, verb: str, argument: str) -> str | None:
        """Answer; None for the usual."""
        is_offered = self.double.tls is not None
        if self.verb == "STARTTLS" and verb == "EHLO" and not (self.is_over or is_offered):
            return "250-relay.example\r\n250-STARTTLS\r\n250 HELP"
        if self.is_over or verb != self.verb or self.has not in argument:
            return None
        self.is_over = True
        if verb == "DOT" and not self.is_taken:
            self.untaken.append(len(self.double.taken) - 1)
        return self.answer

    def taken(self) -> list[str]:
        """Return whose copies the relay has.

        A mail of nothing is none: with it ends what was refused (RFC 2920 §3.1).
        """
        return [
            recipient.strip("<>")
            for number, (recipient, mail) in enumerate(self.double.taken)
            if mail and number not in self.untaken
        ]
