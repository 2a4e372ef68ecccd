"""Why a mail came back: one report in, one cause out. Pure, and the same for every door.

A report in an SMTP answer, a delivery report (RFC 3464) and a complaint (RFC 5965) end here. What
follows for the address is decided in `suppressions.py`. In doubt a cause is one that hurts nobody.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Cause(StrEnum):
    """Why a mail came back; the later ones weigh more, so that one report can correct another."""

    #: It only waits, or it did arrive: no bounce at all.
    PASSING = "passing"
    #: Something came back that nobody can read; kept and shown, never scored.
    UNKNOWN = "unknown"
    #: This mail or our own relay was not wanted: never the member's fault.
    CONTENT = "content"
    #: The mailbox is full, or its host is ill.
    SOFT = "soft"
    #: The address does not exist any more.
    GONE = "gone"
    #: The reader has called it spam.
    COMPLAINT = "complaint"


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a host says about a mail that it got from us."""

    #: failed, delayed, delivered, relayed or expanded (RFC 3464 §2.3.3); complaint or feedback
    #: (RFC 5965); empty when nobody can read what came back.
    action: str
    #: Three numbers (RFC 3463), such as 5.1.1; empty if none was given.
    status: str
    #: The far host's own words, in one line; empty if it said none.
    diagnostic: str


#: Not a piece of an IP address, which diagnostics are full of.
STATUS: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")

_CODE = re.compile(r"([45]\d\d)(?=[ -]|$)")
_ADDRESS = re.compile(r"\S*@\S*|https?://\S*")
# Words about us or about this one mail. Many hosts give them with 5.1.1, or with no status.
_OURS = re.compile(
    r"\b(spam|junk|(block|black|deny)[- ]?list(ed)?|dnsbl|rbl|spamhaus|spamcop|barracuda|sorbs"
    r"|dmarc|spf|dkim|reputation|virus|malware|phishing|unsolicited|unauthenticated|policy"
    r"|sender (address )?(rejected|denied|not allowed|verify failed)|attachment"
    r"|message (rejected|size)|too (large|big)|content (rejected|filter)|blocked using"
    r"|relay(ing)? (access )?denied|unable to relay|authentication (required|failed))\b"
)
_NOBODY = re.compile(
    r"\b(user unknown|unknown (user|recipient|address|mailbox|local)|not a (known|valid) (user"
    r"|mailbox|recipient)|no such (user|mailbox|recipient|address|person|account)|no mailbox here"
    r"|(does not|doesn't|doesn’t) exist|(mailbox|recipient|address|user|account) (was )?(not found"
    r"|unknown)|recipientnotfound|invalid (recipient|mailbox)|recipient address rejected"
    r"|(account|mailbox) (is |has been )?(disabled|inactive|closed|deactivated)"
    r"|unrouteable address|finnes ikke|ukjent (bruker|mottaker|adresse)|ikke funnet)\b"
)
#: Gmail answers 5.2.1 to an account that is gone, and to one that gets too much at the moment.
_BUSY = re.compile(r"\breceiving mail (at a rate|too quickly)|rate (limit|that)\b")

# RFC 3463 §3: more exact than the subjects below.
_DETAILS: Final = {
    "5.1.7": Cause.CONTENT,  # the *sender's* mailbox
    "5.1.8": Cause.CONTENT,  # the *sender's* domain
    "5.2.1": Cause.GONE,
    "5.2.3": Cause.CONTENT,  # longer than this mailbox takes
    "5.3.4": Cause.CONTENT,  # longer than this host takes
}
_SUBJECTS: Final = {
    "5.1": Cause.GONE,
    "5.2": Cause.SOFT,
    "5.3": Cause.SOFT,
    "5.6": Cause.CONTENT,
    "5.7": Cause.CONTENT,
}


def cause_of(report: Report) -> Cause:
    """Say why a mail came back.

    Source: RFC 3463 §3 for the numbers; the words were seen in the wild.
    """
    if report.action == "complaint":
        return Cause.COMPLAINT
    if report.action == "":
        return Cause.UNKNOWN
    if report.action != "failed":
        return Cause.PASSING
    words = _ADDRESS.sub(" ", report.diagnostic).casefold()
    if _OURS.search(words):
        return Cause.CONTENT
    if report.status.startswith("4.") or _BUSY.search(words):
        return Cause.SOFT
    if report.status in _DETAILS:
        return _DETAILS[report.status]
    subject = ".".join(report.status.split(".")[:2])
    return _SUBJECTS.get(subject) or _by_words(subject, words)


def _by_words(subject: str, words: str) -> Cause:
    """Judge by the words alone, where the number says nothing (5.0, 5.4, 5.5 or none)."""
    if _NOBODY.search(words):  # M365 answers 5.4.1 to whoever it does not know, Hotmail 5.5.0
        return Cause.GONE
    # 5.5: the relay did not like how we spoke.
    return Cause.CONTENT if subject == "5.5" else Cause.SOFT


def refusal(words: str) -> Report | None:
    """Read the answer with which the relay refused a mail; None if it is no SMTP answer.

    A mail that was given up for want of a relay, or in doubt, says nothing about its reader.
    """
    code = _CODE.match(words)
    if code is None:
        return None
    stated = STATUS.search(words)
    if stated is not None:
        status = stated.group(1)
    elif code.group(1) == "552":  # RFC 5321 §4.2.3: out of storage
        status = "5.2.2"
    else:
        status = f"{words[0]}.0.0"
    return Report(action="failed", status=status, diagnostic=" ".join(words.split())[:500])
