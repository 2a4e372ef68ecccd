"""Reads delivery reports (RFC 3464): what became of one of our mails, in three short texts.

Whose mail it was is said by the address the report came to, never by its text: that is forgeable.
What a report means for a member is decided in `community/bounces.py`.
"""

import re
from dataclasses import dataclass

from mailing import decoding, gate, headers, parts
from mailing.headers import Parted

MAX_REPORT_OCTETS = 64 * 1024
MAX_DIAGNOSTIC_SIGNS = 500
_MAX_BLOCKS = 50

_ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_TYPES = ("message/delivery-status", "message/global-delivery-status")  # the second: RFC 6533


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a host says about a mail it got from us."""

    #: failed, delayed, delivered, relayed or expanded (RFC 3464 §2.3.3).
    action: str
    #: Three numbers (RFC 3463), such as 5.1.1; empty if none was given.
    status: str
    #: The far host's own words, in one line; empty if it said none.
    diagnostic: str


def read(raw: bytes) -> Report | None:
    """Read a delivery report; None if this is none. Never raises.

    Of several recipients the first that failed counts: our mails have one.
    """
    parted = headers.part(gate.normalised(raw))
    try:
        octets = next(
            part.octets(limit=MAX_REPORT_OCTETS)
            for part in parts.walk(parted)
            if part.content_type in _TYPES
        )
    except (parts.TooComplex, StopIteration):
        return None
    blocks = gate.normalised(octets).lstrip(b"\r\n").split(b"\r\n\r\n")[:_MAX_BLOCKS]
    reports = [report for block in blocks if (report := _report(headers.part(block)))]
    failed = (report for report in reports if report.action == "failed")
    return next(failed, reports[0] if reports else None)


def _report(block: Parted) -> Report | None:
    """Read one recipient's block; the first block of a report is about the mail and has none."""
    action = decoding.header(block.first("action") or b"").partition(" ")[0].casefold()
    if action not in _ACTIONS:
        return None
    stated = block.first("diagnostic-code") or b""
    diagnostic = decoding.header(stated).partition(";")[2].strip() or decoding.header(stated)
    # Some hosts write 5.0.0 and say what it was in words alone.
    found = [
        *_STATUS.findall(decoding.header(block.first("status") or b"")),
        *_STATUS.findall(diagnostic),
    ]
    status = next((each for each in found if not each.endswith(".0.0")), found[0] if found else "")
    return Report(action=action, status=status, diagnostic=diagnostic[:MAX_DIAGNOSTIC_SIGNS])
