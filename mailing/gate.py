"""The gate: what is refused by its bytes alone, before any parser sees it.

The limits keep every parser behind it fast: nothing there costs more than its length.
"""

from mailing import headers, replies
from mailing.headers import Parted
from mailing.replies import Reply

MAX_HEADER_BLOCK_OCTETS = 256 * 1024
MAX_HEADER_OCTETS = 16 * 1024
MAX_HEADERS = 500
# RFC 5321 §6.3 asks for at least 100 hops in general; a university's mail never needs 50.
MAX_HOPS = 50


def check(raw: bytes, parted: Parted | None = None) -> Reply | None:
    """Refuse what no reader of ours should see; None if the mail may pass.

    Who has parted the mail already hands that over. Also refuses stray CR, LF and NUL, though the
    listener has done so: not every mail comes by it.
    """
    if not raw.strip(b"\r\n\t "):
        return replies.EMPTY
    if has_stray_signs(raw):
        return replies.STRAY_SIGN
    parted = headers.part(raw) if parted is None else parted
    sizes = [len(field.raw) for field in parted.fields]
    if sum(sizes) > MAX_HEADER_BLOCK_OCTETS or max(sizes, default=0) > MAX_HEADER_OCTETS:
        return replies.HEADERS_TOO_LONG
    if len(sizes) > MAX_HEADERS:
        return replies.TOO_MANY_HEADERS
    if sum(1 for _ in parted.named("received")) > MAX_HOPS:
        return replies.LOOPING
    return None


def has_stray_signs(raw: bytes) -> bool:
    """Tell whether a CR or LF stands alone, or a NUL at all: the marks of smuggled mail."""
    line_ends = raw.count(b"\r\n")
    return raw.count(b"\n") != line_ends or raw.count(b"\r") != line_ends or b"\0" in raw


def normalised(raw: bytes) -> bytes:
    """End every line in CR LF and drop NULs; mail that passed the gate stays as it is."""
    if not has_stray_signs(raw):
        return raw
    plain = raw.replace(b"\0", b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return plain.replace(b"\n", b"\r\n")
