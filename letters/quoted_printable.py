"""Octets as they travel where only seven bits do and lines are short (RFC 2045 §6.7)."""

import binascii
from functools import lru_cache

#: Longer lines are encoded anew each time.
_SHORT_OCTETS = 1_000


def encoded(octets: bytes) -> bytes:
    """Encode octets whose lines end in CR LF; line ends stay line ends."""
    return b"\r\n".join(
        _encoded(line) if len(line) <= _SHORT_OCTETS else _encoded.__wrapped__(line)
        for line in octets.split(b"\r\n")
    )


@lru_cache(maxsize=512)  # most lines of a letter are the same as in the last
def _encoded(line: bytes) -> bytes:
    # b2a_qp breaks a long line with a bare LF where it has seen no CR LF.
    return binascii.b2a_qp(line).replace(b"\n", b"\r\n")
