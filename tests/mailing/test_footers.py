"""Mails of every shape with a footer: where it stands, and that nothing else has changed."""

import base64
import email
import quopri
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailing import footers, headers
from tests.mailing.mails import ODD, mail

LINK = "https://samband.example.org/posts/17/choices"
LINES = ("On the list.", LINK)
NORSK = ("På listen: æøå.", LINK)
BELOW = f"-- \r\nOn the list.\r\n{LINK}\r\n".encode()
HTML = (
    b'\r\n<p style="margin:16px 0 0 0;font-family:sans-serif;font-size:small;color:#5b6d77;">'
    b"On the list.<br>\r\n" + f'<a href="{LINK}">{LINK}</a></p>\r\n'.encode()
)
MIXED = b'Content-Type: multipart/mixed; boundary="m"\r\n'
OTHER = b'Content-Type: multipart/alternative; boundary="a"\r\n'
PAGE = b"<html><body>\r\n<p>Hello</p>\r\n</body></html>\r\n"


def footed(head: bytes, body: bytes, lines: tuple[str, ...] = LINES) -> bytes | None:
    return footers.footed(headers.part(head + b"\r\n" + body), lines)


def text(charset: str = "us-ascii", encoding: str = "7bit", kind: str = "plain") -> bytes:
    return (
        f"Content-Type: text/{kind}; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n"
    ).encode()


def read(head: bytes, body: bytes | None) -> str:
    """Give the text as another program reads it."""
    assert body is not None
    made = email.message_from_bytes(
        b"MIME-Version: 1.0\r\n" + head + b"\r\n" + body, policy=default
    )
    assert isinstance(made, EmailMessage)
    content: str = made.get_content()
    return content


def of_parts(boundary: str, *pieces: bytes, end: bytes = b"--\r\nafter\r\n") -> bytes:
    mark = f"--{boundary}".encode()
    inner = b"".join(b"\r\n" + mark + b"\r\n" + piece for piece in pieces)
    return b"before" + inner + b"\r\n" + mark + end


@pytest.mark.parametrize(
    ("body", "before"),
    [
        (b"Hello\r\n", b"Hello\r\n\r\n"),
        (b"Hello", b"Hello\r\n\r\n"),
        (b"", b"\r\n"),
        (b"Hello\r\n\r\n-- \r\nMona\r\n", b"Hello\r\n\r\n-- \r\nMona\r\n\r\n"),
        (b".\r\n..\r\n", b".\r\n..\r\n\r\n"),
    ],
)
def test_plain_text_has_it_at_its_end(body: bytes, before: bytes) -> None:
    assert footed(b"", body) == before + BELOW
    assert footed(text(), body) == before + BELOW
    assert footed(text("utf-8", "8bit"), body) == before + BELOW


@pytest.mark.parametrize(
    ("charset", "octets"),
    [("utf-8", b"bl\xc3\xa5\r\n"), ("iso-8859-1", b"bl\xe5\r\n"), ("windows-1252", b"bl\xe5\r\n")],
)
def test_it_is_written_in_the_character_set_of_the_mail(charset: str, octets: bytes) -> None:
    body = footed(text(charset, "8bit"), octets, NORSK)

    assert body is not None
    assert body.startswith(octets)
    assert body.decode(charset) == f"blå\r\n\r\n-- \r\nPå listen: æøå.\r\n{LINK}\r\n"


def test_quoted_printable_goes_on_as_such() -> None:
    came = b"bl=C3=A5 =\r\nb=C3=A6r\r\n"
    head = text("utf-8", "quoted-printable")

    body = footed(head, came, NORSK)

    assert body is not None
    assert body.startswith(came + b"\r\n--=20\r\nP=C3=A5 listen")
    assert body.isascii()
    assert read(head, body).replace("\r\n", "\n") == (f"blå bær\n\n-- \nPå listen: æøå.\n{LINK}\n")


@pytest.mark.parametrize("octets", [b"a", b"ab", b"abc", b"abcd\r\n", b"x" * 500, "blå".encode()])
@pytest.mark.parametrize("width", [4, 60, 76])
def test_base64_goes_on_as_such(octets: bytes, width: int) -> None:
    signs = base64.b64encode(octets)
    came = b"\r\n".join(signs[at : at + width] for at in range(0, len(signs), width)) + b"\r\n"
    head = text("utf-8", "base64")

    body = footed(head, came, NORSK)

    assert body is not None
    assert body.startswith(came[: len(octets) // 3 * 4])
    assert max(map(len, body.split(b"\r\n"))) <= 76
    below = f"\r\n-- \r\nPå listen: æøå.\r\n{LINK}\r\n".encode()
    ended = octets if octets.endswith(b"\n") else octets + b"\r\n"
    assert base64.b64decode(body) == ended + below


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (text("us-ascii"), b"Hello\r\n"),
        (text("utf-8", "7bit"), b"Hello\r\n"),
        (text("koi8-r", "8bit"), b"Hello\r\n"),
        (text("iso-2022-jp", "7bit"), b"\x1b$B\r\n"),
        (text("utf-16", "8bit"), b"H\x00i\x00\r\n"),
        (text("utf-7", "7bit"), b"Hello\r\n"),
        (text("utf-8", "x-uuencode"), b"Hello\r\n"),
        (text("utf-8", "quoted-printable"), b"x" * 100_000),  # one line, to be walked through
        (text("utf-8", "base64"), b"SGVs!G8=\r\n"),
        (text("utf-8", "base64"), b"SGVsbG8\r\n"),
        (text("utf-8", "base64"), b"SGVsbG8=\r\nSGVs\r\n"),
    ],
)
def test_where_it_cannot_be_written_cleanly_there_is_none(head: bytes, body: bytes) -> None:
    assert footed(head, body, NORSK) is None


def test_html_has_it_before_its_body_ends() -> None:
    at = PAGE.index(b"</body>")

    assert footed(text(kind="html"), PAGE) == PAGE[:at] + HTML + PAGE[at:]


def test_html_in_other_encodings_has_it_too() -> None:
    encoded = base64.encodebytes(PAGE * 3 + PAGE).replace(b"\n", b"\r\n")
    at = PAGE.index(b"</body>")
    body = footed(text("utf-8", "base64", "html"), encoded)
    quoted = PAGE.replace(b"Hello", b"Hell=C3=B8").replace(b"style=", b"style=3D")

    assert body is not None
    assert base64.b64decode(body) == PAGE * 3 + PAGE[:at] + HTML + PAGE[at:]
    assert read(
        text("utf-8", "quoted-printable", "html"),
        footed(text("utf-8", "quoted-printable", "html"), quoted),
    ).replace("\r\n", "\n") == (
        (PAGE[:at] + HTML + PAGE[at:]).decode().replace("Hello", "Hellø").replace("\r\n", "\n")
    )


@pytest.mark.parametrize(
    "page",
    [
        b'<div dir="ltr">Hello</div>\r\n',
        b"<html><body><p>Hello</P >",
        b"<style>p {}</style><!-- x --><table><tr><td>Hello</td></tr></table>",
        b"<blockquote>Hello</blockquote><br>\r\n",
    ],
)
def test_html_without_an_end_has_it_behind_what_is_closed(page: bytes) -> None:
    assert footed(text(kind="html"), page) == page + HTML


@pytest.mark.parametrize("end", [b"</body></html>=", b"</bo=\r\ndy></ht=\r\nml>=\r\n", b"</body>"])
def test_soft_line_ends_hide_no_end_of_a_page(end: bytes) -> None:
    """Apple Mail writes a whole page as one line, with one of them at its end."""
    head = text("utf-8", "quoted-printable", "html")
    start = b"<html><body>Bl=C3=A5b=C3=A6r og =\r\nkaffe"

    body = footed(head, start + end)

    assert body is not None
    assert body.startswith(start + b"\r\n<p")
    assert body.endswith(b"</p>\r\n" + end)
    assert quopri.decodestring(body) == quopri.decodestring(start) + HTML + quopri.decodestring(end)


@pytest.mark.parametrize(
    "page",
    [
        b"<p>Hello",
        b"<html><body>Hello</body></html><p>more",
        b"</body><script>x</script>",
        b"<p>Hello</p><!-- </div>",
        b"<style> </div>",
        b"<textarea><p></p>",
    ],
)
def test_html_that_ends_otherwise_stays_as_it_is(page: bytes) -> None:
    assert footed(text(kind="html"), page) is None


def test_html_can_hold_nothing_but_our_words() -> None:
    body = footed(text("utf-8", "8bit", "html"), PAGE, ("<script>æ & ø", LINK))

    assert body is not None
    assert b"&lt;script&gt;&#230; &amp; &#248;<br>" in body


def test_of_two_forms_both_have_it_and_nothing_else_changes() -> None:
    plain, page = text() + b"\r\nHello\r\n", text(kind="html") + b"\r\n" + PAGE
    at = page.index(b"</body>")

    assert footed(OTHER, of_parts("a", plain, page)) == of_parts(
        "a", plain + b"\r\n" + BELOW, page[:at] + HTML + page[at:]
    )


def test_with_attachments_what_is_read_has_it() -> None:
    plain = text() + b"\r\nHello"
    file = b"Content-Type: application/pdf\r\nContent-Disposition: attachment\r\n\r\n%PDF"

    assert footed(MIXED, of_parts("m", plain, file)) == of_parts(
        "m", plain + b"\r\n\r\n" + BELOW, file
    )


def test_two_forms_within_a_mail_with_attachments_have_it() -> None:
    forms = (
        OTHER + b"\r\n" + of_parts("a", text() + b"\r\nHello\r\n", text(kind="html") + b"\r\n<p>")
    )
    file = b"Content-Type: image/png\r\n\r\n..."

    assert footed(MIXED, of_parts("m", forms, file)) == of_parts(
        "m", forms.replace(b"Hello\r\n", b"Hello\r\n\r\n" + BELOW), file
    )


def test_a_boundary_that_is_never_closed_and_one_within_another_are_no_trap() -> None:
    plain = text() + b"\r\n--mm\r\nHello\r\n--m-\r\n"

    assert footed(MIXED, of_parts("m", plain, end=b"x")) is not None
    closed = footed(MIXED, of_parts("m", plain))
    assert closed == of_parts("m", plain + b"\r\n" + BELOW)


NAMED = b'Content-Type: text/plain; name="data.csv"\r\n\r\n'
PICTURE = b"Content-Type: image/png; name=a.png\r\nContent-Disposition: inline\r\n\r\n..."


@pytest.mark.parametrize("before", [PICTURE, NAMED + b"a,b\r\n", text() + b"\r\nSee:\r\n"])
def test_it_stands_below_the_last_words_and_in_no_file(before: bytes) -> None:
    words, after = text() + b"\r\nThat was it.\r\n", NAMED + b"c,d\r\n"

    body = footed(MIXED, of_parts("m", before, PICTURE, words, after, PICTURE))

    assert body == of_parts("m", before, PICTURE, words + b"\r\n" + BELOW, after, PICTURE)


def test_of_two_pages_with_a_file_between_the_last_has_it() -> None:
    """Apple Mail writes so."""
    first, last = text(kind="html") + b"\r\n" + PAGE, text(kind="html") + b"\r\n" + PAGE * 2
    at = last.rindex(b"</body>")
    pages = (MIXED + b"\r\n" + of_parts("m", first, PICTURE, each) for each in
             (last, last[:at] + HTML + last[at:]))  # fmt: skip
    plain = text() + b"\r\nHello\r\n"

    came, leaves = (of_parts("a", said, page) for said, page in
                    zip((plain, plain + b"\r\n" + BELOW), pages, strict=True))  # fmt: skip

    assert footed(OTHER, came) == leaves


@pytest.mark.parametrize(
    "charset", ["GBK", "gb18030", "big5", "euc-kr", "koi8-r", "utf8", "cp1252"]
)
def test_character_sets_with_ascii_in_them_take_words_in_ascii(charset: str) -> None:
    octets = b"\xc4\xe3" if charset != "utf8" else b"\xc3\xa5"

    assert footed(text(charset, "8bit"), octets + b"\r\n") == octets + b"\r\n\r\n" + BELOW


SIGNED = b'Content-Type: multipart/signed; boundary="m"; protocol="application/pgp-signature"\r\n'
CALENDAR = b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\n"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (SIGNED, of_parts("m", text() + b"\r\nHello\r\n", b"\r\nsig")),
        (MIXED, of_parts("m", SIGNED.replace(b'"m"', b'"s"') + b"\r\n" + of_parts("s", b"\r\nx"))),
        (b'Content-Type: multipart/encrypted; boundary="m"\r\n', of_parts("m", b"\r\nx")),
        (b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n", b"MIIB\r\n"),
        (MIXED, of_parts("m", b"\r\nx", b"Content-Type: application/x-pkcs7-signature\r\n\r\nMII")),
        (text(), b"-----BEGIN PGP SIGNED MESSAGE-----\r\nHello\r\n"),
        (text("utf-8", "base64"), base64.b64encode(b"-----BEGIN PGP MESSAGE-----\r\n") + b"\r\n"),
        (OTHER, of_parts("a", text() + b"\r\nCome\r\n", CALENDAR)),
        (MIXED, of_parts("m", text() + b"\r\nCome\r\n", b"Content-Type: application/ics\r\n\r\nB")),
        (b'Content-Type: multipart/report; boundary="m"\r\n', of_parts("m", b"\r\nx")),
        (b"Content-Type: message/rfc822\r\n", b"Subject: x\r\n\r\nx"),
        (b"Content-Type: image/png\r\n", b"..."),
        (MIXED, of_parts("m", b"Content-Type: image/png\r\n\r\n...")),
        (MIXED, of_parts("m", NAMED + b"a,b\r\n")),
        (NAMED, b"a,b\r\n"),
        (b"Content-Disposition: attachment\r\n", b"Hello\r\n"),
        (b"Content-Type: multipart/mixed\r\n", b"no boundary"),
        (MIXED, of_parts("m", *[b"\r\nx"] * 600)),
        # Nothing ends the header of the part: others would read our lines as fields.
        (MIXED, of_parts("m", b"")),
        (MIXED, of_parts("m", b"Content-Type: text/plain\r\n")),
        (MIXED, of_parts("m", b"--m\r\n")),
    ],
)
def test_what_would_break_or_cannot_be_read_has_none(head: bytes, body: bytes) -> None:
    assert footed(head, body) is None


@pytest.mark.parametrize("name", ["plain", "alternative", "html", "norwegian", "signed"])
def test_our_example_mails_keep_every_octet(name: str) -> None:
    came = headers.part(mail(name))

    body = footers.footed(came, LINES)

    assert (body is None) is (name == "signed")
    assert body is None or _rest_of(came.body, body)


def _rest_of(came: bytes, body: bytes) -> bool:
    """Tell whether all lines that came are there, in their order, but for base64 written anew."""
    left = iter(body.split(b"\r\n"))
    lines = [line for line in came.split(b"\r\n") if line]
    return all(any(line == other for other in left) for line in lines)


@pytest.mark.parametrize("name", ODD)
def test_odd_mail_can_be_asked(name: str) -> None:
    footers.footed(headers.part(mail(f"odd/{name}")), LINES)


@given(
    st.sampled_from(
        [b"", text("utf-8", "base64"), text("utf-8", "quoted-printable", "html"), MIXED]
    ),
    st.binary(max_size=200) | st.sampled_from([b"</body>", b"--m\r\n\r\nx\r\n--m--", b"="]),
)
def test_any_mail_can_be_asked(head: bytes, body: bytes) -> None:
    footed(head, body)


@pytest.mark.parametrize(
    ("signature", "leaves", "breaks"),
    [
        (b"", b"Subject: [x] Lunch\r\n", False),
        (b"DKIM-Signature: v=1; h=from:subject:to; bh=x\r\n", b"Subject: Lunch\r\n", True),
        (b"DKIM-Signature: v=1; h=from:subject:to; bh=x\r\n", b"Subject: [x] Lunch\r\n", False),
        (b"DKIM-Signature: h=From:\r\n SUBJECT : To; bh=x\r\n", b"Subject: [x] Lunch\r\n", False),
        (b"DKIM-Signature: v=1; h=from:to; bh=x\r\n", b"Subject: [x] Lunch\r\n", True),
        (b"DKIM-Signature: nonsense\r\n", b"Subject: [x] Lunch\r\n", True),
    ],
)
def test_a_signature_that_would_hold_is_not_broken(
    signature: bytes, leaves: bytes, breaks: bool
) -> None:
    came = headers.part(signature + b"Subject: Lunch\r\n\r\nx")

    assert footers.breaks_a_signature(came, leaves) is breaks
