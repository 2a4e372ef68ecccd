from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.unreadables import Unreadable
from mailing import gate, headers, intake, substance
from mailing.authentication import Authentication
from mailing.intake import Attachment, Facts
from mailing.mailboxes import MAX_MAILBOXES
from tests.mailing.hostile import FROM, HOSTILE, SENDER, tree
from tests.mailing.mails import ODD, mail


def read(name: str, sender: str = "kari@example.org") -> Facts:
    return intake.read(mail(name), sender=sender, authserv_id="mx.example.org")


def test_read_says_what_a_plain_mail_says() -> None:
    facts = read("plain")

    assert facts.subject == "Lunch on Thursday"
    assert (facts.from_name, facts.from_address) == ("Kari Nordmann", "kari@example.org")
    assert facts.to_addresses == ("postdocs@lists.example.org",)
    assert facts.message_id == "<plain@example.org>"
    assert facts.date == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    assert facts.text == "Dear all,\n\nlunch at noon?\n.\n..dots\nKari"
    assert (facts.is_automatic, facts.is_signed, facts.unreadable) == (False, False, None)
    assert facts.size_bytes == len(mail("plain"))


def test_read_decodes_a_norwegian_reply() -> None:
    facts = read("norwegian")

    assert facts.subject == "Sv: Møte om blåbær"
    assert facts.text == "Blåbær er godt, syns jeg."
    assert facts.in_reply_to == "<plain@example.org>"
    assert facts.references == ("<first@example.org>", "<plain@example.org>")


def test_read_prefers_words_to_tags_and_names_attachments() -> None:
    facts = read("alternative")

    assert facts.text == "In words."
    assert facts.cc_addresses == ("ola@example.org", "bjorn@example.org")
    assert facts.attachments == (
        Attachment(name="plåkat.pdf", content_type="application/pdf", size_bytes=55),
    )


MIXED = b'Content-Type: multipart/mixed; boundary="m"\r\n\r\n'
WORDS = b"--m\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%b\r\n"
PAGE = b"--m\r\nContent-Type: text/html\r\n\r\n<p>%b</p>\r\n"
PICTURE = (
    b"--m\r\nContent-Type: image/png; name=a.png\r\nContent-Disposition: inline\r\n\r\n...\r\n"
)
TABLE = b'--m\r\nContent-Type: text/plain; name="data.csv"\r\n\r\na,b\r\n'


@pytest.mark.parametrize(
    ("parts", "text", "files"),
    [
        ((WORDS % b"See:", PICTURE, WORDS % b"Print it."), "See:\n\nPrint it.", ["a.png"]),
        ((PAGE % b"See:", PICTURE, PAGE % b"Print it."), "See:\n\nPrint it.", ["a.png"]),
        ((TABLE, WORDS % b"Above.", TABLE), "Above.", ["data.csv", "data.csv"]),
        ((TABLE, PAGE % b"Above."), "Above.", ["data.csv"]),
        ((PICTURE, WORDS % b"\r\n", WORDS % b"Above."), "Above.", ["a.png"]),
        ((PICTURE, TABLE), "a,b", ["a.png"]),
    ],
)
def test_read_takes_all_words_and_no_file_for_them(
    parts: tuple[bytes, ...], text: str, files: list[str]
) -> None:
    facts = intake.read(MIXED + b"".join(parts) + b"--m--\r\n")

    assert facts.text == text
    assert [each.name for each in facts.attachments] == files


def test_read_joins_the_lines_of_text_that_flows() -> None:
    raw = b"Content-Type: text/plain; format=Flowed; delsp=%b\r\n\r\nbl\xc3\xa5 \r\nb\r\n"

    assert [intake.read(raw % each).text for each in (b"no", b"yes")] == ["blå b", "blåb"]


def test_read_turns_html_into_words() -> None:
    assert read("html").text == (
        "Hello all & welcome\n\n- one\n- two\n\nSee the page <https://example.org/x> or this.\nKari"
    )


def test_read_trusts_our_own_border_host_only() -> None:
    facts = read("listed")

    assert facts.authentication == Authentication(
        spf="pass",
        dkim="pass",
        dmarc="pass",
        dmarc_domain="example.org",
        spf_domain="example.org",
        dkim_domains=("example.org",),
    )
    assert facts.authentication.vouches_for("example.org") is True
    assert facts.authentication.vouches_for("bank.example") is False
    assert intake.read(mail("listed")).authentication == Authentication()
    assert facts.list_ids == ("other.lists.example.org",)
    assert facts.list_posts == ("other@lists.example.org",)
    assert facts.received_hops == 2


def test_read_sees_a_signature() -> None:
    facts = read("signed")

    assert facts.is_signed is True
    assert facts.text == "Signed words."


@pytest.mark.parametrize(
    "field",
    [
        b"Auto-Submitted: auto-replied",
        b"Auto-Submitted: Auto-Generated; why=x",
        b"Precedence: BULK",
        b"precedence: junk",
        b"X-Auto-Response-Suppress: All",
        b"Subject: Automatisk svar: Lunsj",
        b"Subject: AUTOSVAR: Lunsj",
        b"Subject: =?utf-8?q?Automatic_reply=3A_Lunch?=",
        b"Subject: Out of Office",
        b"Subject: Automatiskt svar: Lunch",
        "Subject: Odpowiedź automatyczna: Lunch".encode(),
        b"Subject: Automaattinen vastaus: Lunch",
        "Subject: Автоматический ответ: Lunch".encode(),
        "Subject: 自动答复: Lunch".encode(),
        "Subject: رد تلقائي: Lunch".encode(),
        "Subject: Re\u0301ponse automatique: Lunch".encode(),  # as a Mac writes an é
        b"Precedence: auto-reply",
        b"X-Apple-Action: VACATION",
        b"X-Mail-Autoreply: yes",
        b"From: Mail System <MAILER-DAEMON@mx.example.org>",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b",
    ],
)
def test_read_knows_automatic_mail(field: bytes) -> None:
    raw = field + b"\r\nFrom: kari@example.org\r\n\r\nx"

    assert intake.read(raw, sender="kari@example.org").is_automatic is True


def test_read_takes_mail_without_sender_for_automatic() -> None:
    assert read("plain", sender="").is_automatic is True


@pytest.mark.parametrize(
    "field",
    [
        b"Auto-Submitted: no",
        b"Precedence: list",
        b"Subject: Autosvarer til salgs",
        b"X-Auto-Response-Suppress: DR, OOF, AutoReply",
        # Apple Mail, when somebody presses "Unsubscribe".
        b"Auto-Submitted: auto-replied\r\nX-Apple-Unsubscribe: true",
    ],
)
def test_read_knows_mail_by_people(field: bytes) -> None:
    raw = b"From: kari@example.org\r\n" + field + b"\r\n\r\nx"

    assert intake.read(raw, sender="kari@example.org").is_automatic is False


@pytest.mark.parametrize(
    ("name", "addresses"),
    [
        ("odd/01-no-from", ()),
        ("odd/02-two-from", ("a@example.org", "b@example.org")),
        ("odd/03-two-in-one-from", ("a@example.org", "b@example.org")),
        ("odd/04-group-from", ()),
        ("odd/05-differing-address", ()),
        ("odd/07-comment-bomb", ()),
        ("odd/38-two-from-one-unreadable", ()),
    ],
)
def test_read_names_no_author_when_it_could_be_another(
    name: str, addresses: tuple[str, ...]
) -> None:
    facts = read(name)

    assert facts.from_address == ""
    assert facts.from_addresses == addresses


@pytest.mark.parametrize("name", ODD)
def test_read_reads_odd_mail(name: str) -> None:
    facts = read(f"odd/{name}")

    assert len(facts.fingerprint) == 64
    assert facts.message_id.startswith("<")
    assert "\r" not in facts.subject + facts.from_name + facts.text
    assert (facts.unreadable is None) == (name != "37-empty.eml")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("12-unknown-charset", "blå"),
        ("13-idna-charset", "xn--"),
        ("14-utf7-charset", "+ADw-script+AD4-alert(1)"),
    ],
)
def test_read_guesses_an_unknown_charset_and_says_so(name: str, text: str) -> None:
    facts = read(f"odd/{name}")

    assert (facts.text, facts.is_text_guessed) == (text, True)


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("11-encoded-line-end", "Hello Bcc: x@evil.example"),
        ("23-eight-bit-header", "Blåbær"),
        ("31-bidi-name", "pay fdp.exe"),
        ("33-split-encoded-word", "åæøæ and more"),
    ],
)
def test_read_shows_a_subject_in_one_honest_line(name: str, subject: str) -> None:
    assert read(f"odd/{name}").subject == subject


def test_read_shows_a_multipart_without_parts_as_it_stands() -> None:
    assert read("odd/15-no-boundary").text == "x"


def _fingerprint(raw: bytes, sender: str) -> str:
    return substance.fingerprint(headers.part(gate.normalised(raw)), sender=sender)


def test_fingerprint_is_the_same_when_an_mta_delivers_again() -> None:
    once = mail("plain")
    again = b"Received: from a by b; later\r\nDKIM-Signature: x\r\nReturn-Path: <k@x>\r\n" + once

    assert _fingerprint(once, "a@x") == _fingerprint(again, "a@x")


@pytest.mark.parametrize(
    ("raw", "sender"),
    [
        (mail("plain") + b"x", "a@x"),
        (mail("plain"), "b@x"),
        (mail("plain").replace(b"<plain@", b"<plane@"), "a@x"),
        (mail("plain").replace(b"Lunch", b"Brunch"), "a@x"),
    ],
)
def test_fingerprint_differs_when_the_mail_does(raw: bytes, sender: str) -> None:
    assert _fingerprint(raw, sender) != _fingerprint(mail("plain"), "a@x")


def test_message_id_is_made_up_alike_every_time() -> None:
    first, second = read("odd/02-two-from"), read("odd/02-two-from")

    assert first.is_message_id_made_up is True
    assert first.message_id == second.message_id


def test_read_reads_25_levels() -> None:
    assert intake.read(tree(25)).text == "deep"


@pytest.mark.parametrize(
    "raw",
    [
        tree(31),
        FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 501,
        FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--bb\r\n" * 10_002,
    ],
    ids=["31 levels", "501 parts", "10,000 near boundaries"],
)
def test_read_says_when_a_mail_is_too_complex(raw: bytes) -> None:
    facts = intake.read(raw)

    assert facts.unreadable is not None
    assert facts.from_address == "kari@example.org"


TOO_LONG = (Unreadable.HEADER, "From: kari@e")
#: Why it could not be read, and how its text begins; `("", "x")` where nothing is said.
GISTS = {
    "encoded words": TOO_LONG,
    "one header": TOO_LONG,
    "25 MB in 25 levels": (Unreadable.PARTS, "From: kari@e"),
    "nested tags": ("", ""),
    "open tags": ("", ""),
    "open heads": ("", ""),
    "closed links": ("", "x\n\n<http:x>x"),
}
#: Those that name two authors, or one that cannot be read.
NO_AUTHOR = ("quotes", "25 MB in 25 levels")


@pytest.mark.parametrize("name", HOSTILE)
def test_read_keeps_to_its_limits_with_hostile_mail(name: str) -> None:
    """What these cost is measured by `python -m bench hostile_mail`."""
    raw = HOSTILE[name]

    facts = intake.read(raw)

    assert (facts.size_bytes, len(facts.fingerprint)) == (len(raw), 64)
    assert len(facts.subject) <= intake.MAX_SUBJECT_SIGNS
    assert len(facts.text.encode()) <= intake.MAX_TEXT_OCTETS
    assert len(facts.references) <= intake.MAX_REFERENCES
    assert len(facts.attachments) <= intake.MAX_ATTACHMENTS
    assert len(facts.to_addresses) <= MAX_MAILBOXES
    assert facts.from_address == ("" if name in NO_AUTHOR else SENDER)
    assert (facts.unreadable or "", facts.text[:12].rstrip()) == GISTS.get(name, ("", "x"))


FRAGMENTS = [
    *(b"From: Subject: Message-ID: Content-Type: To: References: Date: List-Id:".split()),
    *(
        b"multipart/mixed; boundary=b|--b|--b--|text/html|=?utf-8?q?|?=|charset=|<|>|(|)".split(
            b"|"
        )
    ),
    *(
        b'"|,|;|@|example.org|\r\n|\r\n\r\n|\n|\r|\0|base64|Content-Transfer-Encoding:|*0*='.split(
            b"|"
        )
    ),
    b"\xc3\xa6",
    b"\xff",
]
mail_like = st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=8), max_size=60).map(b"".join)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=600) | mail_like, st.sampled_from(["", "kari@example.org", "\ud800"]))
def test_read_never_raises(raw: bytes, sender: str) -> None:
    facts = intake.read(raw, sender=sender, authserv_id="mx.example.org")

    assert len(facts.subject) <= 200
    assert facts == intake.read(raw, sender=sender, authserv_id="mx.example.org")
