"""Mails of an archive are read as the rules look at them, whatever wrote the archive."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from community import rehearsals
from community.calendar import Calendar
from community.cases import Decision, StrayWish
from community.policies import Policy
from community.replays import Mail
from mailing import mboxes, rereading
from tests.mailing.hostile import HOSTILE

POSTMARK = "From somebody Mon Jan  4 10:00:00 2027"


def a_mail(*fields: str, text: str = "Hello", postmark: str = POSTMARK) -> str:
    """Write one mail of an archive."""
    return "\n".join((postmark, *fields, "", text, "", ""))


def read(*mails: str) -> list[Mail]:
    """Read an archive of these mails."""
    file = io.BytesIO("".join(mails).encode())
    return list(in_order(file))


def in_order(file: io.BytesIO) -> Iterator[Mail]:
    """Give the mails of an archive as the usual rules look at them."""
    filed = mboxes.read(file, most_bytes=rereading.MOST_BYTES)
    suspect = Policy().suspect_headers
    return rereading.in_order(filed, suspect_headers=suspect, passed=lambda _: None)


def test_answers_are_known_by_what_they_answer_and_mails_come_in_order_of_time() -> None:
    late = a_mail(
        "From: Bo <bo@example.org>",
        "Date: Tue, 5 Jan 2027 09:00:00 +0100",
        "Message-ID: <2@x>",
        "References: <0@x> <1@x>",
        postmark="From bo Tue Jan  5 08:00:00 2027",
    )
    early = a_mail("From: ada@example.org", "Message-ID: <1@x>")

    in_order = read(early, late)
    as_filed = read(late, early)

    assert [(mail.writer, mail.thread, mail.post.is_reply) for mail in in_order] == [
        ("ada@example.org", 1, False),
        ("bo@example.org", 1, True),
    ]
    assert [mail.came_at for mail in in_order] == [
        datetime(2027, 1, 4, 10, 0, tzinfo=UTC),
        datetime(2027, 1, 5, 8, 0, tzinfo=UTC),
    ]
    assert [mail.writer for mail in as_filed] == ["ada@example.org", "bo@example.org"]


def test_an_answer_that_does_not_say_what_it_answers_is_known_by_its_subject() -> None:
    days = ("4", "5", "6", "7", "30")
    subjects = ("Lunch", "SV: [list] lunch", "Lunch", "Re: Dinner", "Re: Lunch")
    mails = [
        a_mail(
            "From: ada@example.org", f"Subject: {subject}", postmark=POSTMARK.replace("4", day, 1)
        )
        for day, subject in zip(days, subjects, strict=True)
    ]

    found = [(mail.thread, mail.post.is_reply) for mail in read(*mails)]

    assert found == [(1, False), (1, True), (3, False), (4, False), (5, False)]


@pytest.mark.parametrize(
    ("date", "postmark", "came_at"),
    [
        # The Date has a zone, the postmark none: near enough, the Date is believed.
        ("Mon, 4 Jan 2027 11:30:00 +0100", POSTMARK, (2027, 1, 4, 10, 30)),
        ("Mon, 4 Jan 2010 11:30:00 +0100", POSTMARK, (2027, 1, 4, 10, 0)),
        ("nonsense", POSTMARK, (2027, 1, 4, 10, 0)),
        ("Mon, 4 Jan 2027 11:30:00 +0100", "From - Xxx Yyy 99 10:00 2027", (2027, 1, 4, 10, 30)),
    ],
)
def test_when_a_mail_came_is_told_by_its_date_or_its_postmark(
    date: str, postmark: str, came_at: tuple[int, ...]
) -> None:
    [mail] = read(a_mail("From: ada@example.org", f"Date: {date}", postmark=postmark))

    assert mail.came_at == datetime(*came_at, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_a_mail_of_which_nothing_says_when_it_came_is_left_out() -> None:
    assert read(a_mail("From: ada@example.org", postmark="From - Xxx Yyy 99 10:00 1970")) == []


@pytest.mark.parametrize(
    ("fields", "writer"),
    [
        (("From: Ada <Ada@example.org>",), "Ada@example.org"),
        (("From: ada.holm at example.org (Ada Holm)",), "ada.holm@example.org"),
        (
            ("From: Ada via Ant <ant@lists.example.org>", "Reply-To: Ada <ada@example.org>"),
            "ada@example.org",
        ),
        (("From: Ada via Ant <ant@lists.example.org>",), "ant@lists.example.org"),
        (("From: nobody in particular",), ""),
    ],
)
def test_who_wrote_is_known_also_where_the_archive_hides_it(
    fields: tuple[str, ...], writer: str
) -> None:
    [mail] = read(a_mail(*fields))

    assert mail.writer == writer.casefold()
    assert mail.post.from_addresses == ((writer,) if writer else ())


def test_what_the_list_program_wrote_does_not_speak_against_a_mail() -> None:
    [mail] = read(
        a_mail(
            "From: ada@example.org",
            "Precedence: bulk",
            "List-Id: Ants <ant.lists.example.org>",
            "X-BeenThere: ant@lists.example.org",
        )
    )

    assert (mail.post.is_automatic, mail.post.is_loop) == (False, False)


def test_an_absence_note_is_seen() -> None:
    [mail] = read(a_mail("From: ada@example.org", "Subject: Automatisk svar: Borte"))

    assert mail.post.is_automatic


def test_what_the_rules_ask_of_a_new_mail_is_known_of_an_old_one() -> None:
    asked = a_mail(
        "From: ada@example.org", "Message-ID: <1@x>", "To: ants@x.org, bo@x.org", "Cc: eve@x.org"
    )
    thanked = a_mail(
        "From: Bo <bo@x.org>",
        "In-Reply-To: <1@x>",
        "Subject: Re: Hello",
        "X-Spam-Flag: YES",
        text="Thanks!\n\n> Hello\n> all",
    )
    own = a_mail("From: ada@example.org", "In-Reply-To: <1@x>", text="Thanks!")
    leaving = a_mail("From: eve@x.org", "Subject: unsubscribe", text="unsubscribe")

    posts = [mail.post for mail in read(asked, thanked, own, leaving)]

    assert [post.recipients for post in posts] == [3, 0, 0, 0]
    assert [post.has_subject for post in posts] == [False, True, False, True]
    assert [post.is_thanks for post in posts] == [False, True, False, False]
    assert [post.is_suspect for post in posts] == [False, True, False, False]
    assert [(post.own_lines, post.quoted_lines) for post in posts[:2]] == [(1, 0), (1, 2)]
    assert [post.wish for post in posts] == [*[StrayWish.NONE] * 3, StrayWish.LEAVE]
    assert posts[2].size_bytes == 54


def test_the_files_of_an_old_mail_are_known() -> None:
    head = ("From: ada@example.org", 'Content-Type: multipart/mixed; boundary="b"')
    part = 'Content-Type: application/octet-stream\nContent-Disposition: attachment; filename="%s"'
    files = [part % name + "\n\n" + "x" * size for name, size in (("a.PDF", 90), ("b.exe", 300))]
    text = "\n--b\n".join(["", "Content-Type: text/plain\n\nHello", *files]) + "\n--b--"

    [mail] = read(a_mail(*head, text=text))

    assert mail.post.file_endings == ("pdf", "exe")
    assert mail.post.largest_file_bytes == 300


@pytest.mark.parametrize(
    ("fields", "lists"),
    [
        (("To: Ants@lists.example.org", "List-Post: <mailto:ants@lists.example.org>"), 1),
        (("To: ada@example.org", "List-Post: <mailto:ants@lists.example.org>"), 0),
        # Nothing says which list it is: it is taken to stand there.
        (("To: ada@example.org",), 1),
        ((), 1),
    ],
)
def test_whether_the_list_was_named_is_known_where_the_archive_names_it(
    fields: tuple[str, ...], lists: int
) -> None:
    [mail] = read(a_mail("From: ada@example.org", *fields))

    assert mail.post.lists == lists


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_in_an_archive_hurts_nobody(name: str) -> None:
    good = a_mail("From: ada@example.org", "Message-ID: <1@x>").encode()
    file = io.BytesIO(good + f"{POSTMARK}\n".encode() + HOSTILE[name] + b"\n\n" + good)

    found = rehearsals.of_mails(in_order(file), Policy(), Calendar())

    assert found is not None
    assert found.mails >= 2
    assert found.decisions[Decision.HOLD] >= 1
