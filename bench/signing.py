"""What a signature adds to one copy of a post, made and not sent, in CPU."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bench import mails, results, town
from bench.results import Columns, Result
from community import outbox
from community.clock import SystemClock
from community.parcels import Parcel
from community.store import Store
from mailing.departing import Departures
from mailing.dmarc import Dmarc
from mailing.fanout import PostSender
from mailing.outgoing import Relay
from mailing.signing import Signer
from tests.builders import a_house, a_mail, a_post
from tests.mailing.judge import KINDS, a_signer

COPIES = 2_000
ROUNDS = 5
HOUSE = a_house()
COLUMNS: Columns = (
    ("CPU us a copy", "cpu_us", "{:.0f}"),
    ("of it the signature", "signature_us", "{:.0f}"),
    ("of unsigned", "of_unsigned", "{:.1f}"),
    ("CPU us once a post", "post_us", "{:.0f}"),
)


def main() -> None:
    """Measure copies without a signature, with RSA-2048 and with Ed25519, turn about."""
    signers = {"unsigned": None} | {kind: a_signer(kind) for kind in KINDS}
    with town.database("sqlite") as url:
        store = Store(url)
        parcels = _parcels(store)
        rounds = [
            {kind: _measured(store, parcels, signer) for kind, signer in signers.items()}
            for _ in range(ROUNDS)
        ]
        store.close()
    best = {kind: tuple(map(min, *(each[kind] for each in rounds))) for kind in signers}
    plain, _ = best["unsigned"]
    results.show(
        [
            Result(
                bench="signing",
                case=kind,
                figures={
                    "cpu_us": copy,
                    "signature_us": copy - plain,
                    "of_unsigned": copy / plain,
                    "post_us": post,
                },
            )
            for kind, (copy, post) in best.items()
        ],
        columns=COLUMNS,
    )


def _measured(
    store: Store, parcels: Sequence[Parcel], signer: Signer | None
) -> tuple[float, float]:
    """Return the microseconds of CPU for a copy, and for what is done once for all."""
    dmarc = Dmarc(_nothing, SystemClock())
    departures = Departures(store, HOUSE, dmarc, own_domains=("example.net",), signer=signer)
    sender = PostSender(departures, Relay("smtp://127.0.0.1:1"), HOUSE)
    begun = time.process_time()
    post = asyncio.run(sender.prepare(parcels[0].post_id))
    once = time.process_time() - begun
    begun = time.process_time()
    for parcel in parcels:
        sender.copy(parcel, post)
    return (time.process_time() - begun) / len(parcels) * 1e6, once * 1e6


async def _nothing(name: str) -> list[str]:
    return []


def _parcels(store: Store) -> Sequence[Parcel]:
    """Have a post accepted, and claim its copies."""
    list_id = town.populate(store, COPIES)
    mail = replace(
        a_mail(mails.AUTHOR), raw=mails.POST, authentication="dkim=pass header.d=example.net"
    )
    now = SystemClock().now()
    a_post(store, list_id, mail, now=now)
    return store.run_sync(
        outbox.claim_deliveries, now=now, limit=COPIES, lease=timedelta(minutes=2), by="bench"
    )
