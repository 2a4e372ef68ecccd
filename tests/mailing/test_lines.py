"""Mails by `Relay` to a relay that offers PIPELINING; to others: test_outgoing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from community.setbacks import Partly, Undelivered
from mailing.outgoing import Relay
from tests.mailing.relay_double import CUT, RelayDouble, Script

pytestmark = pytest.mark.anyio

FROM = "samband@lists.example.org"
KARI, OLA = "kari@example.org", "ola@example.org"
MAIL = "Subject: blå\r\n\r\n.dot\nbye".encode()
ON_THE_WIRE = "Subject: blå\r\n\r\n..dot\r\nbye\r\n".encode()
OFFERS = ("PIPELINING", "SIZE 1000000", "8BITMIME", "SMTPUTF8")
#: Verb, answer; permanent, in doubt, reason.
OUTCOMES = (
    ("GREETING", "421 busy", False, False, "421 busy"),
    ("MAIL", "450 4.1.8 later", False, False, "450 4.1.8 later"),
    ("MAIL", "421 4.3.2 closing", False, False, "421 4.3.2 closing"),
    ("MAIL", CUT, False, False, "the relay cannot be reached"),
    ("RCPT", "450 4.2.0 greylisted", False, False, "450 4.2.0 greylisted"),
    ("RCPT", "550 5.1.1 unknown", True, False, "550 5.1.1 unknown"),
    ("DATA", "554 5.7.1 no", True, False, "554 5.7.1 no"),
    ("DOT", "452 4.3.1 full", False, False, "452 4.3.1 full"),
    ("DOT", "554 5.7.1 spam", True, False, "554 5.7.1 spam"),
    ("DOT", CUT, False, True, "the line broke before the relay confirmed the mail"),
)


@asynccontextmanager
async def relayed(double: RelayDouble, *, connections: int = 1) -> AsyncIterator[Relay]:
    double.extensions = OFFERS
    async with double.running() as url:
        relay = Relay(url, connections=connections)
        yield relay
        await relay.aclose()


def answering(verb: str, answer: str) -> Script:
    return lambda said, argument: answer if said == verb else None


async def test_a_mail_leaves_as_it_is_and_the_line_carries_the_next() -> None:
    double = RelayDouble()
    async with relayed(double) as relay:
        replies = [await relay.send("", KARI, MAIL), await relay.send(FROM, OLA, MAIL)]

    assert replies == ["250 2.0.0 queued as 17"] * 2
    assert double.taken == [(f"<{KARI}>", ON_THE_WIRE), (f"<{OLA}>", ON_THE_WIRE)]
    [said] = double.said
    assert said[1].startswith("MAIL FROM:<> SIZE=")
    assert said[1].endswith(" BODY=8BITMIME")
    assert [each.split(" ")[0] for each in said] == [
        *("EHLO", "MAIL", "RCPT", "DATA"),
        *("MAIL", "RCPT", "DATA", "QUIT"),
    ]


async def test_lines_are_as_many_as_allowed_and_renewed_after_a_hundred() -> None:
    double = RelayDouble()
    async with relayed(double, connections=2) as relay:
        await asyncio.gather(*(relay.send("", KARI, MAIL) for _ in range(210)))

    assert len(double.taken) == 210
    assert len(double.said) in (3, 4)  # as the mails fall on the two
    assert max(sum(line == "DATA" for line in said) for said in double.said) == 100


async def test_each_outcome_says_what_it_means_and_the_next_mail_goes() -> None:
    told = []
    for verb, answer, *_ in OUTCOMES:
        double = RelayDouble(script=answering(verb, answer))
        async with relayed(double) as relay:
            with pytest.raises(Undelivered) as failed:
                await relay.send(FROM, KARI, MAIL)
            double.script = lambda verb, argument: None
            await relay.send(FROM, OLA, MAIL)
        assert double.taken[-1] == (f"<{OLA}>", ON_THE_WIRE)
        why = failed.value
        told.append((verb, answer, why.permanent, why.in_doubt, why.reason))

    assert tuple(told) == OUTCOMES


async def test_of_several_those_refused_are_told_by_their_place() -> None:
    double = RelayDouble(
        script=lambda verb, argument: "550 no" if argument == f"TO:<{OLA}>" else None
    )
    async with relayed(double) as relay:
        with pytest.raises(Partly) as told:
            await relay.send_to_all(FROM, (KARI, OLA), MAIL)

    assert list(told.value.came) == [1]
    assert told.value.rest == "250 2.0.0 queued as 17"
    assert double.taken == [(f"<{KARI}>", ON_THE_WIRE)]


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


async def test_an_address_the_relay_cannot_take_is_given_up_and_the_line_lives_on() -> None:
    double = RelayDouble()
    async with relayed(double) as relay:
        await relay.send(FROM, KARI, MAIL)
        with pytest.raises(Undelivered) as failed:
            await relay.send(FROM, "a\r\nRCPT TO:<b@c>", MAIL)
        await relay.send(FROM, OLA, MAIL)

    assert failed.value.permanent is True
    assert len(double.said) == 1
