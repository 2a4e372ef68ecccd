import email
import quopri
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default

import pytest

from letters.field_lines import UnsafeHeader
from mailing import gate, intake, letter
from mailing.addresses import NotAnAddress
from mailing.letter import Link, Mail

LUNCH = Mail(
    to_name="Bjørn Åsen",
    to_address="bjorn@example.org",
    from_name="Samband",
    from_address="samband@lists.example.org",
    reply_to="reply+t0ken@lists.example.org",
    subject="Lunch on Thursday – blåbær",
    paragraphs=("Amira proposes a meetup for people in your field or one near it, and asks you.",),
    facts=(("When", "Thursday 4 February, 12:00–13:00"), ("Where", "Hangaren")),
    quote="I have <b>sandwiches</b>.\n.\nFrom here on",
    links=(
        Link(label="I will come", url="https://x.example.org/meetups/t0ken/join", style="primary"),
        Link(label="Not this time", url="https://x.example.org/meetups/t0ken/decline"),
    ),
    why="You get this because you like to hear of meetups.",
    stop=Link(label="Stop these mails", url="https://x.example.org/people/t0ken/mute"),
    language="en",
    message_id=letter.message_id("meetup.invite:17:230", "lists.example.org"),
    date=datetime(2027, 2, 1, 9, tzinfo=UTC),
)
TEXT = """Amira proposes a meetup for people in your field or one near it, and
asks you.

When: Thursday 4 February, 12:00–13:00
Where: Hangaren

> I have <b>sandwiches</b>.
> .
> From here on

I will come:
https://x.example.org/meetups/t0ken/join

Not this time:
https://x.example.org/meetups/t0ken/decline

--{blank}
Samband
You get this because you like to hear of meetups.
Stop these mails:
https://x.example.org/people/t0ken/mute
""".format(blank=" ")


def parsed(mail: Mail) -> EmailMessage:
    raw = letter.letter(mail)
    assert gate.check(raw) is None
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    made = email.message_from_bytes(raw, policy=default)
    assert isinstance(made, EmailMessage)
    assert all(part.defects == [] for part in made.walk())
    return made


def test_letter_writes_words_as_text_and_as_html() -> None:
    made = parsed(LUNCH)
    text, html = made.iter_parts()

    assert made.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in (text, html)] == ["text/plain", "text/html"]
    assert text.get_content().replace("\r\n", "\n") == TEXT
    assert '<html lang="en"' in html.get_content()
    assert "I have &lt;b&gt;sandwiches&lt;/b&gt;." in html.get_content()
    assert 'href="https://x.example.org/meetups/t0ken/join"' in html.get_content()


def test_letter_makes_addresses_in_its_words_links() -> None:
    words = 'Read https://x.example.org/a?b=1&c="><b>. Then ("http://y.example.org/z").'
    html = list(parsed(replace(LUNCH, paragraphs=(words,))).iter_parts())[1].get_content()

    assert (
        'Read <a href="https://x.example.org/a?b=1&amp;c=" style="color:#155e75;">'
        "https://x.example.org/a?b=1&amp;c=</a>&#34;&gt;&lt;b&gt;. Then"
    ) in html
    assert '">http://y.example.org/z</a>&#34;).' in html


def test_letter_says_who_when_and_that_a_machine_wrote_it() -> None:
    made = parsed(LUNCH)

    assert {name: str(value) for name, value in made.items() if name != "Content-Type"} == {
        "From": "Samband <samband@lists.example.org>",
        "To": "Bjørn Åsen <bjorn@example.org>",
        "Subject": "Lunch on Thursday – blåbær",
        "Date": "Mon, 01 Feb 2027 09:00:00 +0000",
        "Message-ID": "<14b815c6f16bb54772a14d2110fee76c@lists.example.org>",
        "Content-Language": "en",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Reply-To": "reply+t0ken@lists.example.org",
        "List-Unsubscribe": "<https://x.example.org/people/t0ken/mute>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "MIME-Version": "1.0",
    }


def test_letter_names_an_address_with_other_signs_as_it_is() -> None:
    made = letter.letter(replace(LUNCH, to_name="Åse", to_address="åse@blåbær.no"))

    # RFC 6532 §3.2: no encoded word may stand inside an address.
    (to,) = [line for line in made.split(b"\r\n") if line.startswith(b"To:")]
    assert to.endswith(" <åse@xn--blbr-roah.no>".encode())


def test_letter_has_no_way_out_when_there_is_none() -> None:
    made = parsed(replace(LUNCH, stop=None, reply_to=None))

    assert made["List-Unsubscribe"] is None
    assert made["List-Unsubscribe-Post"] is None


def test_letter_carries_an_invitation_inside_and_attached() -> None:
    made = parsed(replace(LUNCH, calendar=b"BEGIN:VCALENDAR\r\n", calendar_method="CANCEL"))
    alternative, attached = made.iter_parts()
    inside = list(alternative.iter_parts())[-1]

    assert made.get_content_type() == "multipart/mixed"
    assert inside["Content-Type"] == 'text/calendar; charset="utf-8"; method="CANCEL"'
    assert inside.get_payload(decode=True) == b"BEGIN:VCALENDAR\r\n"
    assert attached.get_filename() == "invite.ics"
    assert attached.get_payload(decode=True) == b"BEGIN:VCALENDAR\r\n"


def test_no_mail_that_goes_along_gets_out_of_its_part() -> None:
    """Whoever guesses a Message-ID knows which boundary is likely."""
    raw = b"Subject: Hi\r\n\r\nHi.\r\n"
    first = parsed(replace(LUNCH, attached=raw))
    forged = b"--" + str(first.get_boundary()).encode() + b"\r\n\r\nPay here\r\n"

    made = parsed(replace(LUNCH, attached=raw + forged))

    words, whole = made.iter_parts()
    assert (words.get_content_type(), whole.get_content_type()) == (
        "multipart/alternative",
        "message/rfc822",
    )
    assert b"Pay here" in whole.as_bytes()


def test_letter_takes_any_line_end_in_what_people_wrote() -> None:
    text, _ = parsed(replace(LUNCH, quote="a\rb\0c\u2028d\r\ne")).iter_parts()

    assert "> a\n> bc\n> d\n> e\n" in text.get_content().replace("\r\n", "\n")


def test_letter_is_the_same_every_time() -> None:
    assert letter.letter(LUNCH) == letter.letter(LUNCH)


def test_letter_is_not_answered_by_ourselves() -> None:
    facts = intake.read(letter.letter(LUNCH), sender="samband@lists.example.org")

    assert facts.is_automatic is True
    assert facts.text == TEXT.strip("\n")


def test_letter_makes_one_line_of_subject_and_names() -> None:
    subject = "a\r\nBcc: x@evil.example\u2028y =?utf-8?q?=0A?="
    made = parsed(replace(LUNCH, subject=subject, to_name="b\nBcc: x", from_name="c\rBcc: x"))

    assert made["Bcc"] is None
    assert made["To"] == '"b Bcc: x" <bjorn@example.org>'
    assert made["Subject"] == "a Bcc: x@evil.example y =?utf-8?q?=0A?="


@pytest.mark.parametrize(
    "mail",
    [
        replace(LUNCH, message_id="<a>\nBcc: x"),
        replace(LUNCH, stop=Link(label="x", url="javascript:x")),
    ],
)
def test_letter_refuses_what_would_end_a_line(mail: Mail) -> None:
    with pytest.raises(UnsafeHeader):
        letter.letter(mail)


def test_letter_refuses_what_is_no_address() -> None:
    with pytest.raises(NotAnAddress):
        letter.letter(replace(LUNCH, to_address="a@b\r\nBcc: x"))


def test_addresses_to_write_to_are_links_and_stay_whole() -> None:
    words = "Write to postdocs-owner@lists.example.org. Or @home, a@b, ada@x.example@y.example."

    html = list(parsed(replace(LUNCH, paragraphs=(words,))).iter_parts())[1].get_content()

    assert html.count("mailto:") == 1
    assert (
        'Write to <a href="mailto:postdocs-owner@lists.example.org" '
        'style="color:#155e75;white-space:nowrap;">postdocs-owner@lists.example.org</a>. Or @home'
    ) in html


def test_wrapped_leaves_what_fits_and_tidies_its_blanks() -> None:
    assert letter.wrapped("  as it is \n\ta\u00a0b\n \n" + "long " * 15) == (
        "  as it is\n        a\u00a0b\n\n" + "long " * 13 + "long\nlong"
    )


def test_lines_that_travel_are_never_longer_than_they_may_be() -> None:
    ends = ["x" * 75 + " ", "x" * 76 + "\t", "æ" * 13 + " ", ".", "=" * 1_001]
    made = letter.words("plain", "\n".join(ends)).content

    assert max(map(len, made.split(b"\r\n"))) <= 76
    assert b"\n" not in made.replace(b"\r\n", b"")
    assert quopri.decodestring(made) == "\r\n".join(ends).encode() + b"\r\n"
