"""The forty worst mails, and where each ends: the one table of what bad mail does to us.

Each passes the real door in `tests/stories/test_the_worst_mails.py`; what it costs is measured by
`python -m bench hostile_mail`. Mails whose reader would not survive them are in `poisoned_child`.
"""

from dataclasses import dataclass

from tests.mailing.hostile import HOSTILE, tree

MEGABYTE = 1024 * 1024
#: A subscriber who writes for the first time, so that the post waits for a moderator.
MEMBER = "wei.zhang@example.org"
OUTSIDER = "eve@elsewhere.example"

STRAY = "refused: 554 5.5.2 Stray CR, LF or NUL: lines must end in CR LF"
LONG_HEADER = "refused: 554 5.6.0 The header of the mail is too long"
MANY_FIELDS = "refused: 554 5.6.0 The mail has too many header fields"
EMPTY = "refused: 554 5.6.0 The mail is empty"
LOOPING = "refused: 554 5.4.6 The mail passed too many hosts, it seems to go in circles"
TOO_BIG = "refused: 552 5.3.4 The mail is larger than we take"
#: `state: rule that spoke`.
NO_MEMBER = "held: nonmember"
NEWCOMER = "held: newcomer"
NO_AUTHOR = "held: sender"
UNREADABLE = "quarantined: unreadable"
MACHINE = "discarded: automatic"
LOOP = "discarded: loop"


@dataclass(frozen=True)
class Worst:
    """One bad mail as it leaves the client, and what becomes of it."""

    raw: bytes
    ends: str
    #: The envelope's; empty for the null sender.
    sender: str = OUTSIDER


def _mail(fields: bytes, body: bytes = b"Hello.\r\n", sender: str = MEMBER) -> bytes:
    return b"From: %s\r\n%s\r\n%s" % (sender.encode(), fields, body)


def _field(name: str, value: bytes) -> bytes:
    return _mail(b"%s: %s\r\n" % (name.encode(), value))


def _multipart(body: bytes) -> bytes:
    return _mail(b"Content-Type: multipart/mixed; boundary=b\r\n", body)


_REPORT = (
    b"From: MAILER-DAEMON@elsewhere.example\r\nSubject: Undelivered Mail Returned to Sender\r\n"
    b"Auto-Submitted: auto-replied\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n"
    b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; elsewhere.example\r\n\r\n"
    b"Final-Recipient: rfc822; ada.holm@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n--b--\r\n"
)
_NAMES = b"".join(
    b"--b\r\nContent-Disposition: attachment; "
    b'filename="../../etc/%d\xe2\x80\xaegpj.exe"\r\n\r\nx\r\n' % number
    for number in range(400)
)

#: Where those of `hostile.py` end that the gate or the tree of parts stops; all others are held.
_STOPPED = {
    "encoded words": LONG_HEADER,
    "one header": MANY_FIELDS,
    "25 MB in 25 levels": UNREADABLE,
    "quotes": NO_AUTHOR,
}

WORST = {
    **{
        name: Worst(raw.removesuffix(b"\r\n") + b"\r\n", _STOPPED.get(name, NO_MEMBER))
        for name, raw in HOSTILE.items()
    },
    "25 levels": Worst(tree(25), NO_MEMBER),
    "60 levels": Worst(tree(60), UNREADABLE),
    "100,000 parts": Worst(_multipart(b"--b\r\n\r\nx\r\n" * 100_000), UNREADABLE),
    "10,000 near boundaries": Worst(_multipart(b"--bb\r\n" * 10_002), UNREADABLE),
    "300 forwarded within another": Worst(
        _mail(b"", b"Content-Type: message/rfc822\r\n\r\n" * 300 + b"x\r\n"), NEWCOMER
    ),
    "a line of 20 MB": Worst(_mail(b"", b"x" * (20 * MEGABYTE) + b"\r\n"), NEWCOMER),
    "20 MB of base64 in one line": Worst(
        _mail(b"Content-Transfer-Encoding: base64\r\n", b"QUFB" * (5 * MEGABYTE) + b"\r\n"),
        NEWCOMER,
    ),
    "20 MB of line ends": Worst(_mail(b"", b"\r\n" * (10 * MEGABYTE)), NEWCOMER),
    "folded 80,000 times": Worst(_mail((b"X:\r\n" + b" \r\n" * 5_000) * 16), NEWCOMER),
    "20,000 commas in To": Worst(_mail(b"To: %s\r\n" % (b"," * 5_000) * 4), NEWCOMER),
    "400 attachments with paths": Worst(_multipart(_NAMES), NEWCOMER),
    "unknown charset": Worst(
        _mail(b"Content-Type: text/plain; charset=x-klingon\r\n", b"Bl\xc3\xa5b\xc3\xa6r.\r\n"),
        NEWCOMER,
    ),
    "charset that makes tags": Worst(
        _mail(b"Content-Type: text/plain; charset=utf-7\r\n", b"+ADw-script+AD4-\r\n"), NEWCOMER
    ),
    "line end in an encoded word": Worst(
        _field("Subject", b"=?utf-8?q?Hi=0D=0ABcc=3A_x=40evil.example?="), NEWCOMER
    ),
    "a date that cannot be": Worst(_field("Date", b"Mon, 31 Feb 99999 25:61:61 +9999"), NEWCOMER),
    "a field that says nothing": Worst(_field("Message-ID", b"<[" * 4_000), NEWCOMER),
    "bare CR": Worst(_mail(b"Subject: a\rBcc: x@evil.example\r\n"), STRAY),
    "bare LF": Worst(_mail(b"", b"a\n.\nMAIL FROM:<x@evil.example>\n"), STRAY),
    "NUL": Worst(_mail(b"", b"a\0b\r\n"), STRAY),
    "nothing": Worst(b"", EMPTY),
    "600 fields": Worst(_mail(b"X: y\r\n" * 600), MANY_FIELDS),
    "51 hosts": Worst(b"Received: from x\r\n" * 51 + _mail(b""), LOOPING),
    "40 MB": Worst(_mail(b"", (b"x" * 998 + b"\r\n") * 41_944), TOO_BIG),
    "no From": Worst(b"Subject: Nobody\r\n\r\nx\r\n", NO_AUTHOR),
    "two From": Worst(_mail(b"From: rector@example.org\r\n"), NO_AUTHOR),
    "a forged report": Worst(_REPORT, MACHINE, sender=""),
    "our own list again": Worst(_field("List-Id", b"<postdocs.lists.example.org>"), LOOP),
}
