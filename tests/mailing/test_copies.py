"""A post on the wire: nothing in it can end it, whatever its bytes (threat 2)."""

from hypothesis import given
from hypothesis import strategies as st

from mailing import compose, copies, gate
from mailing.endofdata import EndOfData
from tests.mailing.test_compose import SPLICE, WAY_OUT

PIECES = [
    b"\r\n",
    b"\n",
    b"\r",
    b".",
    b"..",
    b"\0",
    b"x",
    b"MAIL FROM:<a@b>",
    b"Subject: x",
    b"\xff",
]
OWN = b"".join((*WAY_OUT, b"\r\n"))


@given(st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join) | st.binary(max_size=200))
def test_threat_2_a_mail_ends_at_its_own_dot_and_nowhere_else(raw: bytes) -> None:
    mail = compose.for_list(raw, SPLICE)
    shared = copies.shared(mail.head, mail.body)
    wire = shared.wire_head + OWN + shared.wire_body
    end = EndOfData(max_octets=1_000_000)

    assert gate.has_stray_signs(wire) is False
    assert end.feed(wire) is True
    assert end.after == b""
    ended = mail.body if not mail.body or mail.body.endswith(b"\r\n") else mail.body + b"\r\n"
    assert end.mail() == mail.head + OWN + ended
