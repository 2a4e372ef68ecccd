"""Mail addresses: read once at the door, valid by construction inside.

An `Address` is what may stand in an SMTP command; nothing else is ever sent there.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import idna

MAX_ADDRESS_OCTETS = 254  # RFC 5321 §4.5.3.1.3, less the angle brackets
# RFC 5321 §4.5.3.1.1 says 64; forwarding and bounce addresses in the wild (SRS, VERP) need more.
MAX_LOCAL_OCTETS = 128

#: What stands behind the list's name and a hyphen; the longest list name wins before these.
SUB_ADDRESSES = ("bounces", "owner", "request", "leave", "join", "subscribe", "unsubscribe")

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\u2027\u202f-\U0010fffd-]+"
_DOT_ATOM = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
# Quoted local parts exist in the wild, without blanks or brackets we would have to escape again.
_QUOTED = re.compile(r'"[A-Za-z0-9!#$%&\'*+/=?^_`{|}~.@,:;()\[\]-]+"')
_HOST_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_SURROGATE = re.compile("[\ud800-\udfff]")


class NotAnAddress(ValueError):
    """A text that cannot stand as an address in an SMTP command."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """An address that may stand in an SMTP command: no controls, one @, a domain in ASCII."""

    #: The part before the @, exactly as written: only its host may say that case does not matter.
    local: str
    #: The domain, case-folded and in ASCII (IDNA).
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def key(self) -> str:
        """Say under what we look a person up: people never mean two mailboxes by upper case."""
        return f"{self.local.casefold()}@{self.domain}"

    @property
    def is_ascii(self) -> bool:
        """Tell whether a relay without SMTPUTF8 can take it (RFC 6531 §3.1)."""
        return self.local.isascii()


@dataclass(frozen=True, kw_only=True)
class Split:
    """One of our own addresses, taken apart at the plus sign."""

    local: str
    #: What stands after the first plus sign; None when there is none.
    tag: str | None
    domain: str


@dataclass(frozen=True, kw_only=True)
class ListAddress:
    """An address that belongs to a list."""

    #: The list's own name, as it stands before the @ of its posting address.
    name: str
    #: One of SUB_ADDRESSES, or None for the posting address.
    sub: str | None
    tag: str | None
    domain: str


@lru_cache(
    maxsize=1_000
)  # a mail's addresses are read at RCPT, when it is taken, and when answered
def parse(text: str) -> Address:
    """Read one bare address, as it stands in an SMTP command or a form.

    Raises: NotAnAddress if it has controls or blanks, no or several @, more than 254 octets, or a
    domain that no name server could hold.
    Source: RFC 5321 §4.1.2, RFC 6531 §3.3.
    """
    if len(text) > MAX_ADDRESS_OCTETS or _SURROGATE.search(text):
        raise NotAnAddress("too long, or not text")
    if len(text.encode()) > MAX_ADDRESS_OCTETS:
        raise NotAnAddress("too long")
    local, at, domain = text.rpartition("@")
    if _DOT_ATOM.fullmatch(local[1:-1]) and _QUOTED.fullmatch(local):
        local = local[1:-1]  # the same without quotes, and better so (RFC 5321 §4.1.2)
    if not at or len(local.encode()) > MAX_LOCAL_OCTETS:
        raise NotAnAddress("not one @, or too much before it")
    if not (_DOT_ATOM.fullmatch(local) or _QUOTED.fullmatch(local)):
        raise NotAnAddress("signs that must not stand before the @")
    if not local.isprintable():
        raise NotAnAddress("signs that cannot be seen")
    return Address(local=local, domain=_domain(domain))


def _domain(text: str) -> str:
    folded = text.casefold()
    if not folded.isascii():
        try:
            folded = idna.encode(folded, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise NotAnAddress("the domain is not a name") from error
    labels = folded.split(".")
    if len(folded) > 253 or not all(_HOST_LABEL.fullmatch(label) for label in labels):
        raise NotAnAddress("the domain is not a name")
    return folded


def split(text: str) -> Split:
    """Take `postdocs+x@lists.example.org` apart: name, what follows the plus sign, domain.

    Raises: NotAnAddress.
    """
    address = parse(text)
    local, plus, tag = address.local.partition("+")
    return Split(local=local, tag=tag if plus else None, domain=address.domain)


def of_list(text: str, *, names: frozenset[str]) -> ListAddress | None:
    """Say which of our lists an address means, and which of its sub-addresses; None if no list.

    `names` are the casefolded list names of that domain. A list that is itself called `x-owner`
    wins over the owner of `x`.
    Raises: NotAnAddress.
    """
    parts = split(text)
    folded = parts.local.casefold()
    if folded in names:
        return ListAddress(name=folded, sub=None, tag=parts.tag, domain=parts.domain)
    name, hyphen, sub = folded.rpartition("-")
    if hyphen and sub in SUB_ADDRESSES and name in names:
        return ListAddress(name=name, sub=sub, tag=parts.tag, domain=parts.domain)
    return None


def bounces(name: str, token: str, domain: str) -> Address:
    """Make the envelope sender that names list and delivery: `postdocs-bounces+token@domain`.

    The token comes back in a bounce's recipient, so nothing need be guessed from its text (VERP).
    """
    return parse(f"{name}-bounces+{token}@{domain}")


def beside(name: str, sub: str, domain: str) -> Address:
    """Make one of the SUB_ADDRESSES of a list: `postdocs-leave@domain`."""
    return parse(f"{name}-{sub}@{domain}")


def reply(token: str, domain: str) -> Address:
    """Make the address that leads an answer back to one matter: `reply+token@domain`."""
    return parse(f"reply+{token}@{domain}")
