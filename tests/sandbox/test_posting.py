"""Handing a mail in over LMTP, and what is heard of it."""

import pytest

from mailing.listener import Listener
from sandbox import posting
from tests.mailing.conversation import MAIL, House

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("sender", "recipient", "raw", "reply"),
    [
        ("kari@example.org", "postdocs@lists.example.org", MAIL, "250 2.0.0 Taken"),
        ("", "postdocs@lists.example.org", MAIL, "250 2.0.0 Taken"),
        ("åse@example.org", "postdocs@lists.example.org", MAIL, "250 2.0.0 Taken"),
        ("kari@example.org", "nobody@lists.example.org", MAIL, "550 5.1.1 No such address here"),
        ("a b@c", "postdocs@lists.example.org", MAIL, "553 5.1.7 That is not a sender address"),
        ("kari@example.org", "postdocs@lists.example.org", b"", "554 5.6.0 The mail is empty"),
        (
            "kari@example.org",
            "mentors@lists.example.org",
            MAIL,
            "550 5.7.1 You may not  250 post here",
        ),
    ],
)
async def test_the_servers_reply_is_given_back_a_refusal_too(
    sender: str, recipient: str, raw: bytes, reply: str
) -> None:
    house = House()
    listener = Listener(house.take, house.knows, hostname="lists.example.org")
    async with listener.listening("127.0.0.1", 0) as port:
        assert await posting.post("127.0.0.1", port, sender, recipient, raw) == reply
