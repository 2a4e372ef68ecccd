"""The chain of those who handed a mail on and vouch for what they saw (ARC): finds its sets.

Each host on the way adds three fields of one number: what it found, a signature of the mail, and a
seal over all sets so far. Source: RFC 8617 §4, §5.2.
"""

import re
from contextlib import suppress
from dataclasses import dataclass

from mailing import canonical, signatures
from mailing.headers import Field, Parted
from mailing.signatures import Signature

MOST_SETS = 50
RESULTS, MESSAGE, SEAL = "arc-authentication-results", "arc-message-signature", "arc-seal"
#: In the order in which they are sealed (§5.1.1).
NAMES = (RESULTS, MESSAGE, SEAL)
_NUMBER = re.compile(r"[1-9][0-9]?")


class Broken(Exception):
    """What is there is no chain."""


@dataclass(frozen=True, kw_only=True)
class ArcSet:
    """What one host has added."""

    results: Field
    message: Field
    seal: Field

    @property
    def fields(self) -> tuple[Field, Field, Field]:
        """Return the three in the order in which they are sealed."""
        return self.results, self.message, self.seal


def read(parted: Parted) -> tuple[ArcSet, ...]:
    """Find the sets of a chain, the first host's first; there may be none.

    Raises: Broken if one is not whole, stands twice or is missing.
    """
    found: dict[int, dict[str, Field]] = {}
    for field in parted.named(*NAMES):
        one = found.setdefault(_number(field), {})
        if field.name in one:
            raise Broken("a field stands twice")
        one[field.name] = field
    if sorted(found) != list(range(1, len(found) + 1)) or len(found) > MOST_SETS:
        raise Broken("a set is missing")
    if any(len(one) != len(NAMES) for one in found.values()):
        raise Broken("a set is not whole")
    return tuple(
        ArcSet(results=one[RESULTS], message=one[MESSAGE], seal=one[SEAL])
        for _, one in sorted(found.items())
    )


def highest(parted: Parted) -> int:
    """Return the highest number of a set, whole or not; 0 if there is none."""
    numbers = [0]
    for field in parted.named(*NAMES):
        with suppress(Broken):
            numbers.append(_number(field))
    return max(numbers)


def _number(field: Field) -> int:
    first = field.value.partition(b";")[0] if field.name == RESULTS else field.value
    try:
        number = canonical.tags(first).get("i", "")
    except ValueError as broken:
        raise Broken("a field without its number") from broken
    if not _NUMBER.fullmatch(number):
        raise Broken("a field without its number")
    return int(number)


def state(sets: tuple[ArcSet, ...]) -> str:
    """Say what the last seal says of the chain before it (`cv`); empty if there is none to read."""
    if not sets:
        return ""
    try:
        return canonical.tags(sets[-1].seal.value).get("cv", "").lower()
    except ValueError:
        return ""


def seals(sets: tuple[ArcSet, ...]) -> list[Signature]:
    """Read the seals, the first host's first.

    Raises: Broken, NotWhole.
    """
    found = [signatures.read(one.seal) for one in sets]
    for number, seal in enumerate(found, 1):
        if "h" in seal.tags or seal.tags.get("cv", "").lower() != ("none", "pass")[number > 1]:
            raise Broken("a seal that seals nothing")
    return found


def sealed(sets: tuple[ArcSet, ...]) -> bytes:
    """Return what the last seal of these sets is made over, but for itself (§5.1.1)."""
    fields = [field for one in sets for field in one.fields][:-1]
    return b"".join(canonical.relaxed_field(field.raw) for field in fields)


def sealer(sets: tuple[ArcSet, ...]) -> str:
    """Name the domain that made the last set; empty if that is not one domain."""
    try:
        seal, message = (signatures.read(field) for field in (sets[-1].seal, sets[-1].message))
    except (IndexError, signatures.NotWhole):
        return ""
    return seal.domain if seal.domain == message.domain else ""
