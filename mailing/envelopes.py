"""What an SMTP client may say in an envelope: paths, their parameters, and our limits."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mailing import addresses
from mailing.replies import Reply
from mailing.room import Room

_PATH = re.compile(r"(FROM|TO):[ \t]*<([^<>]*)>(?:[ \t]+(.*))?", re.IGNORECASE)
_SOURCE_ROUTE = re.compile(r"@[^:@]*(?:,@[^:@]*)*:")  # accepted and ignored, RFC 5321 §4.1.1.3


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """A mail on its way to one recipient of ours."""

    #: Empty for the null sender.
    sender: str
    recipient: str
    #: Line ends are CR LF; dots are single.
    raw: bytes
    #: All to whom it comes at once, this one among them; empty where that is unknown.
    beside: tuple[str, ...] = field(default=(), compare=False)


Knows = Callable[[str], Awaitable[Reply | None]]
Take = Callable[[Envelope], Awaitable[Reply]]
#: The same mail for several recipients, with one answer for all of them.
TakeTogether = Callable[[Sequence[Envelope]], Awaitable[Reply]]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one conversation may cost us, and how many there are at once."""

    max_octets: int = 25 * 1024 * 1024
    max_recipients: int = 1000
    max_errors: int = 20
    #: Without a command, or without a byte of a mail.
    idle_seconds: float = 60
    #: For the whole of one mail, and again for storing it.
    mail_seconds: float = 600
    max_connections: int = 100


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Whom a conversation asks, and what it may cost."""

    take: Take
    knows: Knows
    hostname: str
    limits: Limits
    room: Room
    #: Given for SMTP alone, where one reply covers all recipients.
    take_together: TakeTogether | None = None


@dataclass(frozen=True, kw_only=True)
class Path:
    """The argument of MAIL or RCPT, taken apart but not yet judged."""

    address: str
    #: By name in upper case; empty for those without a value.
    parameters: Mapping[str, str]


def path(word: str, arg: str | None) -> Path | None:
    """Read `FROM:<address> NAME=VALUE`; None if it is nothing like that."""
    match = _PATH.fullmatch(arg or "")
    if not match or match.group(1).upper() != word:
        return None
    given = (parameter.partition("=") for parameter in (match.group(3) or "").split())
    parameters = {name.upper(): value for name, _, value in given}
    return Path(address=_SOURCE_ROUTE.sub("", match.group(2), count=1), parameters=parameters)


def is_sender(text: str) -> bool:
    """Be lenient with senders: we answer only those that are real addresses."""
    if not text:
        return True
    is_bare = text.isprintable() and " " not in text and "@" in text
    return is_bare and len(text.encode(errors="replace")) <= addresses.MAX_ADDRESS_OCTETS
