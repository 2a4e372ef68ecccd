"""Reads what comes back of our mails: delivery reports, complaints, what no standard describes.

Whose mail it was is said by the address that a report came to, never by its text: that is forgeable
(B1). What a report means is decided in `community/causes.py`. Reports are read in this order: RFC
3464 (and its UTF-8 form, RFC 6533), RFC 5965, and flufl.bounce for the rest (`guesses.py`).
"""

import re
from dataclasses import dataclass

from community.causes import STATUS, Report
from community.emails import is_email, normalised
from mailing import automatic, decoding, gate, guesses, headers, parts
from mailing.headers import Parted

__all__ = ["UNREADABLE", "Report", "read"]

MAX_REPORT_OCTETS = 64 * 1024
MAX_DIAGNOSTIC_SIGNS = 500
_MAX_BLOCKS = 50
# RFC 3464 §2.1 has one between two blocks; some hosts write several, or one of blanks.
_EMPTY_LINES = re.compile(rb"\r\n(?:[ \t]*\r\n)+")

_ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")
_STATUSES = ("message/delivery-status", "message/global-delivery-status")  # the second: RFC 6533
_REPORT = "multipart/report"
#: That somebody has read, or deleted, a mail (RFC 8098): it did arrive.
_READ = "message/disposition-notification"
#: Our mails have one recipient; who else is named got it by that one's forwarding.
_ARRIVED = ("delivered", "relayed")
_FEEDBACK = "message/feedback-report"
#: RFC 5965 §7.3: the reader wants no more of it. All else (virus, not-spam) says nothing about us.
_COMPLAINTS = ("abuse", "opt-out")

_MAIL_SYSTEM = re.compile(
    r"mailer[-_ ]?daemon|postmaster|mail-daemon|mail delivery|microsoftexchange"
    r"|(system|mail) administrator",
    re.I,
)
# Absence notes; those of some programs have nothing but this to be known by.
_ABSENCE = re.compile(rf"({automatic.ANSWERS}|vacation|on leave|ferie)\b", re.IGNORECASE)

#: In the List-Unsubscribe of our posts and letters.
_WAY_OUT = re.compile(rb"/[a-z_]{2,40}/([A-Za-z0-9_.-]{20,300})/[a-z_]{2,20}>")
#: Outlook's loop (JMRP) may send the mail as it is, without a report.
_JUNK = re.compile(r"complaint about message from\b", re.I)

#: Something that reached a bounce address and that nobody can read.
UNREADABLE = Report(action="", status="", diagnostic="")


def read(raw: bytes, *, sender: str = "") -> Report | None:
    """Read what came to a bounce address; None for what is no report at all. Never raises.

    `sender` is the envelope's, empty for the null sender: what comes so without being readable is
    `UNREADABLE`; absence notes, receipts and what people write are None, whatever they have taken
    along. Of several recipients one that got the mail counts first, then one that failed.
    """
    parted = headers.part(gate.normalised(raw))
    try:
        found = {part.content_type: part for part in reversed(list(parts.walk(parted)))}
    except parts.TooComplex:
        return UNREADABLE if sender == "" else None
    is_of_a_host = _is_of_a_host(parted, sender)
    for content_type in _STATUSES:
        if content_type in found and (is_of_a_host or _REPORT in found):
            report = _delivery_report(found[content_type].octets(limit=MAX_REPORT_OCTETS))
            if report is not None:
                return _in_words(report, parted)
    if _FEEDBACK in found:
        return _complaint(found[_FEEDBACK].octets(limit=MAX_REPORT_OCTETS))
    if _READ in found:
        return None
    return _unlike_any_standard(parted, sender=sender)


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """That a reader called a mail of ours spam."""

    #: The token of the mail's List-Unsubscribe link: it says whose copy it was, whatever else the
    #: report leaves out.
    way_out: str


def complained(raw: bytes) -> Complaint | None:
    """Read a complaint that came to our feedback address; None for all else. Never raises."""
    parted = headers.part(gate.normalised(raw))
    try:
        found = list(parts.walk(parted))
    except parts.TooComplex:
        return None
    reports = [
        _complaint(part.octets(limit=MAX_REPORT_OCTETS))
        for part in found
        if part.content_type == _FEEDBACK
    ]
    is_junk = not reports and _JUNK.match(decoding.header(parted.first("subject") or b"").strip())
    if not is_junk and not any(report.action == "complaint" for report in reports):
        return None
    for part in found:
        if part.content_type in ("text/rfc822-headers", "message/rfc822"):
            octets = part.octets(limit=MAX_REPORT_OCTETS)
            fields = headers.part(gate.normalised(octets).lstrip(b"\r\n"))
            link = _WAY_OUT.search(fields.first("list-unsubscribe") or b"")
            if link is not None:
                return Complaint(way_out=link.group(1).decode("ascii"))
    return None


def _delivery_report(octets: bytes) -> Report | None:
    blocks = _EMPTY_LINES.split(gate.normalised(octets).lstrip(b"\r\n"), _MAX_BLOCKS)[:_MAX_BLOCKS]
    reports = [report for block in blocks if (report := _report(headers.part(block)))]
    for actions in (_ARRIVED, ("failed",), _ACTIONS):
        for report in reports:
            if report.action in actions:
                return report
    return None


def _in_words(report: Report, parted: Parted) -> Report:
    """Read from the words above it what a report leaves out: OpenSMTPD and Exim say it there."""
    is_said = report.diagnostic or not (report.status == "" or report.status.endswith(".0.0"))
    if report.action != "failed" or is_said:
        return report
    words = guesses.words_of(parted)
    stated = STATUS.search(words)
    status = stated.group(1) if stated else report.status
    return Report(action=report.action, status=status, diagnostic=words)


def _report(block: Parted) -> Report | None:
    """Read one recipient's block; the first block of a report is about the mail and has none."""
    action = decoding.header(block.first("action") or b"").partition(" ")[0].casefold()
    if action not in _ACTIONS:
        return None
    stated = decoding.header(block.first("diagnostic-code") or b"")
    # RFC 3464 §2.3.6: a type, a semicolon, the words; some hosts leave the type out.
    kind, semicolon, words = stated.partition(";")
    diagnostic = words.strip() if semicolon and " " not in kind.strip() else stated
    diagnostic = " ".join(diagnostic.split()) or stated
    # Some hosts write 5.0.0 and say what it was in words alone.
    status = decoding.header(block.first("status") or b"")
    found = [*STATUS.findall(status), *STATUS.findall(diagnostic)]
    exact = next((each for each in found if not each.endswith(".0.0")), found[0] if found else "")
    words = diagnostic[:MAX_DIAGNOSTIC_SIGNS]
    return Report(action=action, status=exact, diagnostic=words, about=_about(block))


def _about(block: Parted) -> str:
    """Return whom a block is about (RFC 3464 §2.3.2): a type, a semicolon, the address."""
    named = decoding.header(block.first("final-recipient") or b"").partition(";")[2]
    address = normalised(named.strip(" <>"))
    return address if is_email(address) else ""


def _complaint(octets: bytes) -> Report:
    fields = headers.part(gate.normalised(octets).lstrip(b"\r\n"))
    kind = decoding.header(fields.first("feedback-type") or b"").strip().casefold()
    action = "complaint" if kind in _COMPLAINTS else "feedback"
    return Report(action=action, status="", diagnostic=kind[:MAX_DIAGNOSTIC_SIGNS])


def _is_of_a_host(parted: Parted, sender: str) -> bool:
    """Tell whether a program has written it that carries mail; some give no name at all."""
    named = decoding.header(parted.first("from") or b"").strip("<> ")
    return (named == "" and sender == "") or bool(_MAIL_SYSTEM.search(named))


def _unlike_any_standard(parted: Parted, *, sender: str) -> Report | None:
    if _is_of_a_host(parted, sender):
        return guesses.guess(parted) or UNREADABLE
    # Absence notes, people who answer the envelope's address, programs that ask whether one is
    # human: whatever words they quote, they do not carry mail.
    return None if sender != "" or _is_absence(parted) else UNREADABLE


def _is_absence(parted: Parted) -> bool:
    """Tell whether a program answers in the place of its owner (RFC 3834)."""
    submitted = (parted.first("auto-submitted") or b"").strip().lower()
    if submitted.startswith(b"auto-replied") or any(parted.named("x-autoreply", "x-autorespond")):
        return True
    return bool(_ABSENCE.search(decoding.header(parted.first("subject") or b"")[:200]))
