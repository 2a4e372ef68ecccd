from datetime import datetime

import pytest

from mailing import headers, signing
from mailing.signing import OpenSignature
from tests.mailing import judge
from tests.mailing.judge import a_signer, is_whole

HEAD = (
    b"From: Ada Holm\r\n\t<ada@example.org>\r\n"
    b"To:  postdocs@lists.example.org \r\n"
    b"SUBJECT: Bl\xc3\xa5b\xc3\xa6r\r\n"
    b"Date: Mon, 1 Feb 2027 10:00:00 +0100\r\n"
    b"List-Id: <postdocs.lists.example.org>\r\n"
)
BODY = b"One  two\t three \r\n\r\n.dot\r\n \r\n\r\n"
OWN = (
    b"List-Unsubscribe: <https://samband.example.org/x/%s>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\n"
)
PERSONAL = ("list-unsubscribe", "list-unsubscribe-post")


def copy(now: datetime, kind: str = "rsa", own: bytes = OWN % b"1", *, body: bytes = BODY) -> bytes:
    opened = OpenSignature(
        a_signer(kind), head=HEAD, bh=signing.body_hash(body), at=now, personal=PERSONAL
    )
    return HEAD + opened.signed(own) + body


def tags(raw: bytes) -> dict[str, str]:
    value = headers.part(raw).first("dkim-signature") or b""
    pairs = (piece.partition(b"=") for piece in value.split(b";"))
    return {name.strip().decode(): said.strip().decode() for name, _, said in pairs}


@pytest.mark.parametrize("kind", judge.KINDS)
def test_every_copy_has_a_signature_of_its_own_over_its_own_lines(now: datetime, kind: str) -> None:
    first, second = (copy(now, kind, OWN % each) for each in (b"1", b"2"))

    assert [is_whole(mail, a_signer(kind)) for mail in (first, second)] == [True, True]
    assert tags(first)["bh"] == tags(second)["bh"]
    assert tags(first)["b"] != tags(second)["b"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Ada", b"Ida"),
        (b"/x/1", b"/x/2"),
        (b"One-Click", b"Two-Click"),
        (b"three", b"four"),
        (b"List-Id: <postdocs", b"List-Id: <others"),
        (b"\r\nList-Id", b"\r\nReply-To: eve@evil.example\r\nList-Id"),
        (b"\r\nList-Id", b"\r\nFrom: eve@evil.example\r\nList-Id"),
        (b"\r\nList-Id", b"\r\nSubject: Pay at once\r\nList-Id"),
        (b"\r\nList-Id", b"\r\nContent-Type: text/html\r\nList-Id"),
        (b"\r\nList-Id", b"\r\nList-Unsubscribe: <https://evil.example>\r\nList-Id"),
    ],
)
def test_who_changes_or_adds_what_readers_see_breaks_it(
    now: datetime, old: bytes, new: bytes
) -> None:
    whole = copy(now)

    assert whole.count(old) >= 1
    assert not is_whole(whole.replace(old, new, 1), a_signer())


def test_what_relays_do_to_a_mail_does_not_break_it(now: datetime) -> None:
    whole = copy(now)
    moved = whole.replace(b"To:  postdocs", b"To: postdocs").replace(b" three \r\n", b" three\r\n")

    assert is_whole(b"Received: from here\r\n" + moved + b"\r\n\r\n", a_signer())


@pytest.mark.parametrize("body", [b"", b"\r\n\r\n", b"no line end", b"\t\r\n", b"a \tb\r\n" * 3])
def test_any_body_can_be_signed(now: datetime, body: bytes) -> None:
    assert is_whole(copy(now, body=body), a_signer())


def test_rfc8058_both_fields_of_the_one_click_are_signed_and_can_not_be_added(
    now: datetime,
) -> None:
    names = "".join(tags(copy(now))["h"].split()).split(":")

    assert names.count("list-unsubscribe") == names.count("list-unsubscribe-post") == 2
    assert names.count("from") == 2
    assert not {"received", "return-path", "dkim-signature", "arc-seal"} & set(names)


def test_the_signature_says_what_it_is(now: datetime) -> None:
    said = tags(copy(now, "ed25519"))

    assert {name: said[name] for name in ("v", "a", "c", "d", "s", "t")} == {
        "v": "1",
        "a": "ed25519-sha256",
        "c": "relaxed/relaxed",
        "d": "lists.example.org",
        "s": "s1",
        "t": str(int(now.timestamp())),
    }


@pytest.mark.parametrize("kind", judge.KINDS)
def test_d2_the_same_mail_has_the_same_signature(now: datetime, kind: str) -> None:
    assert copy(now, kind) == copy(now, kind)


def test_no_line_of_it_is_long(now: datetime) -> None:
    [field] = headers.part(copy(now)).named("dkim-signature")

    assert max(map(len, field.raw.split(b"\r\n"))) <= 100


@pytest.mark.parametrize("kind", judge.KINDS)
def test_a_mail_of_our_own_is_signed_above_its_other_fields(now: datetime, kind: str) -> None:
    raw = HEAD + b"\r\n" + BODY

    mail = signing.signed(a_signer(kind), raw, at=now)

    assert mail.startswith(b"DKIM-Signature: v=1; ")
    assert mail.endswith(raw)
    assert is_whole(mail, a_signer(kind))
