"""Mail from a mailbox, by real sockets: never lost, never twice, whatever the server does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from community.store import Store
from config.parsing import ImapAddress
from mailing import gate, headers, imap
from mailing.envelopes import Envelope, Knows, Take
from mailing.parser import Parser
from mailing.polling import Polling, recipients, sender_of
from mailing.replies import FAULT, TAKEN, UNKNOWN_ADDRESS, Reply
from sandbox.imap import PASSWORD, USER, Mailbox, running
from tests import builders
from tests.mailing.test_reception import LIST, SENDER, a_mail, reception, states

pytestmark = pytest.mark.anyio

FOLDERS = ["CREATE", "STATUS", "CREATE", "STATUS", "SELECT"]
OPENING = ["CAPABILITY", "LOGIN", *FOLDERS, "CAPABILITY", "SEARCH"]


def delivered(number: int, to: str = LIST) -> bytes:
    """Give a mail as a server keeps it, with the envelope in its first fields."""
    trace = f"Return-Path: <{SENDER}>\r\nX-Original-To: {to}\r\nDelivered-To: all@example.org\r\n"
    return trace.encode() + a_mail(number)


class Door:
    """Stands for the reception: takes what it is given, or answers what it is told."""

    def __init__(self, *answers: Reply | Exception) -> None:
        self.answers = list(answers)
        self.taken: list[Envelope] = []

    async def knows(self, recipient: str) -> Reply | None:
        return None if recipient.endswith("@lists.example.org") else UNKNOWN_ADDRESS

    async def take(self, envelope: Envelope) -> Reply:
        answer = self.answers.pop(0) if self.answers else TAKEN
        if isinstance(answer, Exception):
            raise answer
        self.taken.append(envelope)
        return answer


@asynccontextmanager
async def polling(
    mailbox: Mailbox, take: Take, knows: Knows, *, password: str = PASSWORD
) -> AsyncIterator[Polling]:
    async with running(mailbox) as port:
        address = ImapAddress("127.0.0.1", port, False, USER, password, "INBOX")
        yield Polling(take, knows, address, max_octets=2000)


async def looked(mailbox: Mailbox, door: Door) -> bool:
    async with polling(mailbox, door.take, door.knows) as poll:
        return await poll.look()


@pytest.mark.parametrize(
    ("offers", "moves", "left"),
    [
        ("MOVE UIDPLUS", ["MOVE"], 0),
        ("UIDPLUS", ["COPY", "STORE", "EXPUNGE"], 0),
        ("", ["COPY", "STORE"], 1),
    ],
)
async def test_a1_a_mail_leaves_the_inbox_after_it_was_taken(
    offers: str, moves: list[str], left: int
) -> None:
    mailbox, door = Mailbox(offers=offers), Door()
    mailbox.deliver(delivered(1))

    assert await looked(mailbox, door)

    assert door.taken == [Envelope(sender=SENDER, recipient=LIST, raw=delivered(1))]
    assert (mailbox.mails(), mailbox.mails(imap.TAKEN)) == ([], [delivered(1)])
    assert mailbox.heard == [*OPENING, "FETCH", "FETCH", *moves, "LOGOUT"]
    assert len(mailbox.folders["INBOX"]) == left  # marked as deleted, where it cannot be taken out


@pytest.mark.parametrize("fault", [FAULT, RuntimeError("db down")])
async def test_a3_a_mail_stays_when_it_cannot_be_kept_and_others_go_on(
    fault: Reply | Exception,
) -> None:
    mailbox, door = Mailbox(), Door(fault)
    mailbox.deliver(delivered(1))
    mailbox.deliver(delivered(2))

    assert not await looked(mailbox, door)
    assert (mailbox.mails(), mailbox.mails(imap.TAKEN)) == ([delivered(1)], [delivered(2)])

    assert await looked(mailbox, door)
    assert mailbox.mails() == []


async def test_a3_all_mails_stay_when_the_database_is_away_and_one_line_says_so() -> None:
    mailbox, door = Mailbox(), Door(OperationalError("SELECT", {}, Exception("disk is full")))
    mailbox.deliver(delivered(1))
    mailbox.deliver(delivered(2))

    with capture_logs() as logs:
        assert not await looked(mailbox, door)

    assert (len(mailbox.mails()), door.taken) == (2, [])
    assert [line["event"] for line in logs] == ["mail.database_away"]


@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "SEARCH", "FETCH", "MOVE"])
@pytest.mark.parametrize("how", ["refuse", "drop"])
async def test_a4_a_mail_is_one_post_whenever_the_server_fails(
    command: str, how: str, store: Store, now: datetime
) -> None:
    builders.a_list(store, builders.a_person(store, "Ada Holm"))
    mailbox, parser = Mailbox(), Parser()
    behind = reception(store, now, parser)
    mailbox.deliver(delivered(1))
    getattr(mailbox, how)(command)

    async with polling(mailbox, behind.take, behind.knows) as poll:
        assert not await poll.look()
        assert mailbox.mails() == [delivered(1)]
        assert await poll.look()
    await parser.aclose()

    assert (mailbox.mails(), states(store)) == ([], [("Post 1", "held")])


@pytest.mark.parametrize("command", ["FETCH", "MOVE"])
async def test_a_mail_that_the_server_will_not_give_or_move_stays_and_others_go_on(
    command: str,
) -> None:
    mailbox, door = Mailbox(), Door()
    mailbox.deliver(delivered(1))
    mailbox.deliver(delivered(2))
    mailbox.refuse(command)

    assert not await looked(mailbox, door)
    assert (mailbox.mails(), mailbox.mails(imap.TAKEN)) == ([delivered(1)], [delivered(2)])

    assert await looked(mailbox, door)
    assert mailbox.mails() == []


async def test_a_mail_larger_than_the_server_says_is_put_aside() -> None:
    mailbox, door = Mailbox(says_size=100), Door()
    raw = delivered(1) + b"x" * 2000
    mailbox.deliver(raw)

    assert await looked(mailbox, door)

    assert (door.taken, mailbox.mails(imap.REFUSED)) == ([], [raw])


async def test_what_a_server_tells_of_other_mails_is_not_taken_for_an_answer() -> None:
    mailbox, door = Mailbox(tells_of_others=True), Door()
    mailbox.deliver(delivered(1))

    assert await looked(mailbox, door)

    assert [envelope.raw for envelope in door.taken] == [delivered(1)]
    assert mailbox.mails(imap.TAKEN) == [delivered(1)]


async def test_it_looks_again_whatever_nonsense_a_server_says() -> None:
    mailbox, door = Mailbox(), Door()
    mailbox.deliver(delivered(1))
    mailbox.babble("SEARCH")

    assert not await looked(mailbox, door)
    assert await looked(mailbox, door)

    assert mailbox.mails(imap.TAKEN) == [delivered(1)]


async def test_a_wrong_password_touches_nothing() -> None:
    mailbox, door = Mailbox(), Door()
    mailbox.deliver(delivered(1))

    async with polling(mailbox, door.take, door.knows, password="other") as poll:
        assert not await poll.look()

    assert (mailbox.heard, mailbox.mails()) == (["CAPABILITY", "LOGIN", "LOGOUT"], [delivered(1)])


@pytest.mark.parametrize(
    "raw",
    [
        delivered(1, "nobody@example.net"),
        b"X-Original-To: postdocs@lists.example.org\r\n\r\n" + b"x" * 2000,
        b" ",
        b"Received: from a by b; now\r\n" * 51 + b"\r\n",
    ],
)
async def test_what_is_not_for_us_is_put_aside_and_not_lost(raw: bytes) -> None:
    mailbox, door = Mailbox(), Door()
    mailbox.deliver(raw)

    assert await looked(mailbox, door)

    assert (door.taken, mailbox.mails(), mailbox.mails(imap.REFUSED)) == ([], [], [raw])


async def test_a_mail_to_two_lists_is_for_both_and_stays_until_both_have_it() -> None:
    mailbox, door = Mailbox(), Door(TAKEN, FAULT)
    raw = b"To: postdocs@lists.example.org\r\nCc: Ane <mentors@lists.example.org>, x@x.org\r\n\r\n"
    mailbox.deliver(raw)

    assert not await looked(mailbox, door)
    assert await looked(mailbox, door)

    names = [envelope.recipient.partition("@")[0] for envelope in door.taken]
    assert names == ["postdocs", "mentors", "postdocs", "mentors"]
    assert mailbox.mails(imap.TAKEN) == [raw]


async def test_it_looks_as_soon_as_it_runs_and_finishes_when_it_is_stopped() -> None:
    mailbox, door = Mailbox(), Door()
    mailbox.deliver(delivered(1))

    async with polling(mailbox, door.take, door.knows) as poll, poll.running():
        pass

    assert "LOGOUT" in mailbox.heard or mailbox.heard == []


@pytest.mark.parametrize(
    ("raw", "sender"),
    [
        (b"Return-Path: <a@x.org>\r\nReturn-Path: <b@x.org>\r\nFrom: c@x.org\r\n", "a@x.org"),
        (b"Return-Path: <>\r\nFrom: c@x.org\r\n", ""),
        (b'Return-Path: <"a b"@x.org>\r\nFrom: c@x.org\r\n', "c@x.org"),
        (b"From: Ada <c@x.org>\r\n", "c@x.org"),
        (b"Subject: x\r\n", "unknown@invalid"),
    ],
)
def test_sender_of_is_what_the_envelope_said(raw: bytes, sender: str) -> None:
    assert sender_of(headers.part(gate.normalised(raw + b"\r\n"))) == sender


def test_recipients_are_listed_once_and_nonsense_is_left_out() -> None:
    raw = b'To: A <a@x.org>, a@X.org, @, b@-x, "c@x.org" <d@x.org>\r\nTo: e@x.org\r\n\r\n'

    assert recipients(headers.part(raw), ("to",)) == ["a@x.org", "c@x.org", "d@x.org", "e@x.org"]
