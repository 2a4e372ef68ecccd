"""Writes a digest: one text (RFC 1153), the posts as mails in a mail (MIME), or HTML with the text.

The words come from `letters`; what is quoted there has been trimmed. The posts inside a MIME digest
are the bytes that came, without the fields that members are never sent.
"""

import hashlib
from email.utils import format_datetime

from community.deliveries import Format
from community.issues import MOST_SOURCE_BYTES, MOST_SOURCES_BYTES
from letters import field_lines
from letters.contents import Contents, PostIn
from mailing import addresses, compose, decoding, gate, headers
from mailing import letter as letters
from mailing.letter import Mail, Piece
from texts import templates

#: RFC 1153 §2: seventy hyphens after the contents, thirty between the posts.
AFTER_CONTENTS = "-" * 70
BETWEEN = "-" * 30


def digest(mail: Mail, contents: Contents) -> bytes:
    """Write a digest in the form that its reader has chosen.

    Raises: NotAnAddress, or UnsafeHeader for a stop link that is no URL.
    """
    write = {Format.PLAIN: _plain, Format.MIME: _mime, Format.HTML: _html}[contents.format]
    piece = write(mail, contents)
    return b"".join([*_envelope(mail, contents), piece.fields, b"\r\n", piece.content])


def _envelope(mail: Mail, contents: Contents) -> list[bytes]:
    if len(contents.lists) > 1:
        return letters.envelope(mail)
    # RFC 2919, RFC 2369: programs file it with the list's own mails.
    [part] = contents.lists
    list_name, _, domain = part.address.partition("@")
    fields = letters.envelope(mail, f"mailto:{addresses.beside(list_name, 'leave', domain)}")
    name = field_lines.line("List-Id", part.name).removesuffix(b"\r\n")
    list_id = f" <{part.address.replace('@', '.')}>\r\n".encode()
    return [*fields, name + list_id, field_lines.urls("List-Post", f"mailto:{part.address}")]


def _plain(mail: Mail, contents: Contents) -> Piece:
    return letters.words("plain", text_of(mail, contents))


def _html(mail: Mail, contents: Contents) -> Piece:
    seed = hashlib.sha256(mail.message_id.encode()).hexdigest()[:24]
    page = _rendered("digest.html", mail, contents)
    parts = [_plain(mail, contents), letters.words("html", page)]
    return letters.multipart("alternative", f"=_a{seed}", parts)


def _mime(mail: Mail, contents: Contents) -> Piece:
    if not contents.posts:  # lines alone
        return _plain(mail, contents)
    left = MOST_SOURCES_BYTES
    mails = []
    for post in contents.posts:
        raw = _as_it_came(post)
        if raw is None or len(raw) > min(left, MOST_SOURCE_BYTES):
            raw = _as_text(post)
        left -= len(raw)
        mails.append(_inside(raw))
    posts = letters.multipart("digest", letters.free_boundary(mail, mails), mails)
    head, foot = (
        _rendered("digest.txt", mail, contents),
        _rendered("digest_foot.txt", mail, contents),
    )
    parts = [letters.words("plain", head), _eight_bit(posts), letters.words("plain", foot)]
    return _eight_bit(letters.multipart("mixed", letters.free_boundary(mail, parts), parts))


def text_of(mail: Mail, contents: Contents) -> str:
    """Return the whole digest as one text.

    Source: RFC 1153 §2, for programs that take it apart again.
    """
    pieces = [_rendered("digest.txt", mail, contents).rstrip("\n"), "", AFTER_CONTENTS, ""]
    is_one = len(contents.lists) == 1
    for part in contents.lists:
        for post in (post for thread in part.threads for post in thread.posts):
            heading = _heading(post, to="" if is_one else part.address)
            pieces += [heading, "", _body(post), "", BETWEEN, ""]
    return "\n".join([*pieces, _rendered("digest_foot.txt", mail, contents).rstrip("\n")])


def _heading(post: PostIn, *, to: str) -> str:
    author = f"{post.author_name} <{post.author_email}>" if post.author_email else post.author
    lines = (
        ("Date", format_datetime(post.at)),
        ("From", author.strip()),
        ("To", to),
        ("Subject", post.subject),
        ("Message-ID", post.message_id),
    )
    # Names and subjects are people's own: one line each, whatever they hold.
    return "\n".join(f"{name}: {' '.join(value.split())}" for name, value in lines if value.strip())


def _body(post: PostIn) -> str:
    lines = letters.wrapped(decoding.lines(post.text)).split("\n")
    # A line that would end the post for a program that takes the digest apart.
    kept = [f" {line}" if line.startswith(BETWEEN) else line for line in lines]
    return "\n".join([*kept, *_beyond(post)])


def _beyond(post: PostIn) -> tuple[str, ...]:
    """Say what of a post is on its page alone."""
    if not (post.is_cut or post.files):
        return ()
    return ("", *filter(None, [post.files]), post.page_url)


def _as_it_came(post: PostIn) -> bytes | None:
    if post.source is None:
        return None
    parted = headers.part(gate.normalised(post.source))
    kept = [field.raw for field in parted.fields if not compose.is_removed(field)]
    return b"".join(kept) + b"\r\n" + parted.body


def _as_text(post: PostIn) -> bytes:
    """Write a post anew, from what we read of it."""
    lines = [field_lines.line("Date", format_datetime(post.at))]
    try:
        author = addresses.parse(post.author_email)
        lines.append(field_lines.mailbox("From", " ".join(post.author_name.split()), author))
    except (addresses.NotAnAddress, field_lines.UnsafeHeader):
        pass  # erased, or none that a header may hold
    lines.append(field_lines.line("Subject", " ".join(post.subject.split())))
    lines.append(field_lines.ids("Message-ID", post.message_id))
    below = "\n".join(_beyond(post)) or f"\n{post.page_url}"
    piece = letters.words("plain", f"{post.text}\n{below}")
    return b"".join([*lines, b"MIME-Version: 1.0\r\n", piece.fields, b"\r\n", piece.content])


def _inside(raw: bytes) -> Piece:
    return _eight_bit(Piece(fields=b"Content-Type: message/rfc822\r\n", content=raw))


def _eight_bit(piece: Piece) -> Piece:
    """Say so where a part has other octets than ASCII (RFC 2045 §6.4: each level for itself)."""
    if piece.content.isascii():
        return piece
    fields = piece.fields + b"Content-Transfer-Encoding: 8bit\r\n"
    return Piece(fields=fields, content=piece.content)


def _rendered(name: str, mail: Mail, contents: Contents) -> str:
    environment = letters.templates_of_mail()
    return templates.render(environment, name, mail.language, mail=mail, contents=contents)
