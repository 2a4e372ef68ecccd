"""Makes the mail that goes to a list's members, by splicing header lines into the bytes received.

Nothing is ever parsed and written anew: what we do not change leaves as it came, byte for byte,
so that signatures hold and no header is born on the way. What changes, and all that changes:

- removed: every List-* field, and the fields in REMOVED; Authentication-Results in our own name;
- the Subject's line is the one that a moderator has given it (`Splice.subject`), and gets the
  list's tag, unless the subject has it;
- From is ours where the author's domain forbids forwarding (`Splice.via`), and the author is in
  Reply-To;
- Reply-To leads to the list where it wants that (`Splice.to_list`) and the mail has none;
- our fields stand at the end: Message-ID if there was none, List-*, Archived-At, Precedence.

DKIM-Signature stays: a broken one counts as none (RFC 6376 §6.1), a whole one helps the reader.
Where we have a key, `sealing.py` puts three fields of ARC above all this, and `signing.py` a
signature of our own at the end; they change nothing of it.
"""

import re
from dataclasses import dataclass, replace

from letters import field_lines
from mailing import authentication, decoding, gate, headers
from mailing.addresses import Address
from mailing.headers import Field, Parted

#: Fields of the way here, receipts that would answer to 500 people, and what only moderators use.
REMOVED = frozenset(
    {"return-path", "delivered-to", "x-original-to", "archived-at", "precedence", "bcc"}
    | {"return-receipt-to", "disposition-notification-to", "disposition-notification-options"}
    | {"x-confirm-reading-to", "x-pmrqc", "errors-to", "resent-bcc", "resent-sender"}
    | {"approved", "approve", "x-approved", "x-approve", "urgent", "x-urgent"}
)
#: The fields of one person's copy alone, in lower case.
PERSONAL = ("list-unsubscribe", "list-unsubscribe-post")
_REMOVED_PREFIXES = ("list-", "x-envelope")

# Reply and forward marks of English, German, Danish, Norwegian, Swedish and Finnish programs.
_MARKS = re.compile(rb"(?:(?:RE|AW|SV|VS|FW|FWD|VB)(?:\[\d{1,3}\])?[ \t]*:[ \t]*)+", re.IGNORECASE)
_LONG_LINE = 900


@dataclass(frozen=True, kw_only=True)
class Via:
    """Who stands in From when the author's own domain would have the mail refused (DMARC)."""

    shown: str
    address: Address
    author_shown: str
    author: Address


@dataclass(frozen=True, kw_only=True)
class Splice:
    """What a list writes into each mail that goes to its members."""

    #: As in List-Id: the list's address with a dot for the @ (RFC 2919 §2).
    list_id: str
    #: What people call the list; shown by some programs.
    list_name: str
    post_address: Address
    help_url: str
    #: Reaches the people behind the list.
    owner_address: Address
    #: For the subject, without brackets; empty for none.
    tag: str = ""
    #: Instead of the mail's own; None for that.
    subject: str | None = None
    archive_url: str | None = None
    #: This post's own page (RFC 5064).
    archived_at: str | None = None
    #: Written only if the mail has none.
    message_id: str | None = None
    #: The name under which our own border host writes Authentication-Results.
    authserv_id: str = ""
    via: Via | None = None
    #: An answer goes to the list, unless the mail says where it wants them.
    to_list: bool = False


@dataclass(frozen=True, kw_only=True)
class SplitMail:
    """A mail for everybody, open where one person's fields go in."""

    #: The fields, without the empty line.
    head: bytes
    #: What follows the empty line.
    body: bytes


def for_list(raw: bytes, splice: Splice) -> SplitMail:
    """Prepare a post for its list, once.

    Raises: field_lines.UnsafeHeader if the splice holds what no header may.
    """
    parted = headers.part(gate.normalised(raw))
    if splice.subject is not None:
        parted = replace(parted, fields=_renamed(parted.fields, splice.subject))
    kept = [field for field in parted.fields if not is_removed(field, splice.authserv_id)]
    head = b"".join(_changed(kept, splice)) + b"".join(_added(parted, splice))
    return SplitMail(head=head, body=parted.body)


def is_removed(field: Field, authserv_id: str = "") -> bool:
    """Tell whether members are never sent this field of a mail that came."""
    return (
        field.name in REMOVED
        or field.name.startswith(_REMOVED_PREFIXES)
        or authentication.is_ours(field, authserv_id)
    )


def unsubscribing(*targets: str) -> tuple[bytes, bytes]:
    """Write the pair of fields by which programs offer one click to leave; https comes first.

    Source: RFC 8058 §3.1.
    """
    return (
        field_lines.urls("List-Unsubscribe", *targets),
        field_lines.line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )


def _renamed(fields: tuple[Field, ...], subject: str) -> tuple[Field, ...]:
    """Put another subject where the subject stands, or at the end; a second one goes."""
    renamed = Field(name="subject", raw=field_lines.line("Subject", subject))
    at = next((at for at, field in enumerate(fields) if field.name == "subject"), len(fields))
    rest = tuple(field for field in fields[at + 1 :] if field.name != "subject")
    return (*fields[:at], renamed, *rest)


def _changed(fields: list[Field], splice: Splice) -> list[bytes]:
    lines = [field.raw for field in fields]
    names = [field.name for field in fields]
    if splice.tag and "subject" in names:
        at = names.index("subject")
        lines[at] = _tagged(fields[at], splice.tag)
    if splice.via is not None:
        lines = [
            raw for raw, name in zip(lines, names, strict=True) if name not in ("from", "sender")
        ]
    return lines


def _tagged(subject: Field, tag: str) -> bytes:
    """Put the tag behind the reply marks, touching no other byte of the line."""
    mark = f"[{tag}]"
    if mark.casefold() in decoding.header(subject.value).casefold():
        return subject.raw
    name, colon, value = subject.raw.partition(b":")
    blanks = value[: len(value) - len(value.lstrip(b" \t"))]
    rest = value[len(blanks) :]
    marks = match.group() if (match := _MARKS.match(rest)) else b""
    written = field_lines.line("X", mark).partition(b": ")[2].removesuffix(b"\r\n")
    start = name + colon + (blanks or b" ") + marks + written
    tail = rest[len(marks) :]
    if not tail.strip():
        return start + b"\r\n"
    if tail.startswith(b"\r\n"):  # folded before its first word
        return start + tail
    is_long = len(start) + len(tail.partition(b"\r\n")[0]) > _LONG_LINE
    return start + (b"\r\n " if is_long else b" ") + tail


def _added(parted: Parted, splice: Splice) -> list[bytes]:
    names = {field.name for field in parted.fields}
    lines: list[bytes] = []
    if splice.message_id is not None and "message-id" not in names:
        lines.append(field_lines.line("Message-ID", splice.message_id))
    if splice.tag and "subject" not in names:
        lines.append(field_lines.line("Subject", f"[{splice.tag}]"))
    if splice.via is not None:
        lines.append(field_lines.mailbox("From", splice.via.shown, splice.via.address))
    if "reply-to" not in names and (wanted := _answered_at(splice)):
        lines.append(field_lines.mailboxes("Reply-To", *wanted))
    return lines + _list_lines(splice)


def _answered_at(splice: Splice) -> list[tuple[str, Address]]:
    """Say who gets an answer, where that is not who stands in From."""
    wanted = [(splice.list_name, splice.post_address)] if splice.to_list else []
    if splice.via is not None:
        wanted.append((splice.via.author_shown, splice.via.author))
    return wanted


def _list_lines(splice: Splice) -> list[bytes]:
    # RFC 2919 §3: a name, then the id in angle brackets; our mark to know a mail that comes back.
    name = field_lines.line("List-Id", splice.list_name).removesuffix(b"\r\n")
    lines = [
        name + f" <{_list_id(splice.list_id)}>\r\n".encode(),
        field_lines.urls("List-Post", f"mailto:{splice.post_address}"),
        field_lines.urls("List-Help", splice.help_url),
        field_lines.urls("List-Owner", f"mailto:{splice.owner_address}"),
    ]
    if splice.archive_url is not None:
        lines.append(field_lines.urls("List-Archive", splice.archive_url))
    if splice.archived_at is not None:
        lines.append(field_lines.urls("Archived-At", splice.archived_at))
    return [*lines, field_lines.line("Precedence", "list")]


def _list_id(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,255}", text):
        raise field_lines.UnsafeHeader("not a List-Id")
    return text
