"""What each end of an SMTP transaction means: tried again, given up, or in doubt.

Each case has its reason beside it. Permanent counts against the member's address, so whatever
could be our own set-up's fault is temporary.
"""

import re
from enum import Enum

import aiosmtplib

from community.setbacks import Away, Undelivered


class Stage(Enum):
    """How far the transaction had come."""

    GREETING = "greeting"
    SENDER = "sender"
    RECIPIENT = "recipient"
    #: The mail is announced, and nothing of it sent.
    DATA = "data"
    #: The mail is on its way: if no answer comes, the relay may have it.
    MAIL = "mail"


class Stale(Exception):
    """An open line had been closed by the relay before this mail began."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


#: Why nothing goes to an address such as åse@example.org (RFC 6531 §3.1).
NO_SMTPUTF8 = "the relay does not offer SMTPUTF8, which this address needs"

# Answers to how we speak, not to whom we write: wrong order, no login, no TLS.
_SET_UP = frozenset({500, 501, 502, 503, 504, 530, 534, 535, 538})
#: Of a mail whose size was told with its sender (RFC 1870 §6.1 (1)).
_TOO_BIG = 552
_SLOW = re.compile(r"421 |45[01] 4\.7\.\d")
_TLS_WORDS = ("certificate", "tls", "ssl")


def of(error: Exception, stage: Stage) -> Undelivered:
    """Say what a failed transaction means for the mail."""
    if isinstance(error, Undelivered):
        return error
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _answered(error.code, words(error.code, error.message), stage)
    if stage is Stage.MAIL:
        # RFC 1047: the answer to the last dot was lost; the relay may deliver, or not.
        return Undelivered(
            "the line broke before the relay confirmed the mail", permanent=False, in_doubt=True
        )
    if stage is Stage.GREETING and any(word in str(error).lower() for word in _TLS_WORDS):
        # A certificate that ran out is mended by people; the mail waits for them.
        return Undelivered("no safe connection to the relay", permanent=False)
    if isinstance(error, TimeoutError):
        # Busy, or a firewall swallows packets: it passes.
        return Undelivered("the relay did not answer in time", permanent=False)
    # Refused, unreachable, name not found, closed: the relay restarts, or its address is mended.
    return Undelivered("the relay cannot be reached", permanent=False)


def words(code: int, text: str) -> str:
    """Return an answer as it is kept: not too long, and only signs that any database takes."""
    if not text.isprintable():  # a second line, NUL, or octets that aiosmtplib could not read
        octets = text.encode(errors="surrogateescape")
        text = octets.decode(errors="replace").replace("\0", "\ufffd")
    return f"{code} {text}"[:500]


def _answered(code: int, reason: str, stage: Stage) -> Undelivered:
    if not 400 <= code < 600:
        # No SMTP answer, or one that fits nothing we asked. After DATA nobody knows what it did.
        return Undelivered(
            "the relay's answer makes no sense", permanent=False, in_doubt=stage is Stage.MAIL
        )
    if code < 500:
        # "Try again later" in so many words; greylisting is one.
        return Undelivered(reason, permanent=False)
    if stage is Stage.GREETING or code in _SET_UP or (stage is Stage.SENDER and code != _TOO_BIG):
        # The relay does not want *us*, or the sender that we name; no address of a member can be
        # blamed for it, and all copies of a post would be lost before anybody mended it.
        return Undelivered(reason, permanent=False)
    if stage is Stage.RECIPIENT and code == _TOO_BIG:
        # Too many recipients, by the old rule (RFC 5321 §4.5.3.1.10), or a full mailbox: it passes.
        return Undelivered(reason, permanent=False)
    # No such mailbox, mail not wanted, too big: the same mail will not be taken later either.
    return Undelivered(reason, permanent=True)


def is_of_one(code: int) -> bool:
    """Tell whether a refusal of one recipient leaves the transaction open for the others."""
    return 400 <= code < 600 and code != 421


def is_answer(failure: Undelivered) -> bool:
    """Tell whether the relay has answered, and not gone with that."""
    return failure.reason[:3].isdigit() and not failure.reason.startswith("421")


def wants_less(failure: Undelivered) -> bool:
    """Tell whether an answer asks us to slow down for the recipient's domain (RFC 3463 §3.8).

    Greylisting says the same, of one sender and recipient alone: waiting with the others would put
    them off one by one.
    """
    words = failure.reason.lower()
    is_about_pace = bool(_SLOW.match(words)) and "grey" not in words and "gray" not in words
    return is_about_pace and not isinstance(failure, Away)  # then it is about us


def is_goodbye(error: Exception) -> bool:
    """Tell whether the relay closes the line with this answer (RFC 5321 §3.8)."""
    return isinstance(error, aiosmtplib.SMTPResponseException) and error.code == 421
