"""Mail over SMTP: one reply covers all recipients, so it is true for all of them or for none."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlalchemy import select

from community import list_closures, lists, subscriptions
from community.posts import Post
from community.store import Session, Store
from community.tokens import Tokens
from mailing import replies
from mailing.listener import Listener
from mailing.parser import Parser
from mailing.reception import NO_ANSWER, Reception
from sandbox.jumping import StillClock
from tests.builders import a_list, a_person
from tests.mailing.conversation import connected

pytestmark = pytest.mark.anyio

TOKENS = Tokens("a key for tests")
DOMAIN = "lists.example.org"
POSTDOCS, MENTORS = f"postdocs@{DOMAIN}", f"mentors@{DOMAIN}"
JUST_CLOSED = b"4.2.1 A list has just been closed, send it again"
MAIL = (
    b"From: ada.holm@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: Lunch\r\n\r\nToday.\r\n"
)


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store)


@pytest.fixture
async def port(store: Store, ada: int, now: datetime) -> AsyncIterator[int]:
    """Give the port of a listener that talks SMTP, in front of the lists postdocs and mentors."""
    a_list(store, ada)
    mentors = store.run_sync(lists.create, MENTORS, by=None, now=now)
    store.run_sync(lists.set_policy, mentors.id, ("nonmembers=reject",), by=None, now=now)
    parser = Parser()
    reception = Reception(store, StillClock(now), TOKENS, parser, domain=DOMAIN, language="en")
    listener = Listener(
        reception.take,
        reception.knows,
        take_together=reception.take_together,
        hostname=DOMAIN,
        max_bytes=100_000,
    )
    async with listener.listening("127.0.0.1", 0) as port:
        yield port
    await parser.aclose()


def _kept(store: Store) -> list[tuple[int, str]]:
    def all_posts(session: Session) -> list[tuple[int, str]]:
        found = session.execute(select(Post.list_id, Post.subject).order_by(Post.id))
        return [(list_id, subject) for list_id, subject in found]

    return store.read_sync(all_posts)


def _sent(port: int, sender: str, recipients: list[str]) -> tuple[int, bytes]:
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.ehlo_or_helo_if_needed()
        client.mail(sender)
        for recipient in recipients:
            assert client.rcpt(recipient)[0] == 250
        return client.data(MAIL)


def _answers(port: int, recipients: list[str]) -> list[tuple[int, bytes]]:
    """Hand in a mail, and return what was said to each recipient and to the mail."""
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("ada.holm@example.org")
        return [*(client.rcpt(each) for each in recipients), client.data(MAIL)]


async def test_a_program_of_the_usual_kind_hands_in_a_post(port: int, store: Store) -> None:
    said = await asyncio.to_thread(_sent, port, "ada.holm@example.org", [POSTDOCS])

    assert said == (250, b"2.0.0 Taken")
    assert _kept(store) == [(1, "Lunch")]


async def test_the_greetings_of_smtp_are_known_and_that_of_lmtp_is_not(port: int) -> None:
    async with connected(port) as client:
        await client.play(
            f"""
            C: LHLO mx.example.org
            S: 502 5.5.1 We do not do that
            C: MAIL FROM:<ada.holm@example.org>
            S: 503 5.5.1 Not now: EHLO, then MAIL, then RCPT, then DATA
            C: HELO
            S: 501 5.5.4 I do not understand what follows the command
            C: HELO mx.example.org
            S: 250 {DOMAIN}
            C: EHLO mx.example.org
            S: 250-{DOMAIN}
            S: 250-PIPELINING
            S: 250-SIZE 100000
            S: 250-8BITMIME
            S: 250-SMTPUTF8
            S: 250 ENHANCEDSTATUSCODES
            C: HELP
            S: 214 2.0.0 EHLO MAIL RCPT DATA RSET NOOP QUIT
            C: MAIL FROM:<ada.holm@example.org>
            S: 250 2.1.0 Ok
            C: RCPT TO:<nobody@{DOMAIN}>
            S: 550 5.1.1 No such address here
            """
        )


async def test_a2_one_reply_says_that_both_lists_have_it(
    port: int, ada: int, store: Store, now: datetime
) -> None:
    store.run_sync(subscriptions.subscribe, 2, [ada], by=ada, now=now)

    said = await asyncio.to_thread(_sent, port, "ada.holm@example.org", [MENTORS, POSTDOCS])

    assert said == (250, b"2.0.0 Taken")
    assert sorted(_kept(store)) == [(1, "Lunch"), (2, "Lunch")]


async def test_a2_when_one_list_refuses_neither_has_it(port: int, store: Store) -> None:
    code, words = await asyncio.to_thread(_sent, port, "ada.holm@example.org", [POSTDOCS, MENTORS])

    assert (code, words.partition(b" Ask")[0]) == (
        550,
        b"5.7.1 Only people on the list mentors@lists.example.org may post to it.",
    )
    assert _kept(store) == []


async def test_a_closed_list_says_so_at_rcpt_and_the_other_list_has_the_mail(
    port: int, store: Store, now: datetime
) -> None:
    # The listener meets both lists while they are open, and nobody tells it of the change.
    assert (await asyncio.to_thread(_sent, port, "x@example.org", [MENTORS]))[0] == 550
    store.run_sync(list_closures.close, MENTORS, by=None, now=now)
    said = [await asyncio.to_thread(_answers, port, [POSTDOCS, MENTORS]) for _ in range(2)]
    store.run_sync(list_closures.reopen, MENTORS, by=None, now=now)
    said.append(await asyncio.to_thread(_answers, port, [MENTORS]))

    closed, just = b"5.7.1 The list mentors@lists.example.org is closed", JUST_CLOSED
    assert said[0] == [(250, b"2.1.5 Ok"), (250, b"2.1.5 Ok"), (451, just)]
    assert said[1][0::2] == [(250, b"2.1.5 Ok"), (250, b"2.0.0 Taken")]
    assert (said[1][1][0], said[1][1][1].partition(b":")[0]) == (550, closed)
    assert said[2][0] == (250, b"2.1.5 Ok")
    assert _kept(store) == [(1, "Lunch")]


async def test_a_post_that_also_goes_to_an_address_of_ours_is_taken(
    port: int, ada: int, store: Store
) -> None:
    answer = f"reply+{TOKENS.stamp('reply', ada)}@{DOMAIN}"  # somebody answered to all

    said = await asyncio.to_thread(_sent, port, "ada.holm@example.org", [answer, POSTDOCS])

    assert said == (250, b"2.0.0 Taken")
    assert _kept(store) == [(1, "Lunch")]


async def test_a_mail_to_no_list_gets_the_reply_of_its_address(port: int, ada: int) -> None:
    answer = f"reply+{TOKENS.stamp('reply', ada)}@{DOMAIN}"
    bounce = f"postdocs-bounces+{TOKENS.stamp('bounce', 7)}@{DOMAIN}"

    alone = await asyncio.to_thread(_sent, port, "ada.holm@example.org", [answer])
    both = await asyncio.to_thread(_sent, port, "ada.holm@example.org", [answer, bounce])

    assert alone == (550, NO_ANSWER.text.encode())
    assert both == (250, b"2.0.0 Taken")


async def test_commands_behind_a_mail_are_not_a_second_mail(port: int, store: Store) -> None:
    async with connected(port) as client:
        await client.send(
            b"EHLO mx.example.org\r\nMAIL FROM:<ada.holm@example.org>\r\n"
            + f"RCPT TO:<{POSTDOCS}>\r\nDATA\r\n".encode()
            + MAIL
            + b".\r\nMAIL FROM:<boss@example.org>\r\n"
        )
        said = await client.rest()

    assert said.endswith(f"{replies.SMUGGLED.line()}\r\n")
    assert _kept(store) == []
