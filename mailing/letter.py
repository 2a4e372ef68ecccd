"""Writes our own mails: words and links as plain text and as HTML, an invitation if there is one.

The same `Mail` always becomes the same bytes, so that a repeat after a crash is the same mail. The
words come from `letters`; the look is in `templates/letter.html` and `letter.txt`.
"""

import base64
import hashlib
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Literal

from jinja2 import Environment
from markupsafe import Markup, escape

from letters import field_lines, quoted_printable
from letters.contents import Contents
from mailing import addresses, compose, decoding
from texts import Language, templates

_SHOWN_SIGNS = 200
_OF_MAIL = (
    b"Content-Type: message/rfc822\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n"
    b"Content-Disposition: attachment; filename=mail.eml\r\n"
)
_WIDTH = 72
#: An address to follow, without the stop or bracket that ends the sentence, or one to write to.
_ADDRESS = re.compile(
    r"(https?://[^\s<>\"“”]*[^\s<>\"“”.,;:!?)\]’]"
    r"|(?<![\w.+@-])[A-Za-z0-9._+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w@-]))"
)
#: Longer ones may be broken at a hyphen.
_MOST_UNBROKEN = 40
_LINE_ENDS = re.compile("[\r\n\0\v\f\x1c-\x1e\x85\u2028\u2029]+")


@dataclass(frozen=True, kw_only=True)
class Link:
    """A button, as mail can show it."""

    label: str
    url: str
    style: Literal["primary", "danger"] | None = None


@dataclass(frozen=True, kw_only=True)
class Section:
    """One of several things in a mail, with its own buttons."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    #: Untrusted plain text.
    quote: str | None = None
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One of our own mails, ready to be written."""

    to_name: str
    to_address: str
    from_name: str
    from_address: str
    reply_to: str | None = None
    subject: str
    paragraphs: tuple[str, ...] = ()
    #: Label and value.
    facts: tuple[tuple[str, str], ...] = ()
    #: Untrusted plain text.
    quote: str | None = None
    #: The posts of a digest; `digests.digest` writes such a mail.
    contents: Contents | None = None
    links: tuple[Link, ...] = ()
    sections: tuple[Section, ...] = ()
    why: str
    #: A link that stops such mails; programs show it as their own button (RFC 8058).
    stop: Link | None = None
    #: The bytes of an iCalendar object, and the METHOD in it.
    calendar: bytes | None = None
    calendar_method: Literal["REQUEST", "CANCEL"] = "REQUEST"
    #: A mail that goes along as it came.
    attached: bytes | None = None
    language: Language
    message_id: str
    date: datetime


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A MIME part: its own fields, and its content as it travels."""

    fields: bytes
    content: bytes


def message_id(key: str, domain: str) -> str:
    """Make the Message-ID of a notice from its unique key: asked twice, it is the same."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def letter(mail: Mail) -> bytes:
    """Write a mail: multipart/alternative, with the invitation inside and attached if there is one.

    An invitation is mixed(alternative(plain, html, calendar with method), the same .ics): other
    trees show as text only in Outlook.
    Raises: NotAnAddress, or UnsafeHeader for a stop link that is no URL.
    """
    seed = hashlib.sha256(mail.message_id.encode()).hexdigest()[:24]
    content = multipart("alternative", f"=_a{seed}", _alternatives(mail))
    if mail.calendar is not None:
        attached = _calendar(mail.calendar, 'application/ics; name="invite.ics"', is_attached=True)
        content = multipart("mixed", f"=_m{seed}", [content, attached])
    if mail.attached is not None:
        # RFC 2046 §5.2.1: no other encoding than the mail's own.
        both = [content, Piece(fields=_OF_MAIL, content=mail.attached)]
        content = multipart("mixed", free_boundary(mail, both), both)
    return b"".join([*envelope(mail), content.fields, b"\r\n", content.content])


def envelope(mail: Mail, *other_ways_out: str) -> list[bytes]:
    """Write the header fields of one of our own mails, all but those of its content.

    `other_ways_out`: for programs that know no one-click link.
    """
    lines = [
        field_lines.mailbox("From", _shown(mail.from_name), addresses.parse(mail.from_address)),
        field_lines.mailbox("To", _shown(mail.to_name), addresses.parse(mail.to_address)),
        field_lines.line("Subject", _shown(mail.subject)),
        field_lines.line("Date", format_datetime(mail.date)),
        field_lines.line("Message-ID", mail.message_id),
        field_lines.line("Content-Language", mail.language),
        # RFC 3834 §5: nobody's absence note answers this; the second is for Exchange.
        field_lines.line("Auto-Submitted", "auto-generated"),
        field_lines.line("X-Auto-Response-Suppress", "All"),
    ]
    if mail.reply_to is not None:
        lines.append(field_lines.mailbox("Reply-To", "", addresses.parse(mail.reply_to)))
    if mail.stop is not None:
        lines += compose.unsubscribing(mail.stop.url, *other_ways_out)
    return [*lines, field_lines.line("MIME-Version", "1.0")]


def _shown(text: str) -> str:
    # People's own words: a line end in them must not keep the mail from going out.
    return _LINE_ENDS.sub(" ", text).strip()[:_SHOWN_SIGNS]


def _alternatives(mail: Mail) -> list[Piece]:
    made = templates_of_mail()
    pieces = [
        words("plain", templates.render(made, "letter.txt", mail.language, mail=mail)),
        words("html", templates.render(made, "letter.html", mail.language, mail=mail)),
    ]
    if mail.calendar is not None:
        kind = f"text/calendar; charset=utf-8; method={mail.calendar_method}"
        pieces.append(_calendar(mail.calendar, kind, is_attached=False))
    return pieces


def words(kind: str, text: str) -> Piece:
    """Write a part of plain text or HTML."""
    # What people wrote may hold any line end; the mail holds one kind.
    lines = decoding.lines(text).strip("\n").replace("\n", "\r\n") + "\r\n"
    return Piece(
        fields=(
            f"Content-Type: text/{kind}; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
        ).encode(),
        content=quoted_printable.encoded(lines.encode("utf-8", errors="replace")),
    )


def _calendar(octets: bytes, kind: str, *, is_attached: bool) -> Piece:
    fields = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
    if is_attached:
        fields += 'Content-Disposition: attachment; filename="invite.ics"\r\n'
    encoded = base64.b64encode(octets).decode("ascii")
    lines = [encoded[at : at + 76] for at in range(0, len(encoded), 76)]
    return Piece(fields=fields.encode(), content=("\r\n".join(lines) + "\r\n").encode())


def free_boundary(mail: Mail, pieces: Sequence[Piece]) -> str:
    """Choose a boundary that stands in none of the pieces: what strangers wrote may hold any."""
    number = 0
    while True:
        seed = hashlib.sha256(f"{mail.message_id}:{number}".encode()).hexdigest()[:24]
        chosen = f"=_d{seed}"
        octets = chosen.encode()
        if not any(octets in piece.content or octets in piece.fields for piece in pieces):
            return chosen
        number += 1


def multipart(kind: str, boundary: str, pieces: Sequence[Piece]) -> Piece:
    """Put parts together.

    "=_" cannot stand in quoted-printable or base64, so no encoded content can hold a boundary that
    begins with it; for other content the caller chooses one that is not in it.
    """
    mark = f"--{boundary}".encode()
    content = b"".join(
        mark + b"\r\n" + piece.fields + b"\r\n" + piece.content + b"\r\n" for piece in pieces
    )
    return Piece(
        fields=f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n'.encode(),
        content=content + mark + b"--\r\n",
    )


@cache
def templates_of_mail() -> Environment:
    """Return the templates of our own mails."""
    made = templates.environment(Path(__file__).parent / "templates")
    made.filters.update(wrapped=wrapped, quoted=_quoted, lines=str.splitlines, linked=_linked)
    return made


def wrapped(text: str) -> str:
    """Break the lines of a text so that they fit a mail."""
    return "\n".join(map(_filled, text.splitlines()))


def _filled(line: str) -> str:
    if len(line) <= _WIDTH and line.isprintable() and not line.endswith(" "):
        return line
    return textwrap.fill(line, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _linked(text: str) -> Markup:
    """Return a line of HTML in which addresses can be pressed, in Outlook too."""
    pieces = _ADDRESS.split(text)
    return Markup("").join(
        _link(piece) if number % 2 else escape(piece) for number, piece in enumerate(pieces)
    )


def _link(address: str) -> Markup:
    if address.startswith(("http://", "https://")):
        return Markup('<a href="{0}" style="color:#155e75;">{0}</a>').format(address)
    whole = "white-space:nowrap;" if len(address) <= _MOST_UNBROKEN else ""
    link = Markup('<a href="mailto:{0}" style="color:#155e75;{1}">{0}</a>')
    return link.format(address, whole)


def _quoted(text: str) -> str:
    lines = wrapped(text.strip()).split("\n")
    return "\n".join(f"> {line}".rstrip() for line in lines)
