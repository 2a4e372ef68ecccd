"""Mails that are made to cost their reader dearly, by what they overdo."""

SENDER = "kari@example.org"
FROM = b"From: kari@example.org\r\nSubject: x\r\n"


def tree(levels: int) -> bytes:
    """Give a mail of so many parts, each within the last."""
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
        for level in range(levels)
    )
    return FROM + opened + b"\r\ndeep\r\n"


_FIELDS = {
    "encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 64_000,
    "commas": b"To: " + b"," * 16_000,
    "quotes": b"From: " + b'"\\' * 8_000,
    "comments": b"From: " + b"(" * 16_000,
    "semicolons": b"Content-Type: text/plain" + b";" * 16_000,
    "parameters": b"Content-Type: text/plain" + b"; a*0*=x" * 1_800,
    "message ids": b"References: " + b"<a" * 8_000,
    "one header": b"A:\r\n" * 6_000_000,
    "25 MB in 25 levels": tree(25) + (b"x" * 76 + b"\r\n") * 330_000,
    "nested tags": b"Content-Type: text/html\r\n\r\n" + b"<div>" * 40_000,
    "open tags": b"Content-Type: text/html\r\n\r\n" + b"<a " * 68_000,
    "open heads": b"Content-Type: text/html\r\n\r\n" + b"<head>" * 34_000,
    "closed links": b"Content-Type: text/html\r\n\r\n" + b"<a href=http:x>x<p></a></a>" * 7_000,
}

#: Each a whole mail.
HOSTILE = {
    name: FROM + fields + (b"" if b"\r\n\r\n" in fields else b"\r\n\r\nx")
    for name, fields in _FIELDS.items()
}
