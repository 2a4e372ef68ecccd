"""Takes one attachment out of a mail: in the child process that reads mails, as all of it may lie.

Nothing is unpacked, shown or believed; whoever asked says how the bytes are given out.
"""

import base64
from dataclasses import dataclass

from mailing import gate, headers, intake, parts


@dataclass(frozen=True, kw_only=True)
class Extracted:
    """The content of one attachment."""

    #: In base64, as it leaves the child in a line of JSON.
    content: str


def extract(raw: bytes, *, number: str) -> Extracted | None:
    """Return the attachment of this number (from 1) as `intake.read` counts; None if none."""
    part = _part(raw, int(number) - 1)
    if part is None:
        return None
    octets = part.octets()
    del part  # each copy of what fills a whole mail is a tenth of what its reader may take
    return Extracted(content=base64.b64encode(octets).decode("ascii"))


def _part(raw: bytes, place: int) -> parts.Part | None:
    """Find one attachment, and let go of all other parts."""
    plain_raw = gate.normalised(raw)
    if gate.check(plain_raw) is not None:
        return None
    try:
        found = intake.attached(headers.part(plain_raw))
    except parts.TooComplex:
        return None
    return found[place] if 0 <= place < len(found) else None
