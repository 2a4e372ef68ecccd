from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.field_lines import UnsafeHeader
from mailing import addresses, compose, gate, headers
from mailing.compose import Splice, Via
from tests.mailing.mails import ODD, mail

LIST = addresses.parse("postdocs@lists.example.org")
OWNER = addresses.beside("postdocs", "owner", "lists.example.org")
SPLICE = Splice(
    list_id="postdocs.lists.example.org",
    list_name="Postdocs",
    post_address=LIST,
    help_url="https://samband.example.org/rules",
    owner_address=OWNER,
    archive_url="https://samband.example.org/lists/postdocs",
    archived_at="https://samband.example.org/posts/abc",
    tag="postdocs",
    message_id="<made-up@lists.example.org>",
    authserv_id="mx.example.org",
)
WAY_OUT = compose.unsubscribing(
    "https://samband.example.org/subscriptions/t0ken/leave",
    "mailto:postdocs-leave@lists.example.org",
)
ADDED = (
    b"List-Id: Postdocs <postdocs.lists.example.org>\r\n"
    b"List-Post: <mailto:postdocs@lists.example.org>\r\n"
    b"List-Help: <https://samband.example.org/rules>\r\n"
    b"List-Owner: <mailto:postdocs-owner@lists.example.org>\r\n"
    b"List-Archive: <https://samband.example.org/lists/postdocs>\r\n"
    b"Archived-At: <https://samband.example.org/posts/abc>\r\n"
    b"Precedence: list\r\n"
    b"List-Unsubscribe: <https://samband.example.org/subscriptions/t0ken/leave>,\r\n"
    b" <mailto:postdocs-leave@lists.example.org>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
)


def sent(raw: bytes, splice: Splice = SPLICE) -> bytes:
    made = compose.for_list(raw, splice)
    return b"".join((made.head, *WAY_OUT, b"\r\n", made.body))


def test_a_post_leaves_as_it_came_but_for_the_fields_we_document() -> None:
    raw = mail("plain")
    head, _, body = raw.partition(b"\r\n\r\n")
    tagged = head.replace(b"Subject: Lunch", b"Subject: [postdocs] Lunch")

    assert sent(raw) == tagged + b"\r\n" + ADDED + b"\r\n" + body


def test_fields_of_other_lists_receipts_and_our_own_results_are_taken_out() -> None:
    names = [field.name for field in headers.part(sent(mail("listed"))).fields]

    assert names == [
        *("received", "received", "authentication-results", "dkim-signature"),
        *("from", "to", "date", "message-id", "subject"),
        *(
            "list-id",
            "list-post",
            "list-help",
            "list-owner",
            "list-archive",
            "archived-at",
            "precedence",
        ),
        *("list-unsubscribe", "list-unsubscribe-post"),
    ]
    assert b"mx.evil.example" in sent(mail("listed"))
    assert b"dmarc=pass (p=reject)" not in sent(mail("listed"))


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (b"Subject: Lunch\r\n", b"Subject: [postdocs] Lunch\r\n"),
        (b"Subject: Re: Lunch\r\n", b"Subject: Re: [postdocs] Lunch\r\n"),
        (b"SUBJECT:SV: vs: Re:Lunch\r\n", b"SUBJECT: SV: vs: Re:[postdocs] Lunch\r\n"),
        (b"Subject: AW[2]: FW: VB: x\r\n", b"Subject: AW[2]: FW: VB: [postdocs] x\r\n"),
        (b"Subject: SV: VS: Re: [postdocs] x\r\n", b"Subject: SV: VS: Re: [postdocs] x\r\n"),
        (b"Subject: [POSTDOCS] x\r\n", b"Subject: [POSTDOCS] x\r\n"),
        (
            b"Subject: =?utf-8?q?=5Bpostdocs=5D_bl=C3=A5?=\r\n",
            b"Subject: =?utf-8?q?=5Bpostdocs=5D_bl=C3=A5?=\r\n",
        ),
        (
            b"Subject: =?utf-8?q?bl=C3=A5?=\r\n =?utf-8?q?b?=\r\n",
            b"Subject: [postdocs] =?utf-8?q?bl=C3=A5?=\r\n =?utf-8?q?b?=\r\n",
        ),
        (b"Subject:\r\n folded first\r\n", b"Subject: [postdocs]\r\n folded first\r\n"),
        (b"Subject:\r\n", b"Subject: [postdocs]\r\n"),
        (b"Subject: Re:\r\n", b"Subject: Re:[postdocs]\r\n"),
        (b"Subject: " + b"x" * 950 + b"\r\n", b"Subject: [postdocs]\r\n " + b"x" * 950 + b"\r\n"),
        (b"Subject: Regarding\r\n", b"Subject: [postdocs] Regarding\r\n"),
    ],
)
def test_the_subject_is_tagged_unless_it_is(subject: bytes, expected: bytes) -> None:
    raw = b"From: kari@example.org\r\n" + subject + b"\r\nx"

    assert headers.part(sent(raw)).fields[1].raw == expected


def test_a_missing_subject_and_message_id_are_written() -> None:
    fields = headers.part(sent(b"From: kari@example.org\r\n\r\nx")).fields

    assert [field.raw for field in fields[:3]] == [
        b"From: kari@example.org\r\n",
        b"Message-ID: <made-up@lists.example.org>\r\n",
        b"Subject: [postdocs]\r\n",
    ]


def test_the_author_moves_to_reply_to_when_their_domain_forbids_forwarding() -> None:
    splice = Splice(
        list_id="postdocs.lists.example.org",
        list_name="Postdocs",
        post_address=LIST,
        help_url="https://samband.example.org/rules",
        owner_address=OWNER,
        via=Via(
            shown="Kari via Postdocs",
            address=LIST,
            author_shown="Kari",
            author=addresses.parse("kari@strict.example"),
        ),
    )
    parted = headers.part(sent(b"From: Kari <kari@strict.example>\r\n\r\nx", splice))

    assert parted.first("from") == b'"Kari via Postdocs" <postdocs@lists.example.org>'
    assert parted.first("reply-to") == b'"Kari" <kari@strict.example>'
    assert len(list(parted.named("from"))) == 1


@pytest.mark.parametrize(
    ("raw", "is_munged", "goes_to"),
    [
        (b"From: kari@strict.example\r\n\r\nx", False, b'"Postdocs" <postdocs@lists.example.org>'),
        (
            b"From: kari@strict.example\r\n\r\nx",
            True,
            b'"Postdocs" <postdocs@lists.example.org>, "Kari" <kari@strict.example>',
        ),
        (b"From: kari@strict.example\r\nReply-To: lab@x.example\r\n\r\nx", True, b"lab@x.example"),
    ],
)
def test_answers_go_to_the_list_where_it_wants_them_and_the_mail_says_nothing_else(
    raw: bytes, is_munged: bool, goes_to: bytes
) -> None:
    kari = addresses.parse("kari@strict.example")
    via = Via(shown="Kari via Postdocs", address=LIST, author_shown="Kari", author=kari)
    splice = Splice(
        list_id="postdocs.lists.example.org",
        list_name="Postdocs",
        post_address=LIST,
        help_url="https://samband.example.org/rules",
        owner_address=OWNER,
        via=via if is_munged else None,
        to_list=True,
    )

    [field] = headers.part(sent(raw, splice)).named("reply-to")

    assert b" ".join(field.value.split()) == goes_to


def changed(raw: bytes) -> None:
    before = headers.part(gate.normalised(raw))
    after = headers.part(sent(raw))
    removed = {field.raw for field in before.fields} - {field.raw for field in after.fields}
    added = {field.raw for field in after.fields} - {field.raw for field in before.fields}

    assert after.body == before.body
    assert gate.has_stray_signs(sent(raw)) is False
    assert all(
        field.name in (*compose.REMOVED, "subject", "authentication-results")
        or field.name.startswith(("list-", "x-envelope"))
        for field in before.fields
        if field.raw in removed
    )
    assert {field.name for field in after.fields if field.raw in added} <= {
        *("message-id", "subject", "archived-at", "precedence"),
        *("list-id", "list-post", "list-help", "list-owner", "list-archive"),
        *("list-unsubscribe", "list-unsubscribe-post"),
    }


@pytest.mark.parametrize("name", ODD)
def test_odd_mail_leaves_with_the_documented_changes_only(name: str) -> None:
    changed(mail(f"odd/{name}"))


lines = st.sampled_from(
    [b"From: a@b.c", b"Subject: x", b"subject:=?utf-8?q?y?=", b"List-Id: <x>", b" folded", b"",
     b"no field", b"Return-Path: <>", b"Subject:", b"\xff: x", b".", b"X: \xc3\xa6"]
)  # fmt: skip


@given(st.lists(lines, max_size=12).map(b"\r\n".join) | st.binary(max_size=300))
def test_any_mail_leaves_with_the_documented_changes_only(raw: bytes) -> None:
    changed(raw)


def _is_taken_out(name: str, raw: bytes) -> bool:
    is_named = name in compose.REMOVED or name.startswith(("list-", "x-envelope"))
    return is_named or (name == "authentication-results" and b"mx.example.org" in raw)


@given(st.lists(lines, max_size=12).map(b"\r\n".join) | st.binary(max_size=300))
def test_as_many_fields_leave_as_came_less_those_taken_out_and_with_those_we_write(
    raw: bytes,
) -> None:
    """No header is born on the way, and none is lost (threat 5)."""
    before = headers.part(gate.normalised(raw)).fields
    names = {field.name for field in before}
    gone = sum(_is_taken_out(field.name, field.raw) for field in before)
    written = 9 + ("subject" not in names) + ("message-id" not in names)

    assert len(headers.part(sent(raw)).fields) == len(before) - gone + written


@pytest.mark.parametrize(
    "splice",
    [
        replace(SPLICE, list_id="a\r\nBcc: x"),
        replace(SPLICE, list_name="a\r\nBcc: x"),
        replace(SPLICE, tag="a\nBcc: x"),
        replace(SPLICE, help_url="https://a>\r\nBcc: x"),
        replace(SPLICE, message_id="<a>\r\nBcc: x"),
    ],
    ids=["list_id", "list_name", "tag", "help_url", "message_id"],
)
def test_a_list_cannot_smuggle_a_header(splice: Splice) -> None:
    with pytest.raises(UnsafeHeader):
        compose.for_list(b"From: a@b.c\r\nSubject: x\r\n\r\nx", splice)
