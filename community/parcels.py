"""A claimed delivery as doors carry it; those who share a mail are gathered into one parcel.

Pure. `outbox.claim_deliveries` makes parcels, `scheduler/drain.py` settles each.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, Protocol

#: What almost every address looks like.
_PLAIN = re.compile(r"[A-Za-z0-9_+=-]+(?:\.[A-Za-z0-9_+=-]+)*@[a-z0-9]+(?:[.-][a-z0-9]+)+")


class Parcel(NamedTuple):
    """A claimed delivery: what sending and settling it need, without the cost of a Delivery."""

    id: int
    due_at: datetime
    claims: int
    attempts: int
    post_id: int
    person_id: int
    email: str
    together: int
    faults: int
    #: The end of its lease.
    next_at: datetime | None
    #: By which claim it was taken.
    claimed_by: str | None
    #: Those who get the same mail in the same transaction.
    companions: "tuple[Parcel, ...]" = ()


#: What is read of each row; the rest is the same for all of a claim.
PARCEL_FIELDS = Parcel._fields[: Parcel._fields.index("next_at")]


class _Claimed(Protocol):
    @property
    def claims(self) -> int: ...

    @property
    def attempts(self) -> int: ...


def is_suspect(row: _Claimed) -> bool:
    """Tell whether two claims before this one were never answered: two processes may be dead of it.

    Perhaps it was only near; whether it was, shows when it is tried alone.
    """
    return row.claims - row.attempts > 2


def gathered(parcels: Iterable[Parcel]) -> list[Parcel]:
    """Put those together who share a mail, in the order of the first of each."""
    mails: list[list[Parcel]] = []
    open_mails: dict[int, list[Parcel]] = {}
    for parcel in parcels:
        # Who has an odd address goes alone: what a relay says of it might be said of all.
        is_alone = parcel.together == 1 or not _PLAIN.fullmatch(parcel.email) or is_suspect(parcel)
        mail = [] if is_alone else open_mails.get(parcel.post_id, [])
        if not mail or len(mail) >= parcel.together:
            mail = []
            mails.append(mail)
            if not is_alone:
                open_mails[parcel.post_id] = mail
        mail.append(parcel)
    return [
        mail[0]._replace(companions=tuple(mail[1:])) if len(mail) > 1 else mail[0] for mail in mails
    ]
