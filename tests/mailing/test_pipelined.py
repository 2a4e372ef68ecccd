"""Conversations of a pipelined line with a relay that fails on order, each with its outcome."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from community.clock import SystemClock
from community.setbacks import Crowded, Partly, Undelivered
from mailing import copies
from mailing.copies import Copy
from mailing.lanes import RelayLane, RelayLanes
from mailing.outgoing import Relay
from mailing.paces import Paces
from tests.mailing.relay_double import CUT, SILENT, RelayDouble, Script

pytestmark = pytest.mark.anyio

FROM = "postdocs-bounces+7-t0ken@lists.example.org"
KARI, OLA, PER = "kari@example.org", "ola@example.org", "per@example.org"
POST = copies.shared(b"Subject: x\r\n", b".dot\r\nbye\r\n")
OFFERS = ("PIPELINING", "SIZE 1000000", "8BITMIME", "SMTPUTF8")
BROKE = "the line broke before the relay confirmed the mail"
NONSENSE = "the relay's answer makes no sense"
AWAY = "the relay cannot be reached"
LATE = "the relay did not answer in time"


def a_double(script: Script | None = None, **options: tuple[str, ...]) -> RelayDouble:
    extensions = options.get("extensions", OFFERS)
    return RelayDouble(script=script or (lambda verb, argument: None), extensions=extensions)


def a_copy(recipient: str) -> Copy:
    return Copy(FROM, recipient, b"X-Own: 1\r\n\r\n", POST)


async def at_once() -> None:
    """Let the mail go."""


async def carry(lane: RelayLane, recipient: str, following: Copy | None = None) -> str:
    return await lane.carry(a_copy(recipient), following=following, may_send=at_once)


@asynccontextmanager
async def laid(double: RelayDouble) -> AsyncIterator[RelayLanes]:
    async with double.running() as url:
        paces = Paces(SystemClock(), lines=4, pauses=False)
        relay = Relay(url, connections=3, paces=paces)
        yield RelayLanes(relay)
        await relay.aclose()


def answering(verb: str, answer: str, recipient: str = "") -> Script:
    return lambda said, argument: answer if said == verb and recipient in argument else None


def verbs(said: list[str]) -> list[str]:
    return [line.split(" ")[0] for line in said]


async def test_a_copy_leaves_as_it_is_with_its_dots_doubled() -> None:
    double = a_double()
    async with laid(double) as lanes:
        lane = lanes.lane(seconds=30)
        answer = await carry(lane, KARI)
        await lane.aclose()

    mail = b"Subject: x\r\nX-Own: 1\r\n\r\n..dot\r\nbye\r\n"
    assert answer == "250 2.0.0 queued as 17"
    assert double.taken == [(f"<{KARI}>", mail)]
    assert verbs(double.said[0]) == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]
    assert double.said[0][1] == f"MAIL FROM:<{FROM}> SIZE={len(mail) + 3}"


async def test_the_next_envelope_travels_with_the_mail_and_no_mail_goes_before_its_turn() -> None:
    allowed, said_ahead = asyncio.Event(), asyncio.Event()

    def listening(verb: str, argument: str) -> None:
        if verb == "RCPT" and OLA in argument:
            said_ahead.set()

    double = a_double(listening)

    async def when_allowed() -> None:
        await allowed.wait()

    async with laid(double) as lanes:
        lane = lanes.lane(seconds=30)
        following = a_copy(OLA)
        await carry(lane, KARI, following)
        second = asyncio.ensure_future(lane.carry(following, following=None, may_send=when_allowed))
        await said_ahead.wait()
        before = [recipient for recipient, _ in double.taken]
        allowed.set()
        await second
        await lane.aclose()

    assert before == [f"<{KARI}>"]
    assert [recipient for recipient, _ in double.taken] == [f"<{KARI}>", f"<{OLA}>"]
    assert len(double.said) == 1


@pytest.mark.parametrize(
    ("verb", "answer", "permanent", "in_doubt", "reason"),
    [
        ("GREETING", "554 5.3.2 no", False, False, "554 5.3.2 no"),
        ("GREETING", CUT, False, False, AWAY),
        ("MAIL", "450 4.1.8 later", False, False, "450 4.1.8 later"),
        ("MAIL", "530 5.7.0 log in", False, False, "530 5.7.0 log in"),
        ("MAIL", "550 5.7.1 sender unknown", False, False, "550 5.7.1 sender unknown"),
        ("MAIL", "552 5.3.4 too big", True, False, "552 5.3.4 too big"),
        ("MAIL", "421 4.3.2 closing", False, False, "421 4.3.2 closing"),
        ("MAIL", CUT, False, False, AWAY),
        ("MAIL", SILENT, False, False, LATE),
        ("MAIL", "hello?", False, False, NONSENSE),
        ("MAIL", "354 what", False, False, NONSENSE),
        ("RCPT", "450 4.2.0 greylisted", False, False, "450 4.2.0 greylisted"),
        ("RCPT", "552 5.2.2 full", False, False, "552 5.2.2 full"),
        ("RCPT", "550 5.1.1 unknown", True, False, "550 5.1.1 unknown"),
        ("RCPT", "550-5.1.1 not\r\n550 here", True, False, "550 5.1.1 not\nhere"),
        ("RCPT", "421 4.7.0 enough", False, False, "421 4.7.0 enough"),
        ("RCPT", CUT, False, False, AWAY),
        ("RCPT", SILENT, False, False, LATE),
        ("RCPT", "what?", False, False, NONSENSE),
        ("DATA", "451 4.3.0 later", False, False, "451 4.3.0 later"),
        ("DATA", "554 5.7.1 no", True, False, "554 5.7.1 no"),
        ("DATA", "421 4.3.2 closing", False, False, "421 4.3.2 closing"),
        ("DATA", CUT, False, False, AWAY),
        ("DATA", SILENT, False, False, LATE),
        ("DATA", "250 what", False, False, NONSENSE),
        ("DOT", "452 4.3.1 full", False, False, "452 4.3.1 full"),
        ("DOT", "554-5.7.1 spam\r\n554 says who", True, False, "554 5.7.1 spam\nsays who"),
        ("DOT", "421 4.3.2 closing", False, False, "421 4.3.2 closing"),
        ("DOT", CUT, False, True, BROKE),
        ("DOT", SILENT, False, True, BROKE),
        ("DOT", "nonsense", False, True, NONSENSE),
        ("DOT", "354 what", False, True, NONSENSE),
        ("RCPT", "600 what", False, False, NONSENSE),
        ("DOT", "999 what", False, True, NONSENSE),
        ("DOT", "554 ikke \udce5pent\0", True, False, "554 ikke \ufffdpent\ufffd"),
    ],
)
async def test_each_outcome_says_what_it_means_and_the_next_copy_goes(
    verb: str, answer: str, permanent: bool, in_doubt: bool, reason: str
) -> None:
    double = a_double(answering(verb, answer))
    async with laid(double) as lanes:
        lane, relay = lanes.lane(seconds=30), lanes.relay
        patience = relay.command_seconds, relay.mail_seconds
        if answer == SILENT:  # else nobody waits, however busy the machine is
            relay.command_seconds = relay.mail_seconds = 0.2
        with pytest.raises(Undelivered) as failed:
            await carry(lane, KARI)
        relay.command_seconds, relay.mail_seconds = patience

        double.script = lambda verb, argument: None
        await carry(lane, OLA)  # whatever happened
        await lane.aclose()

    told = failed.value
    assert (told.permanent, told.in_doubt, told.reason) == (permanent, in_doubt, reason)
    assert double.taken[-1][0] == f"<{OLA}>"


@pytest.mark.parametrize("data", ["503 5.5.1 no recipient", "354 go on all the same"])
async def test_a_refused_recipient_leaves_the_line_clean(data: str) -> None:
    def script(verb: str, argument: str) -> str | None:
        if OLA not in argument:
            return None
        return {"RCPT": "550 no", "DATA": data, "DOT": "554 nobody"}.get(verb)

    double = a_double(script)
    async with laid(double) as lanes:
        lane = lanes.lane(seconds=30)
        ola, per = a_copy(OLA), a_copy(PER)
        await carry(lane, KARI, ola)
        with pytest.raises(Undelivered, match="550 no"):
            await lane.carry(ola, following=per, may_send=at_once)
        await lane.carry(per, following=None, may_send=at_once)
        await lane.aclose()

    assert [recipient for recipient, _ in double.taken] == [f"<{KARI}>", f"<{PER}>"]
    assert len(double.said) == 1


@pytest.mark.parametrize("answer", ["421 4.4.2 enough", CUT])
async def test_a_line_that_closes_between_two_mails_is_dialled_anew(answer: str) -> None:
    double = a_double()
    async with laid(double) as lanes:
        lane = lanes.lane(seconds=30)
        ola = a_copy(OLA)
        once = iter([None, answer])
        double.script = lambda verb, argument: next(once, None) if verb == "MAIL" else None
        await carry(lane, KARI, ola)
        await lane.carry(ola, following=None, may_send=at_once)
        await lane.aclose()

    assert [recipient for recipient, _ in double.taken] == [f"<{KARI}>", f"<{OLA}>"]
    assert len(double.said) == 2


async def test_a_mail_whose_answer_is_lost_is_in_doubt_and_the_one_said_ahead_is_not() -> None:
    double = a_double(answering("DOT", CUT, KARI))
    async with laid(double) as lanes:
        lane = lanes.lane(seconds=30)
        ola = a_copy(OLA)
        with pytest.raises(Undelivered) as failed:
            await carry(lane, KARI, ola)
        await lane.carry(ola, following=None, may_send=at_once)
        await lane.aclose()

    assert failed.value.in_doubt is True
    assert [recipient for recipient, _ in double.taken] == [f"<{KARI}>", f"<{OLA}>"]


async def test_a_relay_that_wants_no_more_lines_keeps_those_it_has() -> None:
    double = a_double()
    async with laid(double) as lanes:
        first, second = lanes.lane(seconds=30), lanes.lane(seconds=30)
        await carry(first, KARI)
        double.script = answering("GREETING", "421 too many")
        with pytest.raises(Crowded):
            await carry(second, OLA)
        await carry(first, OLA)
        await first.aclose()

    assert [recipient for recipient, _ in double.taken] == [f"<{KARI}>", f"<{OLA}>"]


async def test_a_relay_without_pipelining_gets_one_command_at_a_time() -> None:
    double = a_double(extensions=("SIZE 1000",))
    async with laid(double) as lanes:
        opened = [lanes.lane(seconds=30) for _ in range(3)]
        await carry(opened[0], KARI, a_copy(OLA))
        await carry(opened[1], OLA)
        with pytest.raises(Crowded):
            await carry(opened[2], PER)
        for lane in opened:
            await lane.aclose()

    assert [recipient for recipient, _ in double.taken] == [f"<{KARI}>", f"<{OLA}>"]
    assert double.taken[0][1] == b"Subject: x\r\nX-Own: 1\r\n\r\n..dot\r\nbye\r\n"


async def test_signs_that_the_relay_cannot_take_are_refused_and_the_line_lives_on() -> None:
    double = a_double(extensions=("PIPELINING",))
    async with laid(double) as lanes:
        lane = lanes.lane(seconds=30)
        odd = a_copy("bjørn@example.org")
        await carry(lane, KARI, odd)
        with pytest.raises(Undelivered, match="does not offer SMTPUTF8"):
            await lane.carry(odd, following=None, may_send=at_once)
        await carry(lane, OLA)
        await lane.aclose()

    assert len(double.said) == 1
    assert [recipient for recipient, _ in double.taken] == [f"<{KARI}>", f"<{OLA}>"]


async def test_a_mail_of_many_slices_arrives_whole() -> None:
    body = b"".join(b"%07d.....\r\n.\r\n" % number for number in range(40_000))
    large = Copy(FROM, KARI, b"\r\n", copies.shared(b"Subject: large\r\n", body))
    double = a_double()
    async with laid(double) as lanes:
        lane = lanes.lane(seconds=60)
        await lane.carry(large, following=a_copy(OLA), may_send=at_once)
        await lane.aclose()

    assert double.taken[0][1] == b"Subject: large\r\n\r\n" + body.replace(b"\n.", b"\n..")


def a_shared_copy(*recipients: str) -> Copy:
    return Copy(FROM, recipients[0], b"X-Own: 1\r\n\r\n", POST, recipients[1:])


def told(partly: Partly, *recipients: str) -> dict[str, str]:
    """Say what came of each."""
    return {each: str(partly.of(place)) for place, each in enumerate(recipients)}


@asynccontextmanager
async def spoken(double: RelayDouble) -> AsyncIterator[RelayLane]:
    """Give a lane of a relay that may or may not know PIPELINING."""
    async with laid(double) as lanes:
        lane = lanes.lane(seconds=30)
        yield lane
        await lane.aclose()


#: One mail for several recipients, over both kinds of line.
BOTH = pytest.mark.parametrize("extensions", [OFFERS, OFFERS[1:]], ids=["pipelined", "plain"])


@BOTH
async def test_all_get_it_in_one_transaction(extensions: tuple[str, ...]) -> None:
    double = a_double(extensions=extensions)
    async with spoken(double) as lane:
        answer = await lane.carry(a_shared_copy(KARI, OLA, PER), following=None, may_send=at_once)

    assert answer == "250 2.0.0 queued as 17"
    assert [to for to, _ in double.taken] == [f"<{each}>" for each in (KARI, OLA, PER)]
    assert verbs(double.said[0]) == ["EHLO", "MAIL", *["RCPT"] * 3, "DATA", "QUIT"]


@BOTH
async def test_d4_a_refused_recipient_fails_alone(extensions: tuple[str, ...]) -> None:
    def script(verb: str, argument: str) -> str | None:
        refusals = {OLA: "550 5.1.1 unknown", PER: "452 4.5.3 too many"}
        named = argument.removeprefix("TO:<").removesuffix(">")
        return refusals.get(named) if verb == "RCPT" else None

    double = a_double(script, extensions=extensions)
    async with spoken(double) as lane:
        with pytest.raises(Partly) as partly:
            await lane.carry(a_shared_copy(KARI, OLA, PER), following=None, may_send=at_once)
        await carry(lane, KARI)  # the line is clean

    assert told(partly.value, KARI, OLA, PER) == {
        KARI: "250 2.0.0 queued as 17",
        OLA: "550 5.1.1 unknown",
        PER: "452 4.5.3 too many",
    }
    assert isinstance(partly.value.of(1), Undelivered)
    assert [to for to, _ in double.taken] == [f"<{KARI}>", f"<{KARI}>"]
    assert len(double.said) == 1


@BOTH
async def test_when_all_are_refused_each_has_its_own_answer(extensions: tuple[str, ...]) -> None:
    double = a_double(
        lambda verb, argument: f"550 no {argument[4:7]}" if verb == "RCPT" else None,
        extensions=extensions,
    )
    async with spoken(double) as lane:
        with pytest.raises(Partly) as partly:
            await lane.carry(a_shared_copy(KARI, OLA), following=None, may_send=at_once)
        double.script = lambda verb, argument: None
        await carry(lane, PER)

    assert told(partly.value, KARI, OLA) == {KARI: "550 no kar", OLA: "550 no ola"}
    assert [to for to, _ in double.taken] == [f"<{PER}>"]
    assert len(double.said) == 1


@pytest.mark.parametrize(
    ("verb", "answer", "in_doubt"),
    [
        ("MAIL", "451 4.3.0 later", False),
        ("DATA", "554 5.7.1 no", False),
        ("DOT", "554 5.7.1 no", False),
        ("DOT", "451 4.3.0 later", False),
        ("DOT", CUT, True),
        ("RCPT", "421 4.7.0 enough", False),
    ],
)
@BOTH
async def test_what_is_said_of_the_mail_is_said_of_all(
    extensions: tuple[str, ...], verb: str, answer: str, in_doubt: bool
) -> None:
    double = a_double(answering(verb, answer), extensions=extensions)
    async with spoken(double) as lane:
        with pytest.raises(Undelivered) as failed:
            await lane.carry(a_shared_copy(KARI, OLA), following=None, may_send=at_once)

    assert failed.value.in_doubt is in_doubt
    assert failed.value.permanent is answer.startswith("5")


@BOTH
async def test_d2_only_those_who_were_let_in_are_in_doubt(extensions: tuple[str, ...]) -> None:
    def script(verb: str, argument: str) -> str | None:
        if verb == "DOT":
            return CUT
        return "550 no" if verb == "RCPT" and OLA in argument else None

    async with spoken(a_double(script, extensions=extensions)) as lane:
        with pytest.raises(Partly) as partly:
            await lane.carry(a_shared_copy(KARI, OLA, PER), following=None, may_send=at_once)

    came = [partly.value.of(place) for place in range(3)]
    assert [isinstance(each, Undelivered) and each.in_doubt for each in came] == [
        True,
        False,
        True,
    ]


async def test_a_shared_mail_can_be_said_ahead() -> None:
    double = a_double()
    async with spoken(double) as lane:
        shared = a_shared_copy(OLA, PER)
        await carry(lane, KARI, shared)
        await lane.carry(shared, following=None, may_send=at_once)

    assert [to for to, _ in double.taken] == [f"<{KARI}>", f"<{OLA}>", f"<{PER}>"]
    assert len(double.said) == 1
