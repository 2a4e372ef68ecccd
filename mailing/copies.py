"""One post as SMTP carries it: what all copies share, made once, and what each has of its own.

`fanout.py` makes the copies, `pipelined.py` writes them on a wire. Octets that are the same for
everybody are kept once, with their dots doubled already.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mailing import addresses, gate

END_OF_MAIL = b".\r\n"

# What almost every address looks like; all others take the long way through `addresses.parse`.
_USUAL = re.compile(r"[A-Za-z0-9_+=-]+(?:\.[A-Za-z0-9_+=-]+)*@[a-z0-9]+(?:[.-][a-z0-9]+)+")
_MOST_OCTETS = 128


class Copy(NamedTuple):
    """A mail in its envelope, ready to be sent."""

    sender: str
    recipient: str
    #: The header lines that not all copies have, and the empty line after them.
    own: bytes
    shared: "Shared"
    #: Who gets the same mail in the same transaction; nobody where it is one person's own.
    others: tuple[str, ...] = ()

    @property
    def recipients(self) -> tuple[str, ...]:
        """Everybody in the envelope, in its order."""
        return (self.recipient, *self.others)

    def to(self, places: Sequence[int]) -> "Copy":
        """Return the same mail for some of those in its envelope, by their places there."""
        first, *others = (self.recipients[place] for place in places)
        return self._replace(recipient=first, others=tuple(others))

    @property
    def raw(self) -> bytes:
        """The mail as it was before its dots were doubled."""
        return self.shared.head + self.own + self.shared.body


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What is the same in every copy of a post."""

    head: bytes
    body: bytes
    #: Head and body as they stand on the wire; the body has the dot that ends the mail.
    wire_head: bytes
    wire_body: bytes
    is_ascii: bool


def shared(head: bytes, body: bytes) -> Shared:
    """Make a post ready for the wire, once for all: CR LF everywhere, dots doubled, the end."""
    clean = gate.normalised(body)
    ended = clean if not clean or clean.endswith(b"\r\n") else clean + b"\r\n"
    return Shared(
        head=head,
        body=body,
        wire_head=_stuffed(gate.normalised(head)),
        wire_body=_stuffed(ended) + END_OF_MAIL,
        is_ascii=head.isascii() and body.isascii(),
    )


def checked(address: str) -> str:
    """Return an address as it may stand in a command.

    Raises: addresses.NotAnAddress.
    """
    if len(address) <= _MOST_OCTETS and _USUAL.fullmatch(address):
        return address
    return str(addresses.parse(address))


def _stuffed(lines: bytes) -> bytes:
    """Double the dot at the start of each line (RFC 5321 §4.5.2)."""
    doubled = lines.replace(b"\r\n.", b"\r\n..")
    return b"." + doubled if doubled.startswith(b".") else doubled
