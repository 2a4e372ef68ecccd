"""Plain mails of members and of the house: what they say, and nothing that was hidden in it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from community.compositions import Composed
from letters import compositions, mails
from letters.mails import PlainMail
from mailing import decoding, headers, intake

HIDDEN = "=?utf-8?q?x=0D=0ABcc:_x@evil.example?="
MAIL = Composed(
    author_name="Ada Holm",
    author_email="ada@example.org",
    to="postdocs@lists.example.org",
    subject="Blåbær",
    text="Kl. 12?\n\n.\n-- \nAda",
    message_id="<2@lists.example.org>",
    answers=("<0@example.org>", "<1@example.org>"),
    at=datetime(2027, 2, 3, 15, 0, tzinfo=UTC),
)
NAMES = ["from", "to", "subject", "date", "message-id", "in-reply-to", "references"]
OF_CONTENT = ["mime-version", "content-type", "content-transfer-encoding"]


def test_a_mail_says_what_it_was_given() -> None:
    raw = compositions.write(MAIL)

    facts = intake.read(raw)
    assert [field.name for field in headers.part(raw).fields] == [*NAMES, *OF_CONTENT]
    assert (facts.from_name, facts.from_address) == ("Ada Holm", "ada@example.org")
    assert (facts.to_addresses, facts.subject) == (("postdocs@lists.example.org",), "Blåbær")
    assert (facts.message_id, facts.date) == ("<2@lists.example.org>", MAIL.at)
    assert (facts.in_reply_to, facts.references) == ("<1@example.org>", MAIL.answers)
    assert facts.text.rstrip("\n") == MAIL.text
    assert raw.isascii()
    assert raw.count(b"\r\n") == raw.count(b"\n")


@pytest.mark.parametrize(
    "mail",
    [
        replace(MAIL, subject=f"{HIDDEN} {'long ' * 20}"),
        replace(MAIL, author_name=f"Ada {HIDDEN} {'Holm ' * 20}".strip()),
        # A member answers what came so.
        replace(MAIL, answers=(f"<{HIDDEN}@evil.example>",)),
    ],
)
def test_no_header_is_born_of_what_is_hidden_in_words(mail: Composed) -> None:
    parted = headers.part(compositions.write(mail))

    assert [field.name for field in parted.fields] == [*NAMES, *OF_CONTENT]
    assert decoding.header(parted.first("subject") or b"") == mail.subject.strip()
    assert intake.read(compositions.write(mail)).from_name == mail.author_name


def test_what_a_machine_has_written_says_so_and_begins_a_thread() -> None:
    raw = mails.write(
        PlainMail(
            author_name="",
            author_email="postdocs@lists.example.org",
            to="postdocs@lists.example.org",
            subject="January",
            at=MAIL.at,
            message_id="<1@lists.example.org>",
            is_automatic=True,
            text="Quiet.",
        )
    )

    assert headers.part(raw).first("auto-submitted") == b"auto-generated"
    assert headers.part(raw).first("references") is None
