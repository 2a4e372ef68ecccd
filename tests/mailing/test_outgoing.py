import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from community.setbacks import Postponed, Undelivered
from mailing import outgoing
from mailing.outgoing import Relay
from tests.mailing.relay_double import CUT, SILENT, RelayDouble, Script

pytestmark = pytest.mark.anyio

FROM = "postdocs-bounces+t0ken@lists.example.org"
KARI, OLA = "kari@example.org", "ola@example.org"
MAIL = b"Subject: x\r\n\r\n.dot\r\nbye\r\n"


@asynccontextmanager
async def relayed(
    double: RelayDouble, *, connections: int = 1, query: str = ""
) -> AsyncIterator[Relay]:
    async with double.running() as url:
        relay = Relay(url + query, connections=connections)
        yield relay
        await relay.aclose()


def answering(verb: str, answer: str) -> Script:
    return lambda said, argument: answer if said == verb else None


async def test_a_mail_leaves_as_it_is() -> None:
    double = RelayDouble()
    async with relayed(double) as relay:
        reply = await relay.send(FROM, KARI, MAIL)

    assert reply == "250 2.0.0 queued as 17"
    assert double.taken == [("<kari@example.org>", b"Subject: x\r\n\r\n..dot\r\nbye\r\n")]
    assert double.said == [
        [
            "EHLO localhost",
            f"MAIL FROM:<{FROM}> SIZE={len(MAIL)}",
            "RCPT TO:<kari@example.org>",
            "DATA",
            "QUIT",
        ]
    ]


async def test_one_line_carries_many_mails_and_is_renewed_after_a_hundred() -> None:
    double = RelayDouble()
    async with relayed(double) as relay:
        for _ in range(101):
            await relay.send("", KARI, MAIL)

    assert [sum(line == "DATA" for line in said) for said in double.said] == [100, 1]
    assert double.said[0][1].startswith("MAIL FROM:<> ")
    assert double.said[0][-1] == "QUIT"


async def test_lines_are_as_many_as_allowed() -> None:
    double = RelayDouble()
    async with relayed(double, connections=3) as relay:
        await asyncio.gather(*(relay.send(FROM, KARI, MAIL) for _ in range(12)))

    assert len(double.said) == 3
    assert len(double.taken) == 12


async def test_eight_bit_and_utf8_are_announced() -> None:
    double = RelayDouble()
    async with relayed(double) as relay:
        await relay.send(FROM, "bjørn@blåbær.example", b"Subject: \xc3\xa6\r\n\r\nx\r\n")

    assert double.said[0][1].endswith(" SIZE=18 BODY=8BITMIME SMTPUTF8")
    assert double.taken[0][0] == "<bjørn@xn--blbr-roah.example>"


async def test_an_address_the_relay_cannot_take_is_given_up_and_the_line_lives_on() -> None:
    double = RelayDouble(extensions=())
    async with relayed(double) as relay:
        with pytest.raises(Undelivered) as failed:
            await relay.send(FROM, "bjørn@example.org", MAIL)
        await relay.send(FROM, KARI, MAIL)

    assert failed.value.permanent is True
    assert len(double.said) == 1


@pytest.mark.parametrize(
    ("verb", "answer", "permanent", "in_doubt", "reason"),
    [
        ("GREETING", "554 5.3.2 no", False, False, "554 5.3.2 no"),
        ("GREETING", "421 busy", False, False, "421 busy"),
        ("GREETING", CUT, False, False, "the relay cannot be reached"),
        ("GREETING", SILENT, False, False, "the relay did not answer in time"),
        ("GREETING", "hello?", False, False, "the relay's answer makes no sense"),
        ("EHLO", "421 4.3.2 no", False, False, "421 4.3.2 no"),
        ("EHLO", SILENT, False, False, "the relay did not answer in time"),
        ("MAIL", "450 4.1.8 later", False, False, "450 4.1.8 later"),
        ("MAIL", "530 5.7.0 log in", False, False, "530 5.7.0 log in"),
        ("MAIL", "503 5.5.1 order", False, False, "503 5.5.1 order"),
        ("MAIL", "550 5.7.1 sender unknown", False, False, "550 5.7.1 sender unknown"),
        ("MAIL", "552 5.3.4 too big", True, False, "552 5.3.4 too big"),
        ("MAIL", CUT, False, False, "the relay cannot be reached"),
        ("MAIL", SILENT, False, False, "the relay did not answer in time"),
        ("RCPT", "450 4.2.0 greylisted", False, False, "450 4.2.0 greylisted"),
        ("RCPT", "452 4.2.2 full", False, False, "452 4.2.2 full"),
        ("RCPT", "421 4.7.0 enough", False, False, "421 4.7.0 enough"),
        ("RCPT", "552 5.2.2 full", False, False, "552 5.2.2 full"),
        ("RCPT", "550 5.1.1 unknown", True, False, "550 5.1.1 unknown"),
        ("RCPT", "550-5.1.1 not\r\n550 here", True, False, "550 5.1.1 not\nhere"),
        ("RCPT", SILENT, False, False, "the relay did not answer in time"),
        ("DATA", "451 4.3.0 later", False, False, "451 4.3.0 later"),
        ("RCPT", "600 what", False, False, "the relay's answer makes no sense"),
        ("DATA", "554 5.7.1 no", True, False, "554 5.7.1 no"),
        ("DATA", CUT, False, False, "the relay cannot be reached"),
        ("DATA", SILENT, False, False, "the relay did not answer in time"),
        ("DATA", "250 what", False, False, "the relay's answer makes no sense"),
        ("DOT", "452 4.3.1 full", False, False, "452 4.3.1 full"),
        ("DOT", "554 5.7.1 spam", True, False, "554 5.7.1 spam"),
        ("DOT", "421 4.3.2 closing", False, False, "421 4.3.2 closing"),
        ("DOT", CUT, False, True, "the line broke before the relay confirmed the mail"),
        ("DOT", SILENT, False, True, "the line broke before the relay confirmed the mail"),
        ("DOT", "nonsense", False, True, "the relay's answer makes no sense"),
        ("DOT", "354 what", False, True, "the relay's answer makes no sense"),
        ("DOT", "999 what", False, True, "the relay's answer makes no sense"),
        ("DOT", "554 ikke \udce5pent\0", True, False, "554 ikke \ufffdpent\ufffd"),
    ],
)
async def test_each_outcome_says_what_it_means(
    verb: str, answer: str, permanent: bool, in_doubt: bool, reason: str
) -> None:
    double = RelayDouble(script=answering(verb, answer))
    async with relayed(double) as relay:
        patience = relay.command_seconds, relay.mail_seconds
        if answer == SILENT:  # else nobody waits, however busy the machine is
            relay.command_seconds = relay.mail_seconds = 0.2
        with pytest.raises(Undelivered) as failed:
            await relay.send(FROM, KARI, MAIL)
        relay.command_seconds, relay.mail_seconds = patience

        double.script = lambda verb, argument: None
        await relay.send(FROM, OLA, MAIL)  # whatever happened, the next mail goes

    told = failed.value
    assert (told.permanent, told.in_doubt, told.reason) == (permanent, in_doubt, reason)


async def test_an_answer_in_another_character_set_can_be_kept_and_any_2xx_is_a_yes() -> None:
    double = RelayDouble(script=answering("DOT", "251 tatt p\udce5 vei\0"))
    async with relayed(double) as relay:
        reply = await relay.send(FROM, KARI, MAIL)

    assert reply == "251 tatt p\ufffd vei\ufffd"


@pytest.mark.parametrize("verb", ["GREETING", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_what_took_too_long_before_the_mail_was_sent_is_not_in_doubt(verb: str) -> None:
    double = RelayDouble(script=answering(verb, SILENT))
    async with relayed(double) as relay:
        with pytest.raises(Undelivered) as failed:
            await relay.send(FROM, KARI, MAIL, seconds=0.2)

    told = failed.value
    assert (told.permanent, told.in_doubt) == (False, False)
    assert told.reason == "the relay did not answer in time"


async def test_a_letter_that_found_no_free_line_is_put_off_and_was_not_tried() -> None:
    is_sent = asyncio.Event()

    def silent(verb: str, argument: str) -> str | None:
        if verb == "DOT":
            is_sent.set()
        return SILENT if verb == "DOT" else None

    double = RelayDouble(script=silent)
    async with relayed(double) as relay:
        first = asyncio.create_task(relay.send(FROM, OLA, MAIL, seconds=30))
        await is_sent.wait()
        with pytest.raises(Postponed):
            await relay.send(FROM, KARI, MAIL, seconds=0.1)
        first.cancel()
        await asyncio.wait([first])

    assert [recipient for recipient, _ in double.taken] == [f"<{OLA}>"]


async def test_a_refused_recipient_leaves_the_line_open_and_clean() -> None:
    double = RelayDouble(
        script=lambda verb, argument: (
            "550 no" if (verb, argument) == ("RCPT", f"TO:<{OLA}>") else None
        )
    )
    async with relayed(double) as relay:
        with pytest.raises(Undelivered):
            await relay.send(FROM, OLA, MAIL)
        await relay.send(FROM, KARI, MAIL)

    assert [line.split(" ")[0] for line in double.said[0]] == [
        *("EHLO", "MAIL", "RCPT", "RSET"),
        *("MAIL", "RCPT", "DATA", "QUIT"),
    ]


@pytest.mark.parametrize("answer", ["421 4.4.2 idle too long", CUT])
async def test_a_line_that_went_stale_is_dialled_anew(answer: str) -> None:
    double = RelayDouble()
    async with relayed(double) as relay:
        await relay.send(FROM, KARI, MAIL)
        stale = iter([answer])
        double.script = lambda verb, argument: next(stale, None) if verb == "MAIL" else None
        await relay.send(FROM, OLA, MAIL)

    assert [recipient for recipient, _ in double.taken] == [f"<{KARI}>", f"<{OLA}>"]
    assert len(double.said) == 2


async def test_nobody_listening_is_temporary() -> None:
    double = RelayDouble()
    async with double.running() as url:
        pass
    relay = Relay(url)

    with pytest.raises(Undelivered) as failed:
        await relay.send(FROM, KARI, MAIL)

    assert (failed.value.permanent, failed.value.reason) == (False, "the relay cannot be reached")


@pytest.mark.parametrize(
    ("sender", "recipient"), [(FROM, "a\r\nRCPT TO:<b@c>"), ("a b", KARI), (FROM, ""), (FROM, "a")]
)
async def test_only_addresses_reach_a_command(sender: str, recipient: str) -> None:
    double = RelayDouble()
    async with relayed(double) as relay:
        with pytest.raises(Undelivered) as failed:
            await relay.send(sender, recipient, MAIL)

    assert failed.value.permanent is True
    assert double.said == []


async def test_stray_line_ends_do_not_leave_the_house() -> None:
    double = RelayDouble()
    async with relayed(double) as relay:
        await relay.send(FROM, KARI, b"Subject: x\n\na\n.\nMAIL FROM:<x>\r.\r\nend")

    assert double.taken[0][1] == b"Subject: x\r\n\r\na\r\n..\r\nMAIL FROM:<x>\r\n..\r\nend\r\n"


async def test_a_must_for_tls_is_kept_when_the_relay_offers_none() -> None:
    double = RelayDouble()
    async with relayed(double, query="?starttls=required") as relay:
        with pytest.raises(Undelivered) as failed:
            await relay.send(FROM, KARI, MAIL)

    assert (failed.value.permanent, double.taken) == (False, [])


@pytest.mark.parametrize(
    ("url", "host", "port", "uses_tls", "starttls"),
    [
        ("smtp://127.0.0.1:25", "127.0.0.1", 25, False, None),
        ("smtp://relay", "relay", 25, False, None),
        ("smtp://relay?starttls=never", "relay", 25, False, False),
        ("smtp://relay:587?starttls=required", "relay", 587, False, True),
        ("smtp://me:p%40ss@relay:587?starttls=never", "relay", 587, False, True),
        ("smtps://me:p%40ss@relay", "relay", 465, True, False),
    ],
)
def test_address_of_reads_a_url(
    url: str, host: str, port: int, uses_tls: bool, starttls: bool | None
) -> None:
    address = outgoing.address_of(url)

    assert (address.host, address.port, address.uses_tls) == (host, port, uses_tls)
    assert address.starttls is starttls
    assert address.password == ("p@ss" if "me:" in url else None)
    assert "p@ss" not in repr(address)


@pytest.mark.parametrize(
    "url", ["", "relay:25", "http://relay", "smtp://", "smtp://relay:x", "smtp://relay?starttls=x"]
)
def test_address_of_refuses_what_is_no_relay(url: str) -> None:
    with pytest.raises(ValueError, match=r"relay|starttls"):
        outgoing.address_of(url)
