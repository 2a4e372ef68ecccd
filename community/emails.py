"""How an e-mail address is written: the one form in which it is stored and found. Pure."""

import re
import unicodedata
from contextlib import suppress
from typing import Final

from community.errors import Refusal

#: The longest address of all (RFC 5321 §4.5.3.1.3).
LONGEST_EMAIL: Final = 254
_ATOM: Final = r"[a-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\u2027\u202f-\U0010fffd-]+"
_EMAIL: Final = re.compile(
    rf"{_ATOM}(\.{_ATOM})*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9][a-z0-9-]*[a-z0-9]"
)


def normalised(email: str) -> str:
    """Return the form in which an address is stored and found."""
    typed = email.strip().lower()
    return typed if typed.isascii() else _international(typed)


def _international(typed: str) -> str:
    """Write one form of each sign, and the domain as name servers know it (RFC 6530 §10.1)."""
    local, at, domain = unicodedata.normalize("NFC", typed).rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    return f"{local}{at}{domain}"


def is_email(normal: str) -> bool:
    """Say whether something is an address, in the form in which one is stored.

    What stands before the @ may have signs such as å (RFC 6531 §3.3): a relay that offers SMTPUTF8
    takes it.
    """
    is_short = len(normal.encode("utf-8", "replace")) <= LONGEST_EMAIL
    return is_short and normal.isprintable() and _EMAIL.fullmatch(normal) is not None


def checked(email: str) -> str:
    """Return what somebody has typed as an address in the form in which it is stored.

    Raises:
        Refusal: it is no address.
    """
    typed = normalised(email)
    if not is_email(typed):
        raise Refusal("“{email}” is no e-mail address. Check it.", email=email.strip())
    return typed
