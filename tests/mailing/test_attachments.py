"""Attachments taken out of mails, as they are counted when the mail comes."""

import pytest

from mailing import attachments, checking, intake
from mailing.extracting import Extractor
from mailing.parser import Parser

MAIL = b"""From: ada@example.org\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
See the file.\r
--b\r
Content-Type: application/pdf; name="../../etc/call.pdf"\r
Content-Disposition: attachment\r
Content-Transfer-Encoding: base64\r
\r
JVBERi0=\r
--b\r
Content-Type: text/html\r
Content-Disposition: attachment; filename="=?utf-8?q?m=C3=B8te.html?="\r
\r
<script>alert(1)</script>\r
--b--\r
"""


def test_each_attachment_is_found_by_the_number_it_was_counted_by() -> None:
    names = [each.name for each in intake.read(MAIL).attachments]

    found = [attachments.extract(MAIL, number=str(n)) for n in (0, 1, 2, 3)]

    assert names == ["call.pdf", "møte.html"]
    assert [None if each is None else each.content for each in found] == [
        None,
        "JVBERi0=",
        "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
        None,
    ]


def test_mail_that_is_too_much_gives_nothing() -> None:
    parts = b"--b\r\n\r\nx\r\n" * 600
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n"

    assert attachments.extract(raw, number="1") is None
    assert attachments.extract(b"X: " + b"a" * 70_000 + b"\r\n\r\n", number="1") is None


@pytest.mark.anyio
async def test_bytes_come_out_of_the_child_as_they_were_put_in() -> None:
    parser = Parser(children=1)

    found = [await Extractor(parser).take(MAIL, number) for number in (1, 2, 9)]

    await parser.aclose()
    assert found == [b"%PDF-", b"<script>alert(1)</script>", None]


@pytest.mark.anyio
async def test_what_fills_the_largest_mail_comes_out_however_deep_it_lies() -> None:
    line = b"JVBERi0x" * 9 + b"\r\n"
    lines = 25 * 1024 * 1024 // len(line) - 100
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=%s\r\n\r\n--%s\r\n" % (b, b)
        for b in (b"a", b"bb", b"cc")
    )
    file = b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    signed = b"DKIM-Signature: v=1; a=ed25519-sha256; d=b.org; s=s; h=from; bh=AAAA; b=AAAA\r\n"
    head = b"From: ada@b.org\r\n" + signed
    answers = '{"s._domainkey.b.org": ["v=DKIM1; k=ed25519; p=MCow"]}'
    parser = Parser(children=1)

    # What checks signatures loads OpenSSL, and keeps it.
    await parser.ask(checking.check, head, answers=answers, now="2026-11-01T00:00:00+00:00")
    found = await parser.ask(attachments.extract, head + opened + file + line * lines, number="1")
    await parser.aclose()

    assert found is not None
    assert len(found.content) == len(line.strip()) * lines
