"""The doctor asks the mailbox whether we could take mail from it: connect, LOGIN, EXAMINE."""

import imaplib
import ssl
from contextlib import suppress

from app.findings import Finding, bad, ok, why
from config.parsing import ImapAddress, imap_address
from config.settings import Settings

WAIT_SECONDS = 8


def mailbox(given: Settings) -> list[Finding]:
    """Check that the mailbox answers, knows our login and has the folder; nothing is changed."""
    if given.imap_url is None:
        return []
    address = imap_address(given.imap_url.get_secret_value())
    where = f"{address.host}, port {address.port}"
    try:
        return [_looked(address, where)]
    except ssl.SSLError as error:
        mend = "Look at the certificate's name and date; imaps:// is for port 993."
        return [bad("mailbox", f"{where}: the encryption fails: {error.reason or error}.", mend)]
    except (OSError, imaplib.IMAP4.error) as error:
        mend = "Look at SAMBAND_IMAP_URL; is IMAP allowed for this mailbox?"
        words = why(error) if isinstance(error, OSError) else "it hung up"
        return [bad("mailbox", f"{where} does not answer as a mailbox: {words}.", mend)]


def _looked(address: ImapAddress, where: str) -> Finding:
    if address.is_tls:
        checked = ssl.create_default_context()
        line: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            address.host, address.port, ssl_context=checked, timeout=WAIT_SECONDS
        )
    else:
        line = imaplib.IMAP4(address.host, address.port, timeout=WAIT_SECONDS)
    try:
        with line:
            return _asked(line, address, where)
    finally:
        with suppress(OSError):  # the library leaves the socket of a broken line open
            line.shutdown()


def _asked(line: imaplib.IMAP4, address: ImapAddress, where: str) -> Finding:
    try:
        line.login(address.user, address.password)
    except imaplib.IMAP4.error:
        mend = "Look at the user and the password in SAMBAND_IMAP_URL (percent-encoded)."
        return bad("mailbox", f"{where} refuses the login.", mend)
    if line.select(f'"{address.folder}"', readonly=True)[0] != "OK":
        mend = "Name the folder at the end of SAMBAND_IMAP_URL."
        return bad("mailbox", f"{where} has no folder {address.folder}.", mend)
    return ok("mailbox", f"{where}: knows our login and has the folder {address.folder}.")
