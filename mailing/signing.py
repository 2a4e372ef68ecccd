"""Signs what we send (DKIM): last of all, over exactly the octets that leave.

What all copies of a post share is brought into its canonical form and hashed once; a copy costs its
own lines and one signature. The same mail always gets the same signature: both kinds of key
give one answer to one question, and the moment in it is a kept one (D2).
The keys are read in `private_keys.py`. Source: RFC 6376, RFC 8463.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from mailing import canonical, headers
from mailing.headers import Field

_SIGNATURE_SIGNS = 72

#: What a reader sees or a program acts on (RFC 6376 §5.4.1); fields of the way are left out.
SIGNED = (
    *("from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id"),
    *("in-reply-to", "references", "mime-version", "content-type", "content-transfer-encoding"),
    *("content-disposition", "content-language", "auto-submitted", "precedence"),
    *("list-id", "list-post", "list-help", "list-owner", "list-archive", "archived-at"),
    # RFC 8058 §4: both, or no program offers the one click.
    *("list-unsubscribe-post", "list-unsubscribe"),
)
#: Named once more than there are, also where there is none: who added one would change who wrote,
#: who is answered, or what is read.
_NEVER_ADDED = frozenset(
    {"from", "reply-to", "to", "cc", "subject", "content-type", "content-transfer-encoding"}
)
#: Named once more only where there is one: a relay may add one that is missing.
_NEVER_TWICE = frozenset({"sender", "date", "message-id", "mime-version", "list-id"})


@dataclass(frozen=True, kw_only=True, repr=False)
class Signer:
    """A domain's key, and where its public half is published."""

    domain: str
    selector: str
    #: As in `a=` of a signature.
    algorithm: str
    #: Signs a SHA-256 digest.
    sign: Callable[[bytes], bytes]
    #: What the domain publishes for it at `selector._domainkey.domain`.
    record: str
    bits: int


class OpenSignature:
    """The signature of a mail, open where one person's fields go in."""

    def __init__(
        self,
        signer: Signer,
        *,
        head: bytes,
        bh: str,
        at: datetime,
        personal: tuple[str, ...] = (),
    ) -> None:
        """Hash what is shared. `bh` is the body's `body_hash`, `personal` names the fields that
        `signed` will be given.
        """
        fields = headers.part(head).fields
        shared = [name for name in _names(fields) if name not in personal]
        hers = [name for name in SIGNED if name in personal]
        self._sign, self._personal = signer.sign, hers
        draft = drafted(
            "DKIM-Signature",
            v="1",
            a=signer.algorithm,
            c="relaxed/relaxed",
            d=signer.domain,
            s=signer.selector,
            t=str(int(at.timestamp())),
            h=":".join([*shared, *hers, *hers]),
            bh=bh,
        )
        self._draft, self._last = draft, _unended(canonical.relaxed_field(draft))
        self._shared = hashlib.sha256(_canonical(fields, shared))

    def signed(self, own: bytes) -> bytes:
        """Put the signature at the end of one person's lines, before the empty line they end in."""
        lines = own.removesuffix(b"\r\n")
        digest = self._shared.copy()
        digest.update(_canonical(headers.part(lines).fields, self._personal) + self._last)
        return lines + finished(self._draft, self._sign(digest.digest())) + b"\r\n"


def signed(signer: Signer, raw: bytes, *, at: datetime) -> bytes:
    """Return a mail of our own with its signature above it."""
    head, _, body = raw.partition(b"\r\n\r\n")
    opened = OpenSignature(signer, head=head + b"\r\n", bh=body_hash(body), at=at)
    return opened.signed(b"\r\n").removesuffix(b"\r\n") + raw


def drafted(field: str, **tags: str) -> bytes:
    """Write the field of a signature, all but what stands in its `b=`; a line for each long tag."""
    short = "; ".join(f"{name}={value}" for name, value in tags.items() if name not in ("h", "bh"))
    long = "".join(f";\r\n\t{name}={_folded(tags[name])}" for name in ("h", "bh") if name in tags)
    return f"{field}: {short}{long};\r\n\tb=".encode("ascii")


def _folded(names: str) -> str:
    """Break a list of names at its colons (RFC 6376 §3.5: blanks may stand there)."""
    lines = [""]
    for name in names.split(":"):
        if len(lines[-1]) + len(name) > _SIGNATURE_SIGNS:
            lines.append("")
        lines[-1] += f"{name}:"
    return "\r\n\t ".join(lines).removesuffix(":")


def finished(draft: bytes, signature: bytes) -> bytes:
    """Fill in the `b=` of a drafted field, and end its line."""
    signs = base64.b64encode(signature)
    lines = [signs[at : at + _SIGNATURE_SIGNS] for at in range(0, len(signs), _SIGNATURE_SIGNS)]
    return draft + b"\r\n\t ".join(lines) + b"\r\n"


def field_signature(signer: Signer, fields: Iterable[bytes], draft: bytes) -> bytes:
    """Sign these fields in this order, and the draft itself; return the finished field."""
    joined = b"".join(canonical.relaxed_field(raw) for raw in fields)
    last = _unended(canonical.relaxed_field(draft))
    return finished(draft, signer.sign(hashlib.sha256(joined + last).digest()))


def body_hash(body: bytes) -> str:
    """Return what stands in `bh=`: of the relaxed form, SHA-256."""
    digest = hashlib.sha256(canonical.relaxed_body(body)).digest()
    return base64.b64encode(digest).decode("ascii")


def names_of(head: bytes) -> list[str]:
    """Say which fields of a mail are to be signed, as in `h=`."""
    return _names(headers.part(head).fields)


def _names(fields: tuple[Field, ...]) -> list[str]:
    there = Counter(field.name for field in fields)
    closed = _NEVER_ADDED | {name for name in _NEVER_TWICE if there[name]}
    return [name for name in SIGNED for _ in range(there[name] + (name in closed))]


def _canonical(fields: Iterable[Field], names: Iterable[str]) -> bytes:
    return b"".join(canonical.relaxed_field(raw) for raw in canonical.selected(fields, names))


def _unended(field: bytes) -> bytes:
    return field.removesuffix(b"\r\n")
