"""Read a received mail for showing it to a person: words, safe HTML, calendar parts, list headers.

Pure and total: any bytes give something to show. The HTML is cleaned here and, on the page, put in
a sandboxed frame of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parsedate_to_datetime

import nh3

from sandbox.invites import Invite, read_invites

MAX_PARTS = 200
MAX_TEXT = 200_000
LIST_HEADERS = (
    "List-Id",
    "List-Post",
    "List-Help",
    "List-Archive",
    "Archived-At",
    "List-Owner",
    "List-Subscribe",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Precedence",
    "Auto-Submitted",
)
STYLES = {
    *("background", "background-color", "border", "border-bottom", "border-collapse"),
    *("border-left", "border-radius", "border-right", "border-spacing", "border-top", "color"),
    *("display", "font", "font-family", "font-size", "font-style", "font-weight", "height"),
    *("letter-spacing", "line-height", "margin", "margin-bottom", "margin-left", "margin-right"),
    *("margin-top", "max-width", "min-width", "padding", "padding-bottom", "padding-left"),
    *("padding-right", "padding-top", "text-align", "text-decoration", "vertical-align"),
    *("white-space", "width", "word-break", "overflow-wrap"),
}
LAYOUT = {
    *("align", "valign", "width", "height", "bgcolor", "style", "role", "dir", "lang", "class"),
    *("cellpadding", "cellspacing", "border"),
}
STYLE_BLOCK = re.compile(r"<style[^<>]*>([^<]{0,50000})</style>", re.IGNORECASE)
URL = re.compile(r"https?://[^\s<>\"'\]]+")
ANGLED = re.compile(r"<([^<>\s]+)>")


@dataclass(frozen=True, kw_only=True)
class Attached:
    """A file in a mail."""

    name: str
    kind: str
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A mail as a person sees it."""

    subject: str
    sender: str
    to: str
    sent_at: datetime | None
    text: str
    html: str
    invites: tuple[Invite, ...]
    attachments: tuple[Attached, ...]
    list_headers: tuple[tuple[str, str], ...]
    links: tuple[str, ...]
    #: The https address of List-Unsubscribe when RFC 8058 one-click holds, else None.
    one_click: str | None
    message_id: str
    in_reply_to: str
    #: What was wrong with the mail, if it could not be read whole.
    broken: str | None = None


def read(raw: bytes) -> Reading:
    """Return what there is to show of these bytes."""
    try:
        return _read(raw)
    except Exception as wrong:
        return _unread(raw, type(wrong).__name__)


def _unread(raw: bytes, reason: str) -> Reading:
    return Reading(
        subject="",
        sender="",
        to="",
        sent_at=None,
        text=raw[:MAX_TEXT].decode("latin-1"),
        html="",
        invites=(),
        attachments=(),
        list_headers=(),
        links=(),
        one_click=None,
        message_id="",
        in_reply_to="",
        broken=reason,
    )


def _read(raw: bytes) -> Reading:
    message = BytesParser(policy=compat32).parsebytes(raw)
    texts: list[str] = []
    pages: list[str] = []
    calendars: list[bytes] = []
    files: list[Attached] = []
    for part in _leaves(message):
        body = _bytes(part)
        kind = part.get_content_type()
        name = _filename(part)
        if kind in ("text/calendar", "application/ics"):
            calendars.append(body)
        if name or (part.get_content_disposition() == "attachment"):
            files.append(Attached(name=name or "unnamed", kind=kind, size_bytes=len(body)))
        elif kind == "text/html":
            pages.append(cleaned(_words(body, part)))
        elif kind == "text/plain":
            texts.append(_words(body, part))
        elif kind != "text/calendar":
            files.append(Attached(name="unnamed", kind=kind, size_bytes=len(body)))
    text, html = "\n".join(texts)[:MAX_TEXT], "\n".join(pages)
    return Reading(
        subject=header(message, "Subject"),
        sender=header(message, "From"),
        to=header(message, "To"),
        sent_at=_date(message),
        text=text,
        html=html,
        invites=tuple(dict.fromkeys(i for body in calendars for i in read_invites(body))),
        attachments=tuple(files),
        list_headers=_list_headers(message),
        links=tuple(dict.fromkeys(URL.findall(text) + URL.findall(html.replace("&amp;", "&")))),
        one_click=_one_click(message),
        message_id=header(message, "Message-ID"),
        in_reply_to=header(message, "In-Reply-To"),
    )


def _leaves(message: Message) -> list[Message]:
    """Return the parts that are no containers, in order, not more than MAX_PARTS."""
    leaves: list[Message] = []
    waiting = [message]
    while waiting and len(leaves) < MAX_PARTS:
        part = waiting.pop(0)
        inside = part.get_payload()
        if isinstance(inside, list):
            waiting[:0] = [one for one in inside if isinstance(one, Message)]
        else:
            leaves.append(part)
    return leaves


def _bytes(part: Message) -> bytes:
    body = part.get_payload(decode=True)
    return body if isinstance(body, bytes) else b""


def _words(body: bytes, part: Message) -> str:
    charset = str(part.get_content_charset() or "utf-8")
    try:
        return body.decode(charset)
    except (LookupError, UnicodeError, ValueError):
        return body.decode("latin-1")


def _filename(part: Message) -> str:
    try:
        return _unfolded(part.get_filename() or "")
    except (LookupError, UnicodeError, ValueError):
        return "unreadable"


def header(message: Message, name: str) -> str:
    """Return a header's words, decoded, on one line."""
    value = message.get(name)
    if value is None:
        return ""
    return _unfolded(_decoded(str(value))) or _unfolded(str(value))


def _decoded(value: str) -> str:
    try:
        parts = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    words = []
    for content, charset in parts:
        if isinstance(content, str):
            words.append(content)
            continue
        try:
            words.append(content.decode(charset or "utf-8"))
        except (LookupError, UnicodeError):
            words.append(content.decode("latin-1"))
    return "".join(words)


def _unfolded(value: str) -> str:
    readable = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in readable).split())


def _date(message: Message) -> datetime | None:
    try:
        sent = parsedate_to_datetime(header(message, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return sent if sent.tzinfo else sent.replace(tzinfo=UTC)


def _list_headers(message: Message) -> tuple[tuple[str, str], ...]:
    return tuple((name, header(message, name)) for name in LIST_HEADERS if name in message)


def _one_click(message: Message) -> str | None:
    # RFC 8058 3.1: both headers, and an https address (http is what a local demo has).
    post = header(message, "List-Unsubscribe-Post").replace(" ", "").lower()
    if post != "list-unsubscribe=one-click":
        return None
    addresses = ANGLED.findall(header(message, "List-Unsubscribe"))
    return next((url for url in addresses if url.startswith(("https://", "http://"))), None)


def cleaned(html: str) -> str:
    """Return HTML without scripts, forms, frames and handlers.

    Style blocks are kept, for what a mail does on narrow screens; the page's policy keeps them
    from fetching anything.
    """
    html = html[: MAX_TEXT * 5]
    styles = "".join(f"<style>{rules}</style>" for rules in STYLE_BLOCK.findall(html))
    return styles + nh3.clean(
        html,
        clean_content_tags={"script", "style", "title"},
        attributes={"*": LAYOUT, "a": {"href", "title"}, "img": {"src", "alt"}, "td": {"colspan"}},
        filter_style_properties=STYLES,
        url_schemes={"http", "https", "mailto", "cid", "data"},
        link_rel="noopener noreferrer",
    )
