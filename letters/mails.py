"""Writes a plain mail that goes to a list as a post: a member's own words, or the house's.

By our own lines (`field_lines.py`): the standard library reads encoded words in what it is given,
in names and Message-IDs too, and writes a line end that one hides as it is (CVE-2024-6923).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from letters import field_lines, quoted_printable


@dataclass(frozen=True, kw_only=True)
class PlainMail:
    """What is in such a mail."""

    author_name: str
    author_email: str
    to: str
    subject: str
    at: datetime
    message_id: str
    #: Message-IDs of what it answers, the nearest last.
    answers: Sequence[str] = ()
    #: Who gets an answer; empty where that is the author.
    answered_at: str = ""
    #: A machine has written it.
    is_automatic: bool = False
    text: str


def write(mail: PlainMail) -> bytes:
    """Write a mail as its author's own program would.

    Raises: UnsafeHeader if something holds a line end.
    """
    fields = [
        field_lines.mailbox("From", mail.author_name, mail.author_email),
        field_lines.mailbox("To", "", mail.to),
        field_lines.line("Subject", mail.subject),
        field_lines.line("Date", format_datetime(mail.at)),
        field_lines.ids("Message-ID", mail.message_id),
        field_lines.ids("In-Reply-To", *mail.answers[-1:]),
        field_lines.ids("References", *mail.answers),
    ]
    if mail.answered_at:
        fields.append(field_lines.mailbox("Reply-To", "", mail.answered_at))
    if mail.is_automatic:  # RFC 3834 §5: absence notes do not answer it
        fields.append(field_lines.line("Auto-Submitted", "auto-generated"))
    return b"".join((*fields, b"MIME-Version: 1.0\r\n", *_content(mail.text)))


def _content(text: str) -> tuple[bytes, ...]:
    lines = [*text.splitlines(), ""]
    return (
        b"Content-Type: text/plain; charset=utf-8\r\n",
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n",
        quoted_printable.encoded("\r\n".join(lines).encode("utf-8", errors="replace")),
    )
