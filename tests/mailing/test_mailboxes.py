import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailing import mailboxes
from mailing.mailboxes import Mailbox


@pytest.mark.parametrize(
    ("value", "boxes"),
    [
        (b"kari@example.org", [("", "kari@example.org")]),
        (b"Kari <kari@example.org>", [("Kari", "kari@example.org")]),
        (b'"N, Kari" <kari@example.org>, ola@example.org',
         [("N, Kari", "kari@example.org"), ("", "ola@example.org")]),
        (b"Kari (the <x@y> one) <kari@example.org>", [("Kari", "kari@example.org")]),
        (b"=?utf-8?q?N=2C_Kari_=3Cx=40y=2Ez=3E?= <kari@example.org>",
         [("N, Kari <x@y.z>", "kari@example.org")]),
        (b'"\\"x\\"" <kari@example.org>', [('\\"x\\"', "kari@example.org")]),
        (b"Friends: a@example.org, B <b@example.org>;",
         [("", "a@example.org"), ("B", "b@example.org")]),
        (b"undisclosed-recipients:;", []),
        (b"", []),
        (b",,,", []),
        (b"<a@example.org> b@evil.example", [("", "")]),
        (b"a@example.org <b@evil.example> <c@evil.example>", [("a@example.org", "")]),
        (b"a@example.org)b@evil.example", [("a@example.orgb@evil.example", "")]),
        (b"a@example.org(", [("a@example.org", "")]),
        (b"<a@example.org", [("", "")]),
        (b"not an address", [("not an address", "")]),
    ],
)  # fmt: skip
def test_read_names_an_address_only_where_it_is_the_only_one(
    value: bytes, boxes: list[tuple[str, str]]
) -> None:
    assert mailboxes.read(value) == tuple(
        Mailbox(name=name, address=address) for name, address in boxes
    )


def test_read_stops_at_two_hundred() -> None:
    assert len(mailboxes.read(b"a@example.org," * 1000)) == 200


@given(st.text('a@b.c<>(),;:"\\ =?', max_size=40).map(str.encode) | st.binary(max_size=40))
def test_read_never_raises(value: bytes) -> None:
    mailboxes.read(value)
