"""One sample mail, and the pieces of which mails are made: octets with CR LF, nothing parsed."""

import base64
import binascii
from dataclasses import dataclass

LIST = "corpus@lists.example.org"
AUTHOR = "wei.zhang@example.org"
DATE = "Mon, 1 Feb 2027 10:00:00 +0100"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A mail, and what becomes of it."""

    name: str
    raw: bytes
    #: Stands in what people read of it: in the archive and in a digest.
    words: str
    #: The state in which it ends when it has come in.
    ends: str = "held"
    #: The envelope's; empty for the null sender.
    sender: str = AUTHOR


@dataclass(frozen=True, kw_only=True)
class Entity:
    """A part of a mail, or all of it: its Content fields and what stands below them."""

    fields: str
    body: bytes

    @property
    def raw(self) -> bytes:
        """Give the part as it stands between two boundaries."""
        return self.fields.encode() + b"\r\n" + self.body


def word(text: str, charset: str = "utf-8", *, kind: str = "B") -> str:
    """Write encoded words of at most 75 signs each, no character cut in two (RFC 2047 §2)."""
    room = (75 - len(charset) - 7) // (3 if kind == "Q" else 2)
    pieces, piece = [], ""
    for sign in text:
        if len((piece + sign).encode(charset)) > room:
            pieces.append(piece)
            piece = ""
        piece += sign
    octets = [each.encode(charset) for each in (*pieces, piece)]
    return "\r\n ".join(f"=?{charset}?{kind}?{_coded(each, kind)}?=" for each in octets)


def _coded(octets: bytes, kind: str) -> str:
    if kind == "B":
        return base64.b64encode(octets).decode()
    return "".join(
        chr(octet) if chr(octet).isalnum() and octet < 128 else f"={octet:02X}" for octet in octets
    )


def coded(octets: bytes, encoding: str) -> bytes:
    """Write a body in one of the transfer encodings; lines end in CR LF before and after."""
    if encoding == "base64":
        signs = base64.b64encode(octets)
        return b"".join(signs[at : at + 76] + b"\r\n" for at in range(0, len(signs), 76))
    if encoding == "quoted-printable":
        lines = octets.split(b"\r\n")
        soft = b"\r\n".join(binascii.b2a_qp(line, istext=True) for line in lines)
        return soft.replace(b"=\r\n", b"=\n").replace(b"=\n", b"=\r\n")
    return octets


def text(
    words: str,
    charset: str = "utf-8",
    *,
    encoding: str = "8bit",
    kind: str = "plain",
    more: str = "",
) -> Entity:
    """Make a text part."""
    fields = (
        f"Content-Type: text/{kind}; charset={charset}{more}\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n"
    )
    return Entity(fields=fields, body=coded(words.encode(charset), encoding))


def attachment(name_parameter: str, octets: bytes, kind: str = "application/pdf") -> Entity:
    """Make a part to be saved; `name_parameter` is as it stands: `filename="x.pdf"`."""
    fields = (
        f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; {name_parameter}\r\n"
    )
    return Entity(fields=fields, body=coded(octets, "base64"))


def multipart(kind: str, *parts: Entity, boundary: str = "=_b", more: str = "") -> Entity:
    """Put parts together."""
    quoted = f'boundary="{boundary}"'
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + part.raw + b"\r\n" for part in parts) + mark + b"--\r\n"
    return Entity(fields=f"Content-Type: multipart/{kind}; {quoted}{more}\r\n", body=body)


def mail(name: str, entity: Entity, *, subject: str = "", fields: str = "", who: str = "") -> bytes:
    """Make a mail with the usual fields; its Message-ID is its name."""
    head = (
        f"From: {who or f'Wei Zhang <{AUTHOR}>'}\r\nTo: {LIST}\r\n"
        f"Subject: {subject or f'About {name}'}\r\nDate: {DATE}\r\n"
        f"Message-ID: <{name.replace(' ', '.')}@corpus.example.org>\r\n"
        f"{fields}MIME-Version: 1.0\r\n"
    )
    return whole(head.encode() + entity.raw)


def whole(raw: bytes) -> bytes:
    """End the last line, as everything does that comes over the wire."""
    return raw if raw.endswith(b"\r\n") else raw + b"\r\n"
