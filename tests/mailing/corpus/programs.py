"""What people's programs make: their fields, their ways of quoting, and their trees of parts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from tests.mailing.corpus.sample import (
    AUTHOR,
    DATE,
    LIST,
    Entity,
    Sample,
    attachment,
    coded,
    multipart,
    text,
    whole,
    word,
)

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
PDF = b"%PDF-1.4\n" + b"1 0 obj <<>> endobj\n" * 60


@dataclass(frozen=True, kw_only=True)
class Program:
    """How one program writes: fields above the content, a boundary, and what it sets before HTML.

    `%s` is the name of the mail.
    """

    fields: str
    boundary: str
    html: str = "<html><body><p>%s</p></body></html>"
    encoding: str = "quoted-printable"
    #: The line above what is quoted.
    wrote: str = "On Mon, 1 Feb 2027 at 09:00, Ada Holm wrote:"


PROGRAMS = {
    "Outlook": Program(
        fields="Thread-Topic: %s\r\nThread-Index: AdrX0Q==\r\nAccept-Language: nb-NO, en-US\r\n"
        "X-MS-Has-Attach:\r\nX-Mailer: Microsoft Outlook 16.0\r\n",
        boundary="_000_AM0PR01MB1234_",
        html='<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>'
        "<!-- p.MsoNormal {margin:0cm} --></style><!--[if gte mso 9]><xml></xml><![endif]--></head>"
        '<body lang="NO"><div class="WordSection1"><p class="MsoNormal">%s<o:p></o:p></p>'
        "</div></body></html>",
        encoding="base64",
        wrote="Fra: Ada Holm <ada.holm@example.org>\r\nSendt: mandag 1. februar 2027 09:00\r\n"
        "Til: corpus@lists.example.org\r\nEmne: Lunsj",
    ),
    "Gmail": Program(
        fields="X-Gm-Message-State: AOJu0Yw%s\r\nX-Received: by 2002:a05:6402 with SMTP id a1\r\n",
        boundary="000000000000a1b2c3",
        html='<div dir="ltr">%s<br clear="all"><div><br></div></div>',
    ),
    "Apple Mail": Program(
        fields="X-Mailer: Apple Mail (2.3774.300.61)\r\nX-Universally-Unique-Identifier: %s\r\n",
        boundary="Apple-Mail=_9C2A",
        html='<html><body style="overflow-wrap: break-word;">%s<div><br class="x"/></div>'
        "</body></html>",
        wrote="> Den 1. feb. 2027 kl. 09:00 skrev Ada Holm <ada.holm@example.org>:",
    ),
    "Thunderbird": Program(
        fields="User-Agent: Mozilla Thunderbird\r\nContent-Language: nb-NO\r\nX-Note: %s\r\n",
        boundary="------------0a1B2c3D4e5F",
        html='<!DOCTYPE html>\r\n<html><head><meta http-equiv="content-type" content="text/html; '
        'charset=UTF-8"></head><body><p>%s</p></body></html>',
        encoding="8bit",
        wrote="Den 01.02.2027 09:00, skrev Ada Holm:",
    ),
    "mutt": Program(
        fields="User-Agent: Mutt/2.2.9 (2022-11-12)\r\nX-Note: %s\r\n"
        "Content-Disposition: inline\r\n",
        boundary="tKW2IUtsqtDRztdT",
        encoding="8bit",
    ),
    "a phone": Program(
        fields="X-Mailer: iPhone Mail (21D50)\r\nX-Note: %s\r\n",
        boundary="Apple-Mail-7F",
        html='<html><body dir="auto">%s<br><br><div dir="ltr">Sendt fra min iPhone</div>'
        "</body></html>",
        encoding="base64",
        wrote="1. feb. 2027 kl. 09:00 skrev Ada Holm <ada.holm@example.org>:\r\n",
    ),
    "webmail": Program(
        fields="User-Agent: Roundcube Webmail/1.6.5\r\nX-Sender: wei.zhang@example.org\r\n"
        "X-Note: %s\r\n",
        boundary="=_d41d8cd98f00b204",
        wrote="Ada Holm skrev 01.02.2027 09:00:",
    ),
    "a script": Program(
        fields="X-Note: %s\r\n", boundary="===============12345==", encoding="7bit"
    ),
}

#: Given the program, the words, and what follows them.
Build = Callable[[Program, str, str], Entity]


def _plain(program: Program, words: str, rest: str) -> Entity:
    encoding = "8bit" if program.encoding == "7bit" else program.encoding
    return text(f"{words}\r\n{rest}", encoding=encoding)


def _flowed(program: Program, words: str, rest: str) -> Entity:
    flowed = f"{words} \r\nand it flows on. \r\n{rest}"
    return text(flowed, encoding="8bit", more="; format=flowed; delsp=no")


def _html(program: Program, words: str, rest: str) -> Entity:
    page = (program.html % words).encode("ascii", "xmlcharrefreplace").decode()
    return text(page, encoding="quoted-printable", kind="html")


def _alternative(program: Program, words: str, rest: str) -> Entity:
    both = (_plain(program, words, rest), _html(program, words, rest))
    return multipart("alternative", *both, boundary=f"{program.boundary}alt")


def _related(program: Program, words: str, rest: str) -> Entity:
    page = _html(program, f'{words} <img src="cid:logo@x">', rest)
    fields = (
        'Content-Type: image/png; name="logo.png"\r\nContent-ID: <logo@x>\r\n'
        'Content-Transfer-Encoding: base64\r\nContent-Disposition: inline; filename="logo.png"\r\n'
    )
    picture = Entity(fields=fields, body=coded(PICTURE, "base64"))
    return multipart(
        "related", page, picture, boundary=f"{program.boundary}rel", more='; type="text/html"'
    )


def _mixed(program: Program, words: str, rest: str) -> Entity:
    report = attachment('filename="rapport.pdf"', PDF)
    text_first = _alternative(program, words, rest)
    return multipart("mixed", text_first, report, boundary=f"{program.boundary}mix")


def _all(program: Program, words: str, rest: str) -> Entity:
    inner = multipart(
        "alternative",
        _plain(program, words, rest),
        _related(program, words, rest),
        boundary=f"{program.boundary}in",
    )
    poster = attachment("filename*=utf-8''pl%C3%A5kat.png", PICTURE, "image/png")
    return multipart("mixed", inner, poster, boundary=f"{program.boundary}out")


def _calendar(program: Program, words: str, rest: str) -> Entity:
    event = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Corpus//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
        "UID:corpus@example.org\r\nDTSTAMP:20270201T090000Z\r\nDTSTART:20270203T110000Z\r\n"
        f"DTEND:20270203T120000Z\r\nSUMMARY:{words}\r\nORGANIZER:mailto:{AUTHOR}\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    invitation = text(event, encoding="base64", kind="calendar", more="; method=REQUEST")
    both = (_plain(program, words, rest), _html(program, words, rest), invitation)
    return multipart("alternative", *both, boundary=f"{program.boundary}cal")


def _openpgp(program: Program, words: str, rest: str) -> Entity:
    signature = Entity(
        fields='Content-Type: application/pgp-signature; name="signature.asc"\r\n',
        body=b"-----BEGIN PGP SIGNATURE-----\r\n\r\niQEzBAEBCgAdFiEE\r\n=abcd\r\n"
        b"-----END PGP SIGNATURE-----\r\n",
    )
    more = '; micalg=pgp-sha512; protocol="application/pgp-signature"'
    signed = text(f"{words}\r\n{rest}", encoding="quoted-printable")
    return multipart("signed", signed, signature, boundary=f"{program.boundary}sig", more=more)


def _smime(program: Program, words: str, rest: str) -> Entity:
    signature = attachment(
        'filename="smime.p7s"',
        b"\x30\x80" + bytes(500),
        'application/pkcs7-signature; name="smime.p7s"',
    )
    more = '; micalg=sha-256; protocol="application/pkcs7-signature"'
    signed = _alternative(program, words, rest)
    return multipart("signed", signed, signature, boundary=f"{program.boundary}p7", more=more)


def _forwarded(program: Program, words: str, rest: str) -> Entity:
    inner = (
        f"From: Ada Holm <ada.holm@example.org>\r\nSubject: {word('Før lunsj')}\r\n"
        f"Date: {DATE}\r\n\r\nHei!\r\n"
    )
    fields = "Content-Type: message/rfc822\r\nContent-Disposition: inline\r\n"
    original = Entity(fields=fields, body=inner.encode())
    return multipart(
        "mixed", _plain(program, words, rest), original, boundary=f"{program.boundary}fwd"
    )


STRUCTURES: dict[str, Build] = {
    "plain": _plain,
    "flowed": _flowed,
    "HTML": _html,
    "alternative": _alternative,
    "related": _related,
    "mixed": _mixed,
    "everything": _all,
    "invitation": _calendar,
    "OpenPGP": _openpgp,
    "S/MIME": _smime,
    "forwarded": _forwarded,
}
QUOTED = ("", "{wrote}\r\n> Skal vi spise lunsj?\r\n> \r\n>> Ja!\r\n")
NAMES = ("Wei Zhang", "Åse Ødegård", "Zhang, Wei (FYS)", "張偉")


def samples(random: Random) -> Iterator[Sample]:
    """Give each tree as each program makes it, as a first mail and as an answer."""
    for by, program in PROGRAMS.items():
        for shape, build in STRUCTURES.items():
            for rest in QUOTED:
                name = f"{shape} by {by}{', an answer' if rest else ''}"
                words = f"Blåbærtur {random.randint(1000, 9999)} på søndag"
                entity = build(program, words, rest.format(wrote=program.wrote))
                yield Sample(name=name, raw=_mail(name, program, entity, random), words=words)


def _mail(name: str, program: Program, entity: Entity, random: Random) -> bytes:
    who = random.choice(NAMES)
    shown = f'"{who}"' if who.isascii() else word(who, kind=random.choice("BQ"))
    answered = random.choice(("", "References: <a@x.example>\r\n <b@x.example>\r\n"))
    fields = [
        f"From: {shown} <{AUTHOR}>\r\n",
        f"To: {random.choice((LIST, f'<{LIST}>', f'Corpus <{LIST}>, ada.holm@example.org'))}\r\n",
        f"Subject: {name}: {word('Tur på søndag', kind=random.choice('BQ'))}\r\n",
        f"Date: {DATE}\r\n",
        f"Message-ID: <{random.randrange(16**12):012x}@corpus.example.org>\r\n",
        program.fields % name.replace(" ", "."),
        answered,
        random.choice(("MIME-Version: 1.0\r\n", "Mime-Version: 1.0 (1.0)\r\n")),
    ]
    random.shuffle(fields)
    received = "Received: from mx.example.org by lists.example.org; 1 Feb 2027 10:00:00 +0100\r\n"
    return whole("".join((received, *fields)).encode() + entity.raw)
