"""A digest in its three forms, and that nothing in a post can break out of it."""

import email
import quopri
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from zoneinfo import ZoneInfo

import pytest

from community.deliveries import Format
from letters.contents import Contents, ListIn, PostIn, ThreadIn
from mailing import digests
from mailing.letter import Link, Mail

RAW = (
    b"Received: from a by b\r\nFrom: Ada <ada@example.org>\r\nSubject: Lunch\r\n"
    b"Bcc: boss@example.org\r\nX-Envelope-To: cleo@example.org\r\n"
    b"Message-ID: <lunch@example.org>\r\n\r\nbl\xc3\xa5b\xc3\xa6r\r\n"
)
LUNCH = PostIn(
    subject="Lunch",
    author_name="Ada Holm",
    author_email="ada@example.org",
    at=datetime(2027, 2, 1, 10, tzinfo=ZoneInfo("Europe/Oslo")),
    message_id="<lunch@example.org>",
    text="Shall we have blåbær?\n" + "-" * 30 + "\nAda",
    is_cut=False,
    page_url="https://x.example.org/posts/1",
    reply_url="mailto:postdocs@lists.example.org?subject=Re%3A%20Lunch",
    source=RAW,
)
ANSWER = replace(
    LUNCH,
    subject="Re: Lunch",
    author_name="Bo <script>x()</script>",
    author_email="bo@example.org",
    message_id="<yes@example.org>",
    text="Yes.",
    page_url="https://x.example.org/posts/2",
    source=None,
)
CALL = replace(
    LUNCH,
    subject="Call for papers",
    text="x" * 50,
    is_cut=True,
    message_id="<call@example.org>",
    page_url="https://x.example.org/posts/3",
)
LEAVE = "https://x.example.org/mailing_lists/t/leave"
LINKS = (
    ("Follow the thread", "https://x.example.org/threads/t0ken/follow"),
    ("Mute the thread", "https://x.example.org/threads/t0ken/mute"),
)
CONTENTS = Contents(
    format=Format.PLAIN,
    message_id="<digest.1.12@lists.example.org>",
    lists=(
        ListIn(
            address="postdocs@lists.example.org",
            threads=(
                ThreadIn(subject="Lunch", posts=(LUNCH, ANSWER), links=LINKS),
                ThreadIn(subject="Call for papers", posts=(CALL,), links=LINKS),
            ),
        ),
    ),
    choices_url="https://x.example.org/me",
)
TWO_LISTS = replace(
    CONTENTS,
    lists=(
        *CONTENTS.lists,
        replace(CONTENTS.lists[0], address="writing@lists.example.org"),
    ),
)
MAIL = Mail(
    to_name="Bjørn Åsen",
    to_address="bjorn@example.org",
    from_name="Samband",
    from_address="samband@lists.example.org",
    reply_to="postdocs@lists.example.org",
    subject="[postdocs] Digest 12: Lunch, Call for papers",
    paragraphs=("3 posts, collected for you.",),
    contents=CONTENTS,
    links=(Link(label="Each post as a mail", url="https://x.example.org/mailing_lists/t/each"),),
    why="You get this because you are on postdocs@lists.example.org.",
    stop=Link(label="Leave the list", url=LEAVE),
    language="en",
    message_id=CONTENTS.message_id,
    date=datetime(2027, 2, 1, 15, tzinfo=UTC),
)
TEXT = """[postdocs] Digest 12: Lunch, Call for papers

3 posts, collected for you.

In this digest:

* Lunch (2)
  https://x.example.org/posts/1
  Follow the thread: https://x.example.org/threads/t0ken/follow
  Mute the thread: https://x.example.org/threads/t0ken/mute

* Call for papers
  https://x.example.org/posts/3
  Follow the thread: https://x.example.org/threads/t0ken/follow
  Mute the thread: https://x.example.org/threads/t0ken/mute

----------------------------------------------------------------------

Date: Mon, 01 Feb 2027 10:00:00 +0100
From: Ada Holm <ada@example.org>
Subject: Lunch
Message-ID: <lunch@example.org>

Shall we have blåbær?
 ------------------------------
Ada

------------------------------

Date: Mon, 01 Feb 2027 10:00:00 +0100
From: Bo <script>x()</script> <bo@example.org>
Subject: Re: Lunch
Message-ID: <yes@example.org>

Yes.

------------------------------

Date: Mon, 01 Feb 2027 10:00:00 +0100
From: Ada Holm <ada@example.org>
Subject: Call for papers
Message-ID: <call@example.org>

xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx

https://x.example.org/posts/3

------------------------------

End of the digest

*****************

Each post as a mail:
https://x.example.org/mailing_lists/t/each

All your choices:
https://x.example.org/me

Samband
You get this because you are on postdocs@lists.example.org.
Leave the list:
https://x.example.org/mailing_lists/t/leave
"""


def _made(contents: Contents, **changes: str) -> EmailMessage:
    mail = replace(MAIL, contents=contents, **changes)  # type: ignore[arg-type]  # of these fields
    made = email.message_from_bytes(digests.digest(mail, contents), policy=default)
    assert isinstance(made, EmailMessage)
    return made


def _text(part: EmailMessage) -> str:
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_plain_digest_can_be_taken_apart_again() -> None:
    made = _made(CONTENTS)

    assert made.get_content_type() == "text/plain"
    assert _text(made) == TEXT


def test_it_says_what_it_is_and_how_to_leave_and_no_machine_answers_it() -> None:
    made = _made(CONTENTS)

    assert {name: made[name] for name in ("Message-ID", "Reply-To", "List-Id", "List-Post")} == {
        "Message-ID": "<digest.1.12@lists.example.org>",
        "Reply-To": "postdocs@lists.example.org",
        "List-Id": "postdocs <postdocs.lists.example.org>",
        "List-Post": "<mailto:postdocs@lists.example.org>",
    }
    assert (made["Auto-Submitted"], made["List-Unsubscribe-Post"]) == (
        "auto-generated",
        "List-Unsubscribe=One-Click",
    )
    assert made["List-Unsubscribe"] == f"<{LEAVE}>, <mailto:postdocs-leave@lists.example.org>"


def test_a_digest_of_several_lists_is_filed_with_none_of_them() -> None:
    made = _made(TWO_LISTS)

    assert (made["List-Id"], made["List-Post"]) == (None, None)
    assert made["List-Unsubscribe"] == f"<{LEAVE}>"
    assert "\nwriting@lists.example.org\n" in _text(made)


def test_an_html_digest_has_the_text_beside_it_and_nothing_of_a_post_becomes_markup() -> None:
    text, html = _made(replace(CONTENTS, format=Format.HTML)).iter_parts()

    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    page = _text(html)
    assert _text(text) == TEXT
    assert "<script" not in page
    assert "Bo &lt;script&gt;x()&lt;/script&gt;" in page
    for link in (LUNCH.reply_url, LUNCH.page_url, *(url for _, url in LINKS)):
        assert f'href="{link}"' in page


def test_a_mime_digest_brings_each_mail_as_it_came_without_secret_fields() -> None:
    made = _made(replace(CONTENTS, format=Format.MIME))

    head, posts, foot = made.iter_parts()
    assert isinstance(posts, EmailMessage)
    inside = [
        next(part.iter_parts()) for part in posts.iter_parts() if isinstance(part, EmailMessage)
    ]
    assert [part.get_content_type() for part in (made, head, posts, foot)] == [
        *("multipart/mixed", "text/plain", "multipart/digest", "text/plain"),
    ]
    assert [mail["Message-ID"] for mail in inside][:1] == ["<lunch@example.org>"]
    assert [mail["Subject"] for mail in inside] == ["Lunch", "Re: Lunch", "Lunch"]
    assert {mail[name] for mail in inside for name in ("Bcc", "X-Envelope-To")} == {None}
    raw = digests.digest(MAIL, replace(CONTENTS, format=Format.MIME))
    assert b"\r\n\r\nbl\xc3\xa5b\xc3\xa6r\r\n" in raw
    assert raw.count(b"Content-Transfer-Encoding: 8bit") == 4


def test_a_mail_that_is_gone_or_too_large_is_there_as_text() -> None:
    large = replace(LUNCH, source=b"Subject: large\r\n\r\n" + b"x" * 2 * 1024 * 1024)
    nameless = replace(ANSWER, author_email="", author_name="")
    thread = ThreadIn(subject="Lunch", posts=(large, nameless), links=())
    part = replace(CONTENTS.lists[0], threads=(thread,))

    made = digests.digest(MAIL, replace(CONTENTS, format=Format.MIME, lists=(part,)))

    assert len(made) < 10_000
    assert b"Subject: large" not in made
    assert made.count(b"Content-Type: message/rfc822") == 2


def test_a_post_cannot_end_its_part_of_the_digest() -> None:
    innocent = digests.digest(MAIL, replace(CONTENTS, format=Format.MIME))
    boundaries = [line for line in innocent.split(b"\r\n") if line.startswith(b"--=_d")]
    hostile = replace(LUNCH, source=b"Subject: x\r\n\r\n" + b"\r\n".join(set(boundaries)) + b"\r\n")
    thread = replace(CONTENTS.lists[0].threads[0], posts=(hostile, ANSWER))
    part = replace(CONTENTS.lists[0], threads=(thread,))

    made = _made(replace(CONTENTS, format=Format.MIME, lists=(part,)))

    assert len(boundaries) == 8
    _, posts, _ = made.iter_parts()
    assert isinstance(posts, EmailMessage)
    assert len(list(posts.iter_parts())) == 2


@pytest.mark.parametrize("format_", list(Format))
def test_the_same_digest_is_the_same_bytes(format_: Format) -> None:
    contents = replace(TWO_LISTS, format=format_)

    assert digests.digest(MAIL, contents) == digests.digest(MAIL, contents)


def test_it_speaks_bokmål() -> None:
    text = _text(_made(CONTENTS, language="nb"))

    assert ("I denne oppsamlingen:" in text, "In this digest" in text) == (True, False)
    assert f"\nSlutt på oppsamlingen\n\n{'*' * 21}\n" in text  # RFC 1153 §2: as many


def test_each_post_of_several_lists_says_which_it_was_sent_to() -> None:
    text = _text(_made(TWO_LISTS))

    assert text.count("\nTo: postdocs@lists.example.org\nSubject: ") == 3
    assert text.count("\nTo: writing@lists.example.org\nSubject: ") == 3
    assert "\nTo: " not in _text(_made(CONTENTS))


@pytest.mark.parametrize("format_", list(Format))
def test_what_came_with_a_post_is_named_and_can_be_fetched(format_: Format) -> None:
    files = "Attachments: <b>plåkat.pdf (12 kB)"
    post = replace(ANSWER, files=files, message_id="<it@example.org>")
    thread = ThreadIn(subject="Lunch", posts=(post,), links=())
    part = replace(CONTENTS.lists[0], threads=(thread,))

    raw = digests.digest(MAIL, replace(CONTENTS, format=format_, lists=(part,)))

    read = quopri.decodestring(raw).decode().replace("\r\n", "\n")
    assert f"Yes.\n\n{files}\n{post.page_url}\n" in read
    assert ("Attachments: &lt;b&gt;plåkat.pdf (12 kB)" in read) is (format_ is Format.HTML)
    # By it an answer finds the thread, in a mail that was written anew as well.
    assert b"Message-ID: <it@example.org>\r\n" in raw


def test_a_thread_that_went_on_among_others_is_a_line_with_a_way_to_follow_it() -> None:
    quiet = ThreadIn(
        subject="Long thread",
        posts=(),
        more="3 more answers, to those who follow the thread.",
        page_url="https://x.example.org/threads/9",
        links=LINKS,
    )
    part = replace(CONTENTS.lists[0], threads=(quiet, *CONTENTS.lists[0].threads))
    contents = replace(CONTENTS, lists=(part,))

    text = digests.text_of(MAIL, contents)
    page = digests.digest(MAIL, replace(contents, format=Format.HTML)).decode()

    line = "* Long thread\n  3 more answers, to those who follow the thread.\n"
    assert f"{line}  https://x.example.org/threads/9\n" in text
    assert text.count("Long thread") == 1
    for label, url in LINKS:
        assert f"  {label}: {url}" in text
        assert url in page
    assert "3 more answers" in page


def test_lines_alone_are_no_mails_in_a_mail() -> None:
    quiet = ThreadIn(subject="Long thread", posts=(), more="3 more answers.", links=LINKS)
    part = replace(CONTENTS.lists[0], threads=(quiet,))

    made = digests.digest(MAIL, replace(CONTENTS, format=Format.MIME, lists=(part,)))

    assert b"multipart/" not in made
    assert b"3 more answers." in made
