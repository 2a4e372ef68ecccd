"""What we answer in an SMTP dialogue, and nothing else: no reply ever quotes what a client sent.

Every 5xx that this door can give by itself stands here, with the reason beside it. The words of
a posting rule's refusal come from the community.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# RFC 5321 §4.2: replies are ASCII. These have no shape without their strokes.
_LETTERS = str.maketrans(
    {"ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "ß": "ss", "–": "-", "—": "-", "’": "'"}
    | {"«": '"', "»": '"', "“": '"', "”": '"', "…": "..."}
)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer in the dialogue."""

    #: The SMTP code: 2xx taken, 4xx try again later, 5xx no.
    code: int
    #: Enhanced status code (RFC 3463) and words, in one line.
    text: str

    @property
    def is_yes(self) -> bool:
        """Tell whether we took it."""
        return 200 <= self.code < 300

    def line(self) -> str:
        """Say it as one line of the protocol: ASCII, no line break, at most 510 octets."""
        return f"{self.code} {_plain(self.text)}"[:510].rstrip()


@lru_cache(maxsize=64)  # each command has one, and most are of those below
def _plain(text: str) -> str:
    shapes = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    visible = "".join(" " if sign.isspace() else sign for sign in shapes)
    return "".join(sign for sign in visible if sign.isascii() and sign.isprintable())


TAKEN = Reply(code=250, text="2.0.0 Taken")
# Any fault of ours: the upstream MTA keeps the mail and comes back (A3).
FAULT = Reply(code=451, text="4.3.0 Something broke here, try again later")

UNKNOWN_ADDRESS = Reply(code=550, text="5.1.1 No such address here")
MALFORMED_ADDRESS = Reply(code=553, text="5.1.3 That is not a mail address")
MALFORMED_SENDER = Reply(code=553, text="5.1.7 That is not a sender address")
NEEDS_SMTPUTF8 = Reply(code=553, text="5.6.7 Such an address needs SMTPUTF8")
# One reply covers several recipients; the next time this one is refused at RCPT, and no other.
JUST_CLOSED = Reply(code=451, text="4.2.1 A list has just been closed, send it again")
NO_ROOM = Reply(code=452, text="4.3.1 No room to keep it, try again later")
# RFC 5321 §4.5.3.1.10: temporary, so that the client sends the rest in another transaction.
TOO_MANY_RECIPIENTS = Reply(code=452, text="4.5.3 Too many recipients, send the rest separately")

TOO_BIG = Reply(code=552, text="5.3.4 The mail is larger than we take")
# Half of the world ends a line there and half does not, which is how mail is smuggled.
STRAY_SIGN = Reply(code=554, text="5.5.2 Stray CR, LF or NUL: lines must end in CR LF")
SMUGGLED = Reply(code=554, text="5.5.0 Commands came before our reply to the mail, goodbye")
EMPTY = Reply(code=554, text="5.6.0 The mail is empty")
TOO_MANY_HEADERS = Reply(code=554, text="5.6.0 The mail has too many header fields")
HEADERS_TOO_LONG = Reply(code=554, text="5.6.0 The header of the mail is too long")
LOOPING = Reply(code=554, text="5.4.6 The mail passed too many hosts, it seems to go in circles")

SYNTAX = Reply(code=501, text="5.5.4 I do not understand what follows the command")
PARAMETER = Reply(code=555, text="5.5.4 I do not know this parameter")
NO_RECIPIENT = Reply(code=503, text="5.5.1 No valid recipients")
NOT_HERE = Reply(code=502, text="5.5.1 We do not do that")
CANNOT_VERIFY = Reply(code=252, text="2.5.0 I do not tell, but send your mail and see")

TOO_MANY_ERRORS = Reply(code=421, text="4.7.0 Too many errors, goodbye")
TOO_SLOW = Reply(code=421, text="4.4.2 Nothing came for too long, goodbye")
BUSY = Reply(code=421, text="4.3.2 Too many connections, come back later")
CLOSING = Reply(code=421, text="4.3.2 We are closing, come back later")


def unknown_field(near: Sequence[str]) -> Reply:
    """Say that an address of a list names no field, and which names come near; of our own words."""
    meant = f"Did you mean {', '.join(near)}? " if near else ""
    words = f"5.1.1 No such field. {meant}Without + it goes to all."
    return Reply(code=550, text=words)


def order(greeting: str) -> Reply:
    """Say in which order commands come."""
    return Reply(code=503, text=f"5.5.1 Not now: {greeting}, then MAIL, then RCPT, then DATA")
