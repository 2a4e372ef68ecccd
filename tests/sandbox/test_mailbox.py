"""A sending program meets the sink on good and on bad days."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage

import aiosmtplib
import pytest

from sandbox.mailbox import Sink, running
from tests.sandbox.town import Hands

pytestmark = pytest.mark.anyio


@pytest.fixture
def sink(hands: Hands) -> Sink:
    return Sink(hands)


def mail(*recipients: str, text: str = "Lunch at noon?") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "ada@example.org"
    message["To"] = ", ".join(recipients)
    message["Subject"] = "Lunch"
    message.set_content(text)
    return message


async def send(port: int, *recipients: str, text: str = "Lunch?") -> object:
    message = mail(*recipients, text=text)
    return await aiosmtplib.send(message, hostname="127.0.0.1", port=port, start_tls=False)


async def test_mail_is_kept_for_each_recipient_byte_by_byte(sink: Sink, hands: Hands) -> None:
    raw = b"Subject: odd\r\n\r\n" + b"x" * 5000 + b"\r\n.dot\r\n\xff\xfe\r\n"

    async with running(sink) as port:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
        async with client:
            await client.sendmail("ada@example.org", ["liv@example.org", "per@example.org"], raw)

    assert [mail.raw for mail in sink.mails("LIV@example.org")] == [raw]
    assert [(mail.number, mail.recipient, mail.sender) for mail in sink.all] == [
        (1, "liv@example.org", "ada@example.org"),
        (2, "per@example.org", "ada@example.org"),
    ]
    assert sink.all[0].at == hands.now()


@pytest.mark.parametrize(
    ("address", "code"), [("temp@example.org", 451), ("perm@example.org", 550)]
)
async def test_some_addresses_are_always_refused(sink: Sink, address: str, code: int) -> None:
    async with running(sink) as port:
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
            await send(port, address)

    assert [one.code for one in refused.value.recipients] == [code]
    assert sink.all == []


async def test_refusal_lasts_or_ends_as_ordered(sink: Sink) -> None:
    sink.refuse("liv@example.org", "452 4.2.2 Over quota", times=1)
    sink.refuse("per@example.org", "550 5.2.1 Disabled")

    async with running(sink) as port:
        answers = []
        for _ in range(2):
            errors, _text = await aiosmtplib.send(
                mail("liv@example.org", "per@example.org", "ada@example.org"),
                hostname="127.0.0.1",
                port=port,
                start_tls=False,
            )
            answers.append({address: answer.code for address, answer in errors.items()})
        sink.accept("per@example.org")
        await send(port, "per@example.org")

    assert answers == [{"liv@example.org": 452, "per@example.org": 550}, {"per@example.org": 550}]
    assert len(sink.mails("per@example.org")) == 1


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "DATA"])
async def test_verb_can_be_refused(sink: Sink, verb: str) -> None:
    sink.refuse(verb, "421 4.3.2 Going down" if verb == "EHLO" else "451 4.3.0 Not now", times=9)

    async with running(sink) as port:
        with pytest.raises(aiosmtplib.SMTPException):
            await send(port, "liv@example.org")

    assert sink.all == []


async def test_hanging_sender_waits_and_the_sink_still_stops(sink: Sink) -> None:
    sink.hang("liv@example.org")

    async with running(sink) as port:
        with pytest.raises(aiosmtplib.SMTPException):
            await aiosmtplib.send(
                mail("liv@example.org"),
                hostname="127.0.0.1",
                port=port,
                start_tls=False,
                timeout=0.1,
            )

    assert sink.all == []


async def test_dropped_connection_leaves_the_sender_in_doubt(sink: Sink) -> None:
    sink.drop_after_data()

    async with running(sink) as port:
        with pytest.raises(aiosmtplib.SMTPException):
            await send(port, "liv@example.org")
        await send(port, "liv@example.org")

    assert len(sink.mails("liv@example.org")) == 2


async def test_readers_can_wait_for_mail(sink: Sink) -> None:
    async with running(sink) as port:
        before = sink.changes.version
        waiting = asyncio.create_task(sink.changes.after(before, seconds=5))
        await send(port, "liv@example.org")
        after = await waiting

    assert after > before


async def test_sink_continues_where_it_was(sink: Sink, hands: Hands) -> None:
    async with running(sink) as port:
        await send(port, "liv@example.org")

    again = Sink.load(sink.dump(), hands)

    assert again.all == sink.all
