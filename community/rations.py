"""How many mails anybody can have us send to an address that they only name.

Whoever asks for a mail may have typed somebody else's address, a thousand of them, or one a
thousand times. So what goes out on such a word is counted: by address, by where the question came
from, and in all. Whoever says that it was not them is spared such mails for a month. Only hashes
are kept; known and unknown addresses cost the same statements (P2, threats 21, 22 and 24).
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Index, Select, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community.emails import normalised
from community.store import Base

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
#: So long an address is spared that did not ask for a mail.
RESPITE: Final = timedelta(days=30)
#: Mails an hour that may be asked for from one network of the web, and in all.
MOST_OF_NETWORK: Final = 20
MOST_OF_ALL: Final = 300


class Limits(NamedTuple):
    """How many mails a day an address may be sent: about one matter, and in all."""

    of_matter: int
    of_address: int


#: Nobody has proved that the address is theirs.
UNPROVED: Final = Limits(of_matter=1, of_address=3)
#: It is proved; the limit ends a loop of two machines.
PROVED: Final = Limits(of_matter=10, of_address=20)


class Ration(Base):
    """A mail that went out because somebody named an address; kept for a day."""

    __tablename__ = "ration"
    __table_args__ = (
        Index("ix_ration_address_hash_at", "address_hash", "at"),
        Index("ix_ration_network_hash_at", "network_hash", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: SHA-256 of the address in lower case.
    address_hash: Mapped[str]
    #: What it is about: `join:3`.
    matter: Mapped[str]
    #: SHA-256 of the network that asked; empty for mail.
    network_hash: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(index=True)


class Respite(Base):
    """An address that is sent nothing on the word of whoever names it, until a moment."""

    __tablename__ = "respite"

    #: SHA-256 of the address in lower case.
    address_hash: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)


def take(
    session: Session,
    email: str,
    matter: str,
    *,
    limits: Limits = UNPROVED,
    network: str = "",
    now: datetime,
) -> bool:
    """Say whether one more mail may go to this address, and count it if so."""
    address_hash, network_hash = _hash(normalised(email)), _hash(network) if network else ""
    count = select(func.count()).select_from(Ration)
    theirs = count.where(Ration.address_hash == address_hash, Ration.at > now - DAY)
    lately = count.where(Ration.at > now - HOUR)
    counts: tuple[tuple[Select[int], int], ...] = (
        (theirs.where(Ration.matter == matter), limits.of_matter),
        (theirs, limits.of_address),
        (lately.where(Ration.network_hash == (network_hash or None)), MOST_OF_NETWORK),
        (lately, MOST_OF_ALL),
    )
    if limits is UNPROVED:
        spared = select(func.count()).select_from(Respite)
        until = spared.where(Respite.address_hash == address_hash, Respite.until > now)
        counts = (*counts, (until, 1))
    is_over = [(session.scalar(query) or 0) >= most for query, most in counts]
    if any(is_over):
        return False
    session.add(Ration(address_hash=address_hash, matter=matter, network_hash=network_hash, at=now))
    return True


def spare(session: Session, emails: Iterable[str], *, now: datetime) -> None:
    """Send these addresses nothing for a month but what their owner has provably asked for."""
    for email in sorted({normalised(each) for each in emails}):
        spared = session.get(Respite, _hash(email), with_for_update=True)
        if spared is None:
            session.add(Respite(address_hash=_hash(email), until=now + RESPITE))
        else:
            spared.until = now + RESPITE


def forget_old(session: Session, *, now: datetime) -> None:
    """Forget what no longer counts."""
    session.execute(delete(Ration).where(Ration.at <= now - DAY))
    session.execute(delete(Respite).where(Respite.until <= now))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
