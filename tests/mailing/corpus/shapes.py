"""Bodies, trees of parts and names of files that are seldom and come all the same."""

import base64
from collections.abc import Iterator

from tests.mailing.corpus.odd import WORDS
from tests.mailing.corpus.programs import PDF
from tests.mailing.corpus.sample import (
    Entity,
    Sample,
    attachment,
    coded,
    mail,
    multipart,
    text,
    word,
)


def samples() -> Iterator[Sample]:
    """Give them all."""
    yield from _bodies()
    yield from _trees()
    yield from _names_of_files()


def _without(field: str) -> bytes:
    raw = mail(f"no {field}", text(f"{WORDS}\r\nwithout {field}\r\n"))
    head, _, body = raw.partition(b"\r\n\r\n")
    kept = [line for line in head.split(b"\r\n") if not line.startswith(f"{field}:".encode())]
    return b"\r\n".join(kept) + b"\r\n\r\n" + body


def _bodies() -> Iterator[Sample]:
    """Odd bodies of one part, and what is left out."""
    for field in ("Message-ID", "Subject", "Date", "To", "From", "MIME-Version", "Content-Type"):
        yield Sample(name=f"no {field}", raw=_without(field), words=WORDS)
    page = "<html><head><title>x</title></head><body>{}</body></html>"
    latin = f"{WORDS}\r\n".encode("latin-1")
    unstated = Entity(fields="", body=latin)
    for name, entity in {
        "dots at the start of lines": text(f"{WORDS}\r\n.\r\n..\r\n.x\r\n"),
        "From at the start of a line": text(f"{WORDS}\r\n\r\nFrom here on.\r\n"),
        "blanks at the ends of lines": text(f"{WORDS}   \r\n\t\r\n   \r\nx \t \r\n\r\n\r\n"),
        "a line of 998": text(f"{WORDS}\r\n{'x' * 998}\r\n"),
        "a line of 60,000": text(f"{WORDS}\r\n{'blåbær ' * 8_000}\r\n"),
        "Latin-1 that is not stated": unstated,
        "UTF-8 that is not stated": Entity(fields="", body=f"{WORDS}\r\n".encode()),
        "plain words in base64": text(f"{WORDS}\r\n", encoding="base64"),
        "an encoding in capitals": Entity(
            fields="CONTENT-TYPE: TEXT/PLAIN; CHARSET=UTF-8\r\n"
            "CONTENT-TRANSFER-ENCODING: BASE64\r\n",
            body=coded(f"{WORDS}\r\n".encode(), "base64"),
        ),
        "base64 with rubbish within": Entity(
            fields="Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\n",
            body=b"!!" + base64.b64encode(f"{WORDS}\r\n".encode()) + b"\r\n-- \r\n",
        ),
        "escapes that are none": Entity(
            fields="Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n",
            body=b"Kaffe p=C3=A5 Hangaren =ZZ =\r\n=3\r\n",
        ),
        "an encoding that nobody knows": Entity(
            fields="Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: x-odd\r\n",
            body=f"{WORDS}\r\n".encode(),
        ),
        "a file written into the words": text(
            f"{WORDS}\r\n\r\nbegin 644 x.txt\r\n#0V%T\r\n`\r\nend\r\n"
        ),
        "OpenPGP within the words": text(
            f"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA512\r\n\r\n{WORDS}\r\n"
            "-----BEGIN PGP SIGNATURE-----\r\n\r\nabcd\r\n-----END PGP SIGNATURE-----\r\n"
        ),
        "a page without a body": text(f"<p>{WORDS}", encoding="base64", kind="html"),
        "a page with a script": text(
            page.format(f"<script>alert(1)</script><!-- x --><p onclick=x()>{WORDS}</p>"),
            kind="html",
        ),
        "a page of tables": text(
            page.format(f"<table><tr><td>{WORDS}</td><td>12:00</td></tr></table>" * 50), kind="html"
        ),
        "a page with pictures from elsewhere": text(
            page.format(f'<img src="https://spy.example/p.gif">{WORDS}'), kind="html"
        ),
        "enriched text": text(f"<bold>{WORDS}</bold>\r\n", kind="enriched"),
        "Markdown": text(f"# {WORDS}\r\n\r\n* <!channel>\r\n", kind="markdown"),
        "signs that turn words around": text(f"{WORDS}\r\n\u202e\u2066\u200f abc\r\n"),
        "thousands of lines": text(f"{WORDS}\r\n" + "a line\r\n" * 20_000),
    }.items():
        yield Sample(name=name, raw=mail(name, entity), words=WORDS)
    nothing = mail("nothing below the header", text(""), subject=word(WORDS))
    yield Sample(name="nothing below the header", raw=nothing, words=WORDS)


def _trees() -> Iterator[Sample]:
    """Odd trees of parts."""
    said = text(f"{WORDS}\r\n")
    deep = said
    for level in range(12):
        deep = multipart("mixed", deep, boundary=f"level{level}=")
    whole = multipart("mixed", said, attachment('filename="a.pdf"', PDF))
    for name, entity in {
        "twelve levels": deep,
        "one part in a multipart": multipart("mixed", said),
        "a strange boundary": multipart("mixed", said, boundary="'()+_,-./:=? x"),
        "words around the parts": Entity(
            fields=whole.fields,
            body=b"This is a MIME mail.\r\n\r\n" + whole.body + b"\r\nThe end.\r\n",
        ),
        "an end that never comes": Entity(
            fields=whole.fields, body=whole.body.removesuffix(b"--=_b--\r\n")
        ),
        "no boundary": Entity(
            fields="Content-Type: multipart/mixed\r\n", body=f"{WORDS}\r\n".encode()
        ),
        "a boundary that never comes": Entity(
            fields='Content-Type: multipart/mixed; boundary="other"\r\n', body=whole.body
        ),
        "empty parts": multipart("mixed", said, Entity(fields="", body=b""), text("")),
        "forty files": multipart(
            "mixed", said, *(attachment(f'filename="{n}.pdf"', PDF) for n in range(40))
        ),
        "the file before the words": multipart(
            "mixed", attachment('filename="first.pdf"', PDF), said
        ),
        "words that are a file": multipart(
            "mixed",
            said,
            Entity(
                fields="Content-Type: text/plain; charset=utf-8\r\n"
                'Content-Disposition: attachment; filename="notes.txt"\r\n',
                body=b"Not to be read.\r\n",
            ),
        ),
        "a digest of others": multipart(
            "mixed",
            said,
            multipart(
                "digest", Entity(fields="", body=b"Subject: x\r\n\r\nHello\r\n"), boundary="d"
            ),
        ),
        "Outlook's own file": multipart(
            "mixed", said, attachment('filename="winmail.dat"', bytes(99), "application/ms-tnef")
        ),
        "a card": multipart(
            "mixed",
            said,
            text("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Wei\r\nEND:VCARD\r\n", kind="vcard"),
        ),
        "encrypted by OpenPGP beside words": multipart(
            "mixed",
            said,
            multipart(
                "encrypted",
                Entity(
                    fields="Content-Type: application/pgp-encrypted\r\n", body=b"Version: 1\r\n"
                ),
                Entity(
                    fields='Content-Type: application/octet-stream; name="encrypted.asc"\r\n',
                    body=b"-----BEGIN PGP MESSAGE-----\r\n\r\nabcd\r\n"
                    b"-----END PGP MESSAGE-----\r\n",
                ),
                boundary="enc",
                more='; protocol="application/pgp-encrypted"',
            ),
        ),
        "a part of a set nobody knows": multipart(
            "mixed",
            Entity(
                fields="Content-Type: text/plain; charset=x-odd\r\n", body=f"{WORDS}\r\n".encode()
            ),
        ),
        "parameters over lines": multipart(
            "alternative", said, more=';\r\n\ttype="text/plain";\r\n charset="utf-8"'
        ),
    }.items():
        yield Sample(name=name, raw=mail(name, entity), words=WORDS)
    sealed = Entity(
        fields="Content-Type: application/pkcs7-mime; smime-type=enveloped-data; "
        'name="smime.p7m"\r\n'
        "Content-Transfer-Encoding: base64\r\n"
        'Content-Disposition: attachment; filename="smime.p7m"\r\n',
        body=coded(bytes(700), "base64"),
    )
    name = "encrypted by S/MIME"
    yield Sample(name=name, raw=mail(name, sealed, subject=f"{name} {word(WORDS)}"), words=name)
    picture = multipart("mixed", attachment('filename="a.png"', bytes(99), "image/png"))
    name = "a picture alone"
    yield Sample(name=name, raw=mail(name, picture), words=name)


def _names_of_files() -> Iterator[Sample]:
    """Names of files in all their spellings (RFC 2231, and those that are none)."""
    spellings = {
        "in ASCII": 'filename="report.pdf"',
        "without quotes": "filename=report.pdf",
        "in UTF-8 by RFC 2231": "filename*=UTF-8''bl%C3%A5b%C3%A6r.pdf",
        "in Latin-1 with a language": "filename*=iso-8859-1'nb'bl%E5b%E6r.pdf",
        "in pieces": 'filename*0="a very"; filename*1=" long"; filename*2=" name.pdf"',
        "in pieces that are encoded": "filename*0*=utf-8''bl%C3; "
        "filename*1*=%A5b%C3%A6; filename*2=r.pdf",
        "as an encoded word": f'filename="{word("blåbær.pdf")}"',
        "in raw UTF-8": 'filename="blåbær.pdf"',
        "twice": "filename=\"a.pdf\"; filename*=utf-8''b.pdf",
        "of three hundred signs": f'filename="{"x" * 300}.pdf"',
        "with a path": 'filename="..\\\\..\\\\etc/passwd"',
        "that turns around": "filename*=utf-8''%E2%80%AEfdp.exe",
        "of nothing": 'filename=""',
        "with a quote that never ends": 'filename="report.pdf',
    }
    for spelling, parameter in spellings.items():
        name = f"a name {spelling}"
        entity = multipart("mixed", text(f"{WORDS}\r\n"), attachment(parameter, PDF))
        yield Sample(name=name, raw=mail(name, entity), words=WORDS)
