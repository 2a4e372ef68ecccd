"""What our rows say after a proof, beside what the world outside saw.

`samband check` asks more of the rows; here they meet the two journals of a proof.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from app import reckoning
from app.reckoning import Copy, Owed, Reckoning
from community.digests import Digest
from community.outbox import Channel, Delivery, Notice
from community.people import Address
from community.posts import Post
from community.store import Session, Store
from mailing.letter import message_id
from proofs import house, journals


@dataclass(frozen=True, kw_only=True)
class Account:
    """The rows and the journals, side by side."""

    reckoning: Reckoning
    #: Rows that wait; none may, when everything was drained.
    waiting: int
    #: Message-IDs that are more than one post (A4).
    twice: tuple[str, ...]
    #: Second copies whose octets are not those of the first (D2).
    unlike: tuple[Copy, ...]

    @property
    def is_sound(self) -> bool:
        """Say whether every promise was kept."""
        return self.reckoning.is_sound and not (self.waiting or self.twice or self.unlike)


def account(store: Store, *, relay: Path, acked: Path) -> Account:
    """Read the rows and both journals, and compare them."""
    witness = reckoning.together(
        reckoning.read(path.read_text().splitlines(keepends=True))
        for path in (relay, acked)
        if path.exists()
    )
    return Account(
        reckoning=reckoning.reckon(
            witness, owed=store.read_sync(owed), posts=store.read_sync(_posts)
        ),
        waiting=store.read_sync(waiting),
        twice=store.read_sync(_twice),
        unlike=unlike(journals.entries(relay)),
    )


def owed(session: Session) -> list[Owed]:
    """Return every copy of a post and every letter that our rows know of."""
    rows = select(Delivery, Post.message_id).join(Post, Post.id == Delivery.post_id)
    copies = [_owed(row, Copy(its_id, row.email)) for row, its_id in session.execute(rows)]
    digests = {digest.id: digest.message_id for digest in session.scalars(select(Digest))}
    letters = (
        select(Notice, Address.email)
        .join(Address, (Address.person_id == Notice.person_id) & Address.is_primary)
        .where(Notice.channel == Channel.MAIL)
    )
    for row, email in session.execute(letters):
        is_digest = row.kind == "digest.publish"
        its_id = digests[row.object_id] if is_digest else message_id(row.key, house.DOMAIN)
        copies.append(_owed(row, Copy(its_id, email)))
    return copies


def _owed(row: Delivery | Notice, copy: Copy) -> Owed:
    lost = row.doubts + max(row.claims - row.attempts, 0)
    return Owed(copy=copy, is_relayed=row.state == "done", doubts=lost)


def waiting(session: Session) -> int:
    """Count what is still to be sent."""
    return sum(
        session.scalar(select(func.count()).select_from(model).where(model.next_at.is_not(None)))
        or 0
        for model in (Delivery, Notice)
    )


def unlike(taken: list[journals.Entry]) -> tuple[Copy, ...]:
    """Return the copies that came more than once and not with the same octets each time."""
    seen = {(_copy(entry), entry["sha256"]) for entry in taken}
    several = Counter(copy for copy, _ in seen)
    return tuple(sorted(copy for copy, count in several.items() if count > 1))


def _copy(entry: journals.Entry) -> Copy:
    return Copy(entry["message_id"], entry["recipient"])


def _posts(session: Session) -> set[str]:
    return set(session.scalars(select(Post.message_id)))


def _twice(session: Session) -> tuple[str, ...]:
    query = (
        select(Post.message_id)
        .group_by(Post.list_id, Post.message_id)
        .having(func.count() > 1)
        .order_by(Post.message_id)
    )
    return tuple(session.scalars(query))
