"""Signatures in mails that come in: reads their fields, and checks them against a domain's key.

Pure, and quick for any bytes. A signature that does not hold counts as none; why is said in the
words of RFC 8601 §2.7.1. Source: RFC 6376 §6.1, RFC 8301.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from mailing import canonical
from mailing.headers import Field, Parted

#: More than a mail has that nobody has made to keep us busy.
MOST_SIGNATURES = 5
#: A clock may be wrong; RFC 6376 §3.5 (t=) leaves it to us by how much.
CLOCKS_DIFFER = timedelta(hours=12)
ALGORITHMS = frozenset({"rsa-sha256", "ed25519-sha256"})

_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_NUMBER = re.compile(r"[0-9]{1,12}")
_MOST_NAME_SIGNS = 253


class NotWhole(Exception):
    """A signature that counts as none.

    `result` is neutral (cannot be understood), fail (something was changed), policy (good, and not
    good enough), permerror (its key is none) or temperror (its key cannot be had now).
    """

    def __init__(self, result: str, why: str) -> None:
        super().__init__(why)
        self.result = result


class Key(Protocol):
    """A domain's key, as `public_keys.py` reads it."""

    @property
    def algorithm(self) -> str:
        """As in `a=`."""
        ...

    @property
    def is_strict(self) -> bool:
        """Whether the signer may not name a domain below."""
        ...

    def is_whole(self, signature: bytes, digest: bytes) -> bool:
        """Tell whether the key's owner has signed this digest."""
        ...


@dataclass(frozen=True, kw_only=True)
class Signature:
    """One signature's field, understood."""

    raw: bytes
    tags: Mapping[str, str]
    algorithm: str
    #: Who signs.
    domain: str
    #: Where the key is: `selector._domainkey.domain`.
    key_name: str
    octets: bytes


def read(field: Field) -> Signature:
    """Understand what DKIM-Signature and both signatures of ARC have in common.

    Raises: NotWhole.
    """
    try:
        tags = canonical.tags(field.raw.partition(b":")[2].replace(b"\r\n", b""))
        octets = canonical.octets(tags["b"])
        algorithm, domain, selector = tags["a"].lower(), tags["d"].lower(), tags["s"].lower()
    except (ValueError, KeyError) as broken:
        raise NotWhole("neutral", "the field is not a signature") from broken
    key_name = f"{selector}._domainkey.{domain}"
    is_name = _NAME.fullmatch(key_name) and "." in domain and len(key_name) <= _MOST_NAME_SIGNS
    if not is_name:
        raise NotWhole("neutral", "the domain is none")
    if algorithm not in ALGORITHMS:
        raise NotWhole("policy", "an algorithm that proves nothing any more, or not yet")
    return Signature(
        raw=field.raw,
        tags=tags,
        algorithm=algorithm,
        domain=domain,
        key_name=key_name,
        octets=octets,
    )


def check_message(signature: Signature, parted: Parted, key: Key, *, now: datetime) -> None:
    """Check a signature over fields and body: DKIM-Signature or ARC-Message-Signature.

    Raises: NotWhole.
    """
    tags = signature.tags
    fields, _, body = tags.get("c", "simple/simple").lower().partition("/")
    names = [name.strip().lower() for name in tags.get("h", "").split(":")]
    if fields not in canonical.FIELD_FORMS or (body or "simple") not in canonical.BODY_FORMS:
        raise NotWhole("neutral", "an unknown form")
    if "from" not in names or "bh" not in tags:
        raise NotWhole("neutral", "the author or the body is not signed")
    if sum(1 for _ in parted.named("from")) != 1:
        # Another reader would show another author than the one that was signed (§8.15).
        raise NotWhole("policy", "several authors")
    _check_times(tags, now)
    _check_body(tags, canonical.BODY_FORMS[body or "simple"](parted.body))
    form = canonical.FIELD_FORMS[fields]
    signed = [form(raw) for raw in canonical.selected(parted.fields, names)]
    check_fields(signature, b"".join(signed), form(canonical.without_signature(signature.raw)), key)


def check_fields(signature: Signature, signed: bytes, last: bytes, key: Key) -> None:
    """Check a signature over these octets; `last` is its own field.

    Raises: NotWhole.
    """
    if key.algorithm != signature.algorithm:
        raise NotWhole("permerror", "the key is of another kind")
    digest = hashlib.sha256(signed + last.removesuffix(b"\r\n")).digest()
    if not key.is_whole(signature.octets, digest):
        raise NotWhole("fail", "what was signed has been changed")


def check_identity(signature: Signature, key: Key) -> None:
    """Check that a DKIM signature speaks for its own domain only (§6.1.1).

    Raises: NotWhole.
    """
    tags, domain = signature.tags, signature.domain
    named = tags.get("i", f"@{domain}").lower().rpartition("@")[2]
    is_below = named.endswith(f".{domain}") and not key.is_strict
    if tags.get("v") != "1" or not (named == domain or is_below):
        raise NotWhole("neutral", "the version or the signer does not fit")


def _check_times(tags: Mapping[str, str], now: datetime) -> None:
    made, ends = _moment(tags, "t"), _moment(tags, "x")
    if made is not None and made > now + CLOCKS_DIFFER:
        raise NotWhole("policy", "made in the future")
    if ends is not None and (ends < now - CLOCKS_DIFFER or (made is not None and ends < made)):
        raise NotWhole("policy", "no longer valid")


def _moment(tags: Mapping[str, str], name: str) -> datetime | None:
    if name not in tags:
        return None
    if not _NUMBER.fullmatch(tags[name]):
        raise NotWhole("neutral", "a moment that is none")
    seconds = min(int(tags[name]), 2**33)  # the year 2242: for ever
    return datetime.fromtimestamp(seconds, UTC)


def _check_body(tags: Mapping[str, str], body: bytes) -> None:
    """Check the body's hash; one over the first part of a body lets strangers add the rest."""
    if "l" in tags and (not _NUMBER.fullmatch(tags["l"]) or int(tags["l"]) < len(body)):
        raise NotWhole("policy", "a part of the body is not signed")
    try:
        expected = canonical.octets(tags["bh"])
    except ValueError as broken:
        raise NotWhole("neutral", "the body's hash is none") from broken
    if hashlib.sha256(body).digest() != expected:
        raise NotWhole("fail", "the body has been changed")
