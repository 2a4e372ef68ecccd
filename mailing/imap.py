"""One mailbox by IMAP: what lies in its inbox, and putting it into another folder.

Synchronous, for a thread (`polling.py`). A mail leaves the inbox by `move` alone, and that is
called after the commit: whatever fails before leaves it where it is.
"""

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from config.parsing import ImapAddress

WAIT_SECONDS = 30
TAKEN, REFUSED = "Samband-taken", "Samband-refused"

_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})", re.IGNORECASE)


class ImapTrouble(Exception):
    """The server does not do what is asked; the message says which command it was."""


class Refused(ImapTrouble):
    """The server will not do this with this mail; the line is whole, and others may be better."""


class Inbox:
    """An open folder of a mailbox; used by one thread at a time."""

    def __init__(self, line: imaplib.IMAP4) -> None:
        self._line = line
        # Asked after the login: most servers name MOVE to those they know, and to nobody before.
        offered = self._said(line.capability, "CAPABILITY")
        self._offers = b" ".join(some for some in offered if isinstance(some, bytes)).split()

    def uids(self) -> list[str]:
        """List the mails in it, oldest first."""
        found = self._done("SEARCH", "UNDELETED")
        return found[0].decode("ascii").split() if found and isinstance(found[0], bytes) else []

    def size(self, uid: str) -> int | None:
        """Say how large a mail is; None if it has gone."""
        found = self._done("FETCH", uid, "(RFC822.SIZE)")
        # Among them may be news of other mails, which have no size (RFC 3501 §7.4.2).
        matches = (_SIZE.search(line) for line in found if isinstance(line, bytes))
        return next((int(match.group(1)) for match in matches if match), None)

    def fetch(self, uid: str) -> bytes | None:
        """Read a mail, and leave it as unread as it was; None if it has gone."""
        found = self._done("FETCH", uid, "(BODY.PEEK[])")
        return next((part[1] for part in found if isinstance(part, tuple)), None)

    def move(self, uid: str, folder: str) -> None:
        """Put a mail into another folder (RFC 6851; on older servers by copy and delete)."""
        if b"MOVE" in self._offers:
            self._done("MOVE", uid, folder)
            return
        self._done("COPY", uid, folder)
        self._done("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
        if b"UIDPLUS" in self._offers:  # else it would take what others have marked along
            self._done("EXPUNGE", uid)

    def _done(self, command: str, *words: str) -> list[object]:
        return self._said(partial(self._line.uid, command, *words), command)

    def _said(self, ask: Callable[[], tuple[str, list[Any]]], command: str) -> list[object]:
        try:
            status, found = ask()
        except imaplib.IMAP4.abort:  # its words may quote a mail
            raise ImapTrouble(f"the line broke at {command}") from None
        except imaplib.IMAP4.error:
            raise Refused(f"{command} was not understood") from None
        if status != "OK":
            raise Refused(f"{command} was refused")
        return list(found)


@contextmanager
def opened(address: ImapAddress, *, wait_seconds: float = WAIT_SECONDS) -> Iterator[Inbox]:
    """Log in, see that both folders are there, and open the inbox.

    Raises:
        ImapTrouble: the server refuses the login, a folder or a command.
        OSError: it does not answer, or its certificate is wrong.
    """
    try:
        line = _line(address, wait_seconds)
        try:
            _entered(line, address)
            yield Inbox(line)
        finally:
            _left(line)
    except imaplib.IMAP4.error as error:
        raise ImapTrouble(type(error).__name__) from error  # its words may quote the login


def _line(address: ImapAddress, wait_seconds: float) -> imaplib.IMAP4:
    if not address.is_tls:
        return imaplib.IMAP4(address.host, address.port, timeout=wait_seconds)
    checked = ssl.create_default_context()
    return imaplib.IMAP4_SSL(address.host, address.port, ssl_context=checked, timeout=wait_seconds)


def _entered(line: imaplib.IMAP4, address: ImapAddress) -> None:
    try:
        line.login(address.user, address.password)
    except imaplib.IMAP4.error:
        raise ImapTrouble("LOGIN was refused") from None
    for folder in (TAKEN, REFUSED):
        line.create(folder)  # refused when it is there; when it is not, the next line says so
        if line.status(folder, "(MESSAGES)")[0] != "OK":
            raise ImapTrouble(f"the folder {folder} cannot be made")
    quoted = '"' + address.folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if line.select(quoted)[0] != "OK":
        raise ImapTrouble("SELECT was refused")


def _left(line: imaplib.IMAP4) -> None:
    with suppress(imaplib.IMAP4.error, OSError):
        line.logout()
    with suppress(OSError):  # the library leaves the socket of a broken line open
        line.shutdown()
