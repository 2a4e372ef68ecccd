import asyncio
from itertools import product

import pytest

from mailing.dialogue import Dialogue
from mailing.envelopes import Terms
from mailing.listener import Envelope, Limits, Listener
from mailing.replies import Reply
from mailing.room import Room
from tests.mailing.conversation import MAIL, OPENING, TO_POSTDOCS, House, connected, talking

pytestmark = pytest.mark.anyio

PARAMETER_LINE = "555 5.5.4 I do not know this parameter"
FAULT_LINE = "451 4.3.0 Something broke here, try again later"


class Pieces(asyncio.Transport):
    """A client's end that keeps what comes as it comes, piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[str] = []
        self._more = asyncio.Event()
        self._is_closing = False

    def write(self, octets: bytes | bytearray | memoryview) -> None:
        if not self._is_closing:
            self._pieces.append(bytes(octets).decode().replace("\r\n", "|"))
            self._more.set()

    def is_closing(self) -> bool:
        return self._is_closing

    def close(self) -> None:
        self._is_closing = True

    async def came(self, many: int) -> list[str]:
        """Wait for so many pieces; return those after the greeting and its answer."""
        while len(self._pieces) < many:
            self._more.clear()
            await self._more.wait()
        return self._pieces[2:]


async def test_a_mail_is_taken_when_its_list_is_known() -> None:
    house = House()
    async with talking(house) as client:
        await client.play(OPENING + TO_POSTDOCS)
        await client.send(MAIL.replace(b"Hello.", b"..dot") + b".\r\n")
        await client.play("S: 250 2.0.0 Taken\nC: QUIT\nS: 221 Bye")

    assert house.taken == [
        Envelope(
            sender="kari@example.org",
            recipient="postdocs@lists.example.org",
            raw=MAIL.replace(b"Hello.", b".dot"),
        )
    ]


async def test_each_recipient_gets_its_own_reply_in_order() -> None:
    house = House()
    async with talking(house) as client:
        await client.play(
            OPENING
            + """
            C: MAIL FROM:<>
            S: 250 2.1.0 Ok
            C: RCPT TO:<mentors@lists.example.org>
            S: 250 2.1.5 Ok
            C: RCPT TO:<nobody@lists.example.org>
            S: 550 5.1.1 No such address here
            C: RCPT TO:<broken@lists.example.org>
            S: 250 2.1.5 Ok
            C: RCPT TO:<postdocs@lists.example.org>
            S: 250 2.1.5 Ok
            C: DATA
            S: 354 End the mail with <CR><LF>.<CR><LF>
            """
        )
        await client.send(MAIL + b".\r\n")
        await client.play(
            f"""
            S: 550 5.7.1 You may not  250 post here
            S: {FAULT_LINE}
            S: 250 2.0.0 Taken
            C: NOOP
            S: 250 2.0.0 Ok
            """
        )

    assert [(each.sender, each.recipient) for each in house.taken] == [
        ("", "mentors@lists.example.org"),
        ("", "postdocs@lists.example.org"),
    ]


async def test_data_is_refused_when_no_recipient_was_accepted() -> None:
    house = House()
    async with talking(house) as client:
        await client.play(
            OPENING
            + """
            C: MAIL FROM:<kari@example.org>
            S: 250 2.1.0 Ok
            C: RCPT TO:<nobody@lists.example.org>
            S: 550 5.1.1 No such address here
            C: DATA
            S: 503 5.5.1 No valid recipients
            """
        )

    assert house.taken == []


async def test_a_fault_of_ours_is_temporary_and_says_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = House()
    async with talking(house) as client:
        await client.play(OPENING)
        await client.play("C: MAIL FROM:<kari@example.org>\nS: 250 2.1.0 Ok")
        await client.play(f"C: RCPT TO:<fault@lists.example.org>\nS: {FAULT_LINE}")

    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert caplog.records[0].getMessage().startswith("mail dialogue broke, reference ")


async def test_a_database_that_is_away_is_one_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = House()
    async with talking(house) as client:
        await client.play(OPENING)
        await client.play("C: MAIL FROM:<kari@example.org>\nS: 250 2.1.0 Ok")
        await client.play(f"C: RCPT TO:<away@lists.example.org>\nS: {FAULT_LINE}")

    assert [(record.levelname, record.exc_info) for record in caplog.records] == [("WARNING", None)]
    assert "hunter2" not in caplog.text


async def test_commands_are_answered_in_order_when_they_come_at_once() -> None:
    house = House()
    async with talking(house) as client:
        await client.play(OPENING)
        await client.send(
            b"MAIL FROM:<kari@example.org> BODY=8BITMIME SIZE=100\r\n"
            b"RCPT TO:<postdocs@lists.example.org>\r\nDATA\r\n"
        )
        await client.play(
            "S: 250 2.1.0 Ok\nS: 250 2.1.5 Ok\nS: 354 End the mail with <CR><LF>.<CR><LF>"
        )
        await client.send(MAIL + b".\r\nQUIT\r\n")
        await client.play("S: 250 2.0.0 Taken\nS: 221 2.0.0 Bye")

        assert await client.rest() == ""
    assert len(house.taken) == 1


@pytest.mark.parametrize(
    ("together", "pieces"),
    [
        (
            b"MAIL FROM:<kari@example.org>\r\nRCPT TO:<postdocs@lists.example.org>\r\nDATA\r\n",
            ["250 2.1.0 Ok|250 2.1.5 Ok|354 End the mail with <CR><LF>.<CR><LF>|"],
        ),
        (
            b"MAIL FROM:<>\r\nRCPT TO:<nobody@lists.example.org>\r\nRSET\r\nNOOP\r\nNO",
            [
                "250 2.1.0 Ok|550 5.1.1 No such address here|",
                "250 2.0.0 Ok|250 2.0.0 Ok|",
            ],
        ),
        (b"NOOP\r\nQUIT\r\nNOOP\r\n", ["250 2.0.0 Ok|221 Bye|"]),
    ],
)
async def test_what_comes_together_is_answered_together(together: bytes, pieces: list[str]) -> None:
    house = House()
    terms = Terms(
        take=house.take, knows=house.knows, hostname="x.example", limits=Limits(), room=Room(0)
    )
    dialogue, client = Dialogue(terms, ended=lambda _: None), Pieces()
    dialogue.connection_made(client)
    await client.came(1)
    dialogue.data_received(b"LHLO mx.example.org\r\n")
    await client.came(2)
    dialogue.data_received(together)

    assert await client.came(2 + len(pieces)) == pieces
    dialogue.connection_lost(None)
    await dialogue.leave()


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("EHLO x", "500 5.5.2 I do not know this command"),
        ("HELO x", "500 5.5.2 I do not know this command"),
        ("<script>", "500 5.5.2 I do not know this command"),
        ("LHLO", "501 5.5.4 I do not understand what follows the command"),
        ("MAIL", "501 5.5.4 I do not understand what follows the command"),
        ("MAIL FROM:kari@example.org", "501 5.5.4 I do not understand what follows the command"),
        ("MAIL FROM:<a@b> SIZE=x", "501 5.5.4 I do not understand what follows the command"),
        ("MAIL FROM:<a@b> BODY=BINARY", "501 5.5.4 I do not understand what follows the command"),
        ("MAIL FROM:<a@b> RET=HDRS", PARAMETER_LINE),
        ("MAIL FROM:<a@b> SIZE=2001", "552 5.3.4 The mail is larger than we take"),
        ("MAIL FROM:<a b@c>", "553 5.1.7 That is not a sender address"),
        ("MAIL FROM:<bjørn@example.org>", "553 5.6.7 Such an address needs SMTPUTF8"),
        ("MAIL FROM:<bjørn@example.org> SMTPUTF8", "250 2.1.0 Ok"),
        ("MAIL FROM:<@relay.example:kari@example.org>", "250 2.1.0 Ok"),
        (
            "RCPT TO:<postdocs@lists.example.org>",
            "503 5.5.1 Not now: LHLO, then MAIL, then RCPT, then DATA",
        ),
        ("DATA", "503 5.5.1 No valid recipients"),
        ("VRFY kari", "252 2.5.0 I do not tell, but send your mail and see"),
        ("EXPN postdocs", "502 5.5.1 We do not do that"),
        ("AUTH PLAIN", "502 5.5.1 We do not do that"),
        ("STARTTLS", "502 5.5.1 We do not do that"),
        ("HELP", "214 2.0.0 LHLO MAIL RCPT DATA RSET NOOP QUIT"),
        ("RSET", "250 2.0.0 Ok"),
        ("x" * 3000, "500 5.5.2 I do not know this command"),
        ("x" * 200_000, "500 5.5.2 I do not know this command"),
    ],
)
async def test_a_command_is_answered(command: str, answer: str) -> None:
    async with talking(House()) as client:
        await client.play(f"{OPENING}\nC: {command}\nS: {answer}\nC: NOOP\nS: 250 2.0.0 Ok")


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("RCPT TO:<bjørn@lists.example.org>", "553 5.6.7 Such an address needs SMTPUTF8"),
        ("RCPT TO:<a b@c>", "553 5.1.3 That is not a mail address"),
        ("RCPT TO:<>", "553 5.1.3 That is not a mail address"),
        (
            "RCPT TO:<postdocs@lists.example.org> NOTIFY=NEVER",
            PARAMETER_LINE,
        ),
        (
            "MAIL FROM:<kari@example.org>",
            "503 5.5.1 Not now: LHLO, then MAIL, then RCPT, then DATA",
        ),
    ],
)
async def test_a_command_is_answered_after_mail(command: str, answer: str) -> None:
    async with talking(House()) as client:
        await client.play(OPENING)
        await client.play(f"C: MAIL FROM:<a@b>\nS: 250 2.1.0 Ok\nC: {command}\nS: {answer}")


async def test_mail_is_refused_before_lhlo() -> None:
    async with talking(House()) as client:
        await client.play(
            "C: MAIL FROM:<a@b>\nS: 503 5.5.1 Not now: LHLO, then MAIL, then RCPT, then DATA"
        )


async def test_a_transaction_is_forgotten_after_rset() -> None:
    async with talking(House()) as client:
        await client.play(
            OPENING
            + """
            C: MAIL FROM:<a@b>
            S: 250 2.1.0 Ok
            C: RCPT TO:<postdocs@lists.example.org>
            S: 250 2.1.5 Ok
            C: RSET
            S: 250 2.0.0 Ok
            C: DATA
            S: 503 5.5.1 No valid recipients
            """
        )


async def test_too_many_recipients_are_asked_to_come_later() -> None:
    async with talking(House(), Limits(max_recipients=1)) as client:
        await client.play(
            OPENING
            + """
            C: MAIL FROM:<a@b>
            S: 250 2.1.0 Ok
            C: RCPT TO:<postdocs@lists.example.org>
            S: 250 2.1.5 Ok
            C: RCPT TO:<postdocs@lists.example.org>
            S: 452 4.5.3 Too many recipients, send the rest separately
            """
        )


async def test_a_mail_that_is_too_big_is_refused_for_each_and_the_next_is_taken() -> None:
    house = House()
    async with talking(house) as client:
        await client.play(OPENING + TO_POSTDOCS)
        await client.send(MAIL + b"x" * 40_000 + b"\r\n.\r\n")
        await client.play("S: 552 5.3.4 The mail is larger than we take\n" + TO_POSTDOCS)
        await client.send(MAIL + b".\r\n")
        await client.play("S: 250 2.0.0 Taken")

    assert len(house.taken) == 1


async def test_a_long_line_passes() -> None:
    house = House()
    async with talking(house, max_bytes=1_000_000) as client:
        await client.play(OPENING.replace("2000", "1000000") + TO_POSTDOCS)
        await client.send(MAIL + b"x" * 200_000 + b"\r\n.\r\n")
        await client.play("S: 250 2.0.0 Taken")

    assert len(house.taken[0].raw) == len(MAIL) + 200_002


@pytest.mark.parametrize(
    ("raw", "answer"),
    [
        (b"", "554 5.6.0 The mail is empty"),
        (MAIL + b"a\0b\r\n", "554 5.5.2 Stray CR, LF or NUL: lines must end in CR LF"),
        (MAIL + b"a\rb\r\n", "554 5.5.2 Stray CR, LF or NUL: lines must end in CR LF"),
        (
            b"Received: x\r\n" * 51,
            "554 5.4.6 The mail passed too many hosts, it seems to go in circles",
        ),
    ],
)
async def test_a_mail_is_refused_by_its_bytes(raw: bytes, answer: str) -> None:
    house = House()
    async with talking(house) as client:
        await client.play(OPENING + TO_POSTDOCS)
        await client.send(raw + b".\r\n")
        await client.play(f"S: {answer}")

    assert house.taken == []


ENDS = (b"\r\n", b"\n", b"\r")
HIDDEN = (
    b"MAIL FROM:<evil@evil.example>\r\nRCPT TO:<postdocs@lists.example.org>\r\nDATA\r\n"
    b"Subject: smuggled\r\n\r\nx\r\n.\r\nQUIT\r\n"
)


@pytest.mark.parametrize("size", ["whole", "at the dot", "1 byte"])
@pytest.mark.parametrize(("before", "after"), tuple(product(ENDS, ENDS)))
async def test_no_second_mail_is_smuggled_in(before: bytes, after: bytes, size: str) -> None:
    house = House()
    first = MAIL + b"x" + before
    wire = first + b"." + after + HIDDEN
    async with talking(house) as client:
        await client.play(OPENING + TO_POSTDOCS)
        if size == "whole":
            await client.send(wire)
        elif size == "at the dot":
            await client.send(first)
            await client.send(wire[len(first) :])
        else:
            for at in range(len(wire)):
                client.writer.write(wire[at : at + 1])
            await client.writer.drain()
        said = await client.rest()

    assert house.taken == []
    expected = "554 5.5.0 " if before == after == b"\r\n" else "554 5.5.2 "
    assert said.startswith(expected)
    assert "354" not in said


async def test_what_comes_while_a_mail_is_stored_is_refused_and_the_mail_is_taken() -> None:
    house = House()
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def take(envelope: Envelope) -> Reply:
        begun.set()
        await go_on.wait()
        return await house.take(envelope)

    listener = Listener(take, house.knows, hostname="lists.example.org", max_bytes=2000)
    async with listener.listening("127.0.0.1", 0) as port, connected(port) as client:
        await client.play(OPENING + TO_POSTDOCS)
        await client.send(MAIL + b".\r\n")
        await begun.wait()
        await client.send(HIDDEN)
        async with connected(port) as other:  # a round trip, so that the bytes have arrived
            await other.play("C: NOOP\nS: 250 2.0.0 Ok")
        go_on.set()
        said = await client.rest()

    assert len(house.taken) == 1
    assert said == (
        "250 2.0.0 Taken\r\n554 5.5.0 Commands came before our reply to the mail, goodbye\r\n"
    )
