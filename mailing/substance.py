"""What stays the same of a mail on every way to us: all but the fields that hosts add under way.

Touches no more than the header's lines, so it is safe for bytes that no reader survives.
"""

import hashlib

from mailing import decoding, gate, headers
from mailing.headers import Parted

MAX_TEXT_OCTETS = 200 * 1024

# Written by hosts on the way, so two deliveries of one mail differ in them (A4).
_TRACE = ("received", "return-path", "delivered-to", "x-original-to", "envelope-to", "received-spf")
_TRACE_PREFIXES = ("dkim-", "arc-", "authentication-results")


def as_text(raw: bytes) -> str:
    """Show a mail's own bytes as text, without the fields of its way here; at most 200 kB."""
    parted = headers.part(gate.normalised(raw)[: 2 * MAX_TEXT_OCTETS])
    fields = [field.raw for field in parted.fields if not _is_trace(field.name)]
    octets = b"".join([*fields, b"\r\n", parted.body])[:MAX_TEXT_OCTETS]
    return decoding.lines(octets.decode("utf-8", errors="replace")).strip("\n")


def _is_trace(name: str) -> bool:
    return name in _TRACE or name.startswith(_TRACE_PREFIXES)


def fingerprint(parted: Parted, *, sender: str) -> str:
    """Say what stays the same when an MTA delivers one mail twice (A4); of its plain bytes."""
    digest = hashlib.sha256()
    for octets in (sender.encode("utf-8", errors="replace"), parted.first("message-id") or b""):
        digest.update(b"%d:" % len(octets) + octets)
    for field in parted.fields:
        if not _is_trace(field.name):
            digest.update(field.raw)
    digest.update(b"\r\n")
    digest.update(parted.body)
    return digest.hexdigest()
