"""Compares what the world outside saw with our rows: lost, doubled, strangers, in doubt.

Pure: values in, a Reckoning out. What the world saw comes as lines of JSON, from a relay that notes
what it takes before it answers 250, and from whoever sends mail to us and was answered 250:

    {"message_id": "<17@example.org>", "recipient": "ada@example.org"}   the relay took a copy
    {"message_id": "<17@example.org>"}                                   we answered 250 to a mail

`samband check --journal` reads such files; so do the proofs in tests/reliability.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple


class Copy(NamedTuple):
    """One mail for one person."""

    message_id: str
    recipient: str


class NotAJournal(ValueError):
    """A line that is no such JSON; says which."""


@dataclass(frozen=True, kw_only=True)
class Witness:
    """What the world outside saw."""

    #: The Message-ID of each mail that we answered with 250, as often as we did.
    acked: tuple[str, ...] = ()
    #: Each copy that the relay took, as often as it did.
    taken: tuple[Copy, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Owed:
    """One row of ours: a copy that somebody gets, has, or does not get."""

    copy: Copy
    #: The relay has told us that it took it.
    is_relayed: bool
    #: Tries whose answer we never read: so often the relay may have it besides.
    doubts: int = 0

    @property
    def most(self) -> int:
        """Say how many copies the row explains."""
        return self.is_relayed + self.doubts


@dataclass(frozen=True, kw_only=True)
class Reckoning:
    """What came of the comparison; each tuple is sorted and names each thing once."""

    acked: int
    taken: int
    #: Mails that we answered with 250, and of which there is no post.
    forgotten: tuple[str, ...]
    #: Copies that our rows call relayed, and that the relay never had.
    lost: tuple[Copy, ...]
    #: Copies that the relay has more than once, and how many there are too many; within the doubts.
    doubled: tuple[tuple[Copy, int], ...]
    #: Those of them that no doubt explains: the number beyond what the rows knew of.
    unexplained: tuple[tuple[Copy, int], ...]
    #: Copies that the relay has and that no row of ours is about.
    strangers: tuple[Copy, ...]
    #: Copies of which we do not know for sure how often the relay has them.
    in_doubt: tuple[Copy, ...]

    @property
    def second_copies(self) -> int:
        """Count the copies that somebody got again."""
        return sum(count for _, count in self.doubled)

    @property
    def is_sound(self) -> bool:
        """Say whether nothing is wrong; what was known to be in doubt is not wrong."""
        return not (self.forgotten or self.lost or self.unexplained or self.strangers)


def read(lines: Iterable[str]) -> Witness:
    """Read the lines of a journal; a last line that was cut in the middle does not count.

    Raises: NotAJournal.
    """
    acked: list[str] = []
    taken: list[Copy] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
            message_id = bare(found["message_id"])
            recipient = found.get("recipient")
        except (ValueError, KeyError, TypeError, AttributeError):
            if not line.endswith("\n"):
                break  # who wrote it was killed within the line, before it answered anything
            raise NotAJournal(f"line {number} has no message_id in JSON") from None
        if recipient is None:
            acked.append(message_id)
        else:
            taken.append(Copy(message_id, normal(str(recipient))))
    return Witness(acked=tuple(acked), taken=tuple(taken))


def together(witnesses: Iterable[Witness]) -> Witness:
    """Make one of what several journals say."""
    known = list(witnesses)
    return Witness(
        acked=tuple(each for witness in known for each in witness.acked),
        taken=tuple(each for witness in known for each in witness.taken),
    )


def reckon(witness: Witness, *, owed: Iterable[Owed], posts: Collection[str]) -> Reckoning:
    """Compare what was seen outside with our rows.

    `posts` are the Message-IDs of all posts, whatever became of them. A mail to two lists that have
    the same reader is owed twice, and may be taken twice.
    """
    rows = [replace(row, copy=_plain(row.copy)) for row in owed]
    wanted = Counter(row.copy for row in rows)
    relayed = Counter(row.copy for row in rows if row.is_relayed)
    most = Counter(dict.fromkeys(wanted, 0))
    for row in rows:
        most[row.copy] += row.most
    taken = Counter(_plain(copy) for copy in witness.taken)
    known = {bare(each) for each in posts}
    return Reckoning(
        acked=len(witness.acked),
        taken=len(witness.taken),
        forgotten=tuple(sorted({bare(each) for each in witness.acked} - known)),
        lost=tuple(sorted(copy for copy, count in relayed.items() if taken[copy] < count)),
        doubled=_beyond(taken, wanted),
        unexplained=_beyond(taken, most),
        strangers=tuple(sorted(copy for copy in taken if copy not in wanted)),
        in_doubt=tuple(sorted({row.copy for row in rows if row.doubts})),
    )


def bare(message_id: str) -> str:
    """Return a Message-ID without the signs around it."""
    return message_id.strip().removeprefix("<").removesuffix(">")


def normal(address: str) -> str:
    """Return an address as it stands in our rows."""
    return address.strip().removeprefix("<").removesuffix(">").casefold()


def _plain(copy: Copy) -> Copy:
    return Copy(bare(copy.message_id), normal(copy.recipient))


def _beyond(taken: Counter[Copy], most: Counter[Copy]) -> tuple[tuple[Copy, int], ...]:
    """Return what was taken more often than `most` says, of what it knows, and by how many."""
    beyond = ((copy, count - most[copy]) for copy, count in taken.items() if copy in most)
    return tuple(sorted((copy, count) for copy, count in beyond if count > 0))
