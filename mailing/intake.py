"""A mail's bytes to facts: pure, total, and quick for any bytes up to the size limit.

The listener's glue calls `read` once per mail, the community judges by what it says. Nothing here
refuses a mail: what cannot be read is said in `unreadable`, and the mail is kept with its bytes.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from community.unreadables import Unreadable
from mailing import (
    authentication,
    automatic,
    decoding,
    flowed,
    gate,
    headers,
    mailboxes,
    parts,
    plain,
    substance,
)
from mailing.authentication import Authentication
from mailing.headers import Parted
from mailing.mailboxes import Mailbox
from mailing.parts import Part

MAX_SUBJECT_SIGNS = 200
MAX_TEXT_OCTETS = 200 * 1024
MAX_REFERENCES = 50
MAX_ATTACHMENTS = 100

_MESSAGE_ID = re.compile(rb"<([^<>\s]{1,250})>")
_LIST_ID = re.compile(rb"<([^<>\s]{1,250})>|^([^<>\s]{1,250})$")
_MAILTO = re.compile(rb"<\s*mailto:([^<>?\s]{3,254})", re.IGNORECASE)
_SIGNED_TYPES = ("multipart/signed", "application/pkcs7-mime", "application/x-pkcs7-mime")


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """What came with a mail, for showing only; the bytes stay in the mail."""

    name: str
    content_type: str
    #: About, for it is not decoded.
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that is ever asked about a received mail."""

    #: The envelope sender; empty for the null sender.
    sender: str
    #: With its angle brackets; made up from the fingerprint if the mail has none.
    message_id: str
    is_message_id_made_up: bool
    #: One line, decoded, at most 200 signs; empty if there is none.
    subject: str
    from_name: str
    #: Empty unless there is exactly one From field with exactly one readable address.
    from_address: str
    #: The addresses of all From fields; none if one of them cannot be read, for others may read it
    #: otherwise. None or several is worth a look.
    from_addresses: tuple[str, ...]
    to_addresses: tuple[str, ...]
    cc_addresses: tuple[str, ...]
    in_reply_to: str | None
    references: tuple[str, ...]
    #: What the mail says of itself, aware UTC; None if it says nothing readable.
    date: datetime | None
    #: Readable plain text with LF line ends, at most 200 kB.
    text: str
    #: The text's character set was unknown, so that some signs may be wrong.
    is_text_guessed: bool
    is_automatic: bool
    #: What stands in List-Id, casefolded: ours among them means a loop.
    list_ids: tuple[str, ...]
    #: Addresses of List-Post.
    list_posts: tuple[str, ...]
    received_hops: int
    attachments: tuple[Attachment, ...]
    #: Signed or encrypted (PGP, S/MIME): its body must not be touched.
    is_signed: bool
    size_bytes: int
    #: SHA-256 in hex over sender, Message-ID and the bytes without trace fields (A4).
    fingerprint: str
    authentication: Authentication
    #: Why the mail could not be read; None if it could.
    unreadable: Unreadable | None


@dataclass(frozen=True, kw_only=True)
class _Content:
    text: str = ""
    is_guessed: bool = False
    attachments: tuple[Attachment, ...] = ()
    is_signed: bool = False
    unreadable: Unreadable | None = None


def read(
    raw: bytes, *, sender: str = "", authserv_id: str = "", trusted_sealers: str = ""
) -> Facts:
    """Read a mail's facts; never raises, whatever the bytes.

    `authserv_id` is the name under which our own border host writes Authentication-Results,
    `trusted_sealers` whose word counts of those who handed the mail on.
    """
    plain_raw = gate.normalised(raw)
    parted = headers.part(plain_raw)
    fingerprint = substance.fingerprint(parted, sender=sender)
    refusal = gate.check(plain_raw, parted)
    if refusal is not None:  # too much of something: read the first fields, leave the rest shut
        parted = _shortened(parted)
    found_ids = _message_ids(parted, "message-id")
    authors = [box for field in parted.named("from") for box in mailboxes.read(field.value)]
    sole = authors[0] if len(authors) == 1 else Mailbox(name="", address="")
    in_reply_to = _message_ids(parted, "in-reply-to")
    content = _content(parted) if refusal is None else _Content(unreadable=Unreadable.HEADER)
    if content.unreadable is not None:
        content = replace(content, text=substance.as_text(plain_raw))
    return Facts(
        sender=sender,
        message_id=found_ids[0] if found_ids else f"<{fingerprint[:32]}@no-message-id.invalid>",
        is_message_id_made_up=not found_ids,
        subject=decoding.header(parted.first("subject") or b"")[:MAX_SUBJECT_SIGNS],
        from_name=sole.name,
        from_address=sole.address,
        from_addresses=_all_or_none(authors),
        to_addresses=_addresses(parted, "to"),
        cc_addresses=_addresses(parted, "cc"),
        in_reply_to=in_reply_to[0] if in_reply_to else None,
        references=_message_ids(parted, "references")[-MAX_REFERENCES:],
        date=_date(parted.first("date")),
        text=content.text,
        is_text_guessed=content.is_guessed,
        is_automatic=automatic.is_automatic(parted, sender=sender),
        list_ids=_list_ids(parted),
        list_posts=_list_posts(parted),
        received_hops=sum(1 for _ in parted.named("received")),
        attachments=content.attachments,
        is_signed=content.is_signed,
        size_bytes=len(raw),
        fingerprint=fingerprint,
        authentication=authentication.read(
            parted, authserv_id=authserv_id, trusted_sealers=trusted_sealers
        ),
        unreadable=content.unreadable,
    )


def _shortened(parted: Parted) -> Parted:
    small = [field for field in parted.fields if len(field.raw) <= gate.MAX_HEADER_OCTETS]
    return Parted(fields=tuple(small[: gate.MAX_HEADERS]), body=b"")


def _message_ids(parted: Parted, name: str) -> tuple[str, ...]:
    """Give the ids in a field; one without brackets counts if it is alone (seen from scripts)."""
    value = parted.first(name) or b""
    found = _MESSAGE_ID.findall(value)
    if not found and name == "message-id" and value and not re.search(rb"[<>\s]", value):
        found = [value[:250]]
    return tuple(f"<{decoding.plain(each.decode('latin-1'))}>" for each in found)


def _all_or_none(authors: list[Mailbox]) -> tuple[str, ...]:
    addresses = tuple(box.address for box in authors)
    return addresses if all(addresses) else ()


def _addresses(parted: Parted, name: str) -> tuple[str, ...]:
    boxes = [box for field in parted.named(name) for box in mailboxes.read(field.value)]
    return tuple(box.address for box in boxes if box.address)[: mailboxes.MAX_MAILBOXES]


def _date(value: bytes | None) -> datetime | None:
    if not value or len(value) > 100:
        return None
    try:
        moment = parsedate_to_datetime(value.decode("latin-1"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _list_ids(parted: Parted) -> tuple[str, ...]:
    matches = (_LIST_ID.search(field.value) for field in parted.named("list-id"))
    ids = (match.group(1) or match.group(2) for match in matches if match)
    return tuple(each.decode("latin-1").casefold() for each in ids)


def _list_posts(parted: Parted) -> tuple[str, ...]:
    values = (field.value for field in parted.named("list-post"))
    return tuple(
        match.group(1).decode("latin-1").casefold()
        for value in values
        for match in _MAILTO.finditer(value)
    )[:20]


def _content(parted: Parted) -> _Content:
    try:
        tree = list(parts.walk(parted))
    except parts.TooComplex:
        return _Content(unreadable=Unreadable.PARTS)
    shown = _shown(tree)
    text = _text(shown)
    kinds = {part.content_type for part in tree}
    return _Content(
        text=text.text,
        is_guessed=text.is_guessed,
        attachments=_attachments(tree, shown),
        is_signed=bool(kinds & {*_SIGNED_TYPES, "multipart/encrypted"})
        or text.text.lstrip().startswith("-----BEGIN PGP "),
    )


def _shown(tree: list[Part]) -> list[Part]:
    """Choose what to read: the plain text that says something, else HTML, else what is a file.

    Apple Mail sets pictures between the words: all texts of one kind that stand beside each other.
    """
    leaves = [part for part in tree if part.boundary is None and not part.is_attached]
    words = [part for part in leaves if not part.is_file]
    for some in (words, leaves):
        for kind in ("text/plain", "text/html"):
            found = [
                each for each in some if each.content_type == kind and each.parted.body.strip()
            ]
            if found:
                beside = [part for part in found if part.depth == found[0].depth]
                return beside if some is words else found[:1]
    if len(tree) == 1 and tree[0].content_type.startswith("multipart/"):
        return tree  # it says it has parts and has none: better all of it than nothing
    return [part for part in leaves if part.content_type.startswith("text/")][:1]


def _text(shown: list[Part]) -> decoding.Decoded:
    read = [_words(part) for part in shown]
    text = "\n\n".join(each.text for each in read)
    short = text.encode("utf-8", errors="replace")[:MAX_TEXT_OCTETS].decode(errors="ignore")
    return decoding.Decoded(text=short, is_guessed=any(each.is_guessed for each in read))


def _words(part: Part) -> decoding.Decoded:
    octets = part.octets(limit=3 * MAX_TEXT_OCTETS)[:MAX_TEXT_OCTETS]
    decoded = decoding.text_of(octets, part.parameter("charset"))
    if part.content_type == "text/html":
        text = decoding.lines(plain.from_html(decoded.text))
    else:
        text = decoding.lines(decoded.text)
        if _says(part, "format", "flowed"):
            text = flowed.joined(text, drops_blanks=_says(part, "delsp", "yes"))
    return replace(decoded, text=text.strip("\n"))


def _says(part: Part, parameter: str, value: str) -> bool:
    return (part.parameter(parameter) or "").strip().casefold() == value


def attached(parted: Parted) -> list[Part]:
    """Return the parts of a mail that are its attachments, in order.

    Raises: TooComplex.
    """
    tree = list(parts.walk(parted))
    return _attached(tree, _shown(tree))


def _attachments(tree: list[Part], shown: list[Part]) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(name=part.file_name, content_type=part.content_type, size_bytes=part.size_bytes)
        for part in _attached(tree, shown)
    )


def _attached(tree: list[Part], shown: list[Part]) -> list[Part]:
    return [
        part
        for part in tree
        if part.boundary is None
        and not any(part is each for each in shown)
        and (part.is_file or not part.content_type.startswith("text/"))
        and not part.content_type.startswith("multipart/")
    ][:MAX_ATTACHMENTS]
