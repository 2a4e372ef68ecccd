"""One mail comes by LMTP, by HTTP and from a mailbox at the same moment: one post, once to each."""

import asyncio
from datetime import datetime

import httpx2
import pytest

from app.pages import Pages
from community.store import Store
from config.parsing import Endpoint, ImapAddress
from mailing import imap
from mailing.envelopes import Limits
from mailing.listener import Listener
from mailing.parser import Parser
from mailing.polling import Polling
from mailing.webhook import Webhook
from sandbox import posting
from sandbox.imap import PASSWORD, USER, Mailbox, running
from sandbox.jumping import StillClock
from tests import builders
from tests.mailing.test_reception import LIST, SENDER, a_mail, reception, states
from web.app import build
from web.machines import Machines

pytestmark = pytest.mark.anyio

TOKEN = "t" * 32
MAILS = 5


async def test_a4_the_same_mails_by_three_ways_at_once_are_one_post_each(
    store: Store, now: datetime
) -> None:
    builders.a_list(store, builders.a_person(store, "Ada Holm"))
    mailbox, parser = Mailbox(), Parser()
    behind = reception(store, now, parser)
    listener = Listener(behind.take, behind.knows, hostname="lists.example.org")
    door = Webhook(behind.take, behind.knows, token=TOKEN, limits=Limits())
    app = build(store, builders.a_house(), StillClock(now), machines=Machines(mail=door))
    pages = Pages(app, Endpoint("127.0.0.1", 0))
    for number in range(MAILS):
        trace = f"Return-Path: <{SENDER}>\r\nDelivered-To: {LIST}\r\n".encode()
        mailbox.deliver(trace + a_mail(number))

    async with listener.listening("127.0.0.1", 0) as lmtp, running(mailbox) as port:
        address = ImapAddress("127.0.0.1", port, False, USER, PASSWORD, "INBOX")
        poll = Polling(behind.take, behind.knows, address, max_octets=10_000)
        async with pages.serving(), httpx2.AsyncClient() as client:
            url = f"http://127.0.0.1:{pages.port}/mail/{LIST}?sender={SENDER}"
            token = {"Authorization": f"Bearer {TOKEN}"}
            raws = [a_mail(number) for number in range(MAILS)]
            said, answers, is_well = await asyncio.gather(
                asyncio.gather(
                    *(posting.post("127.0.0.1", lmtp, SENDER, LIST, raw) for raw in raws)
                ),
                asyncio.gather(*(client.post(url, content=raw, headers=token) for raw in raws)),
                poll.look(),
            )
    await parser.aclose()

    assert said == ["250 2.0.0 Taken"] * MAILS
    assert [answer.status_code for answer in answers] == [200] * MAILS
    assert is_well
    assert len(mailbox.mails(imap.TAKEN)) == MAILS
    assert states(store) == [(f"Post {number}", "held") for number in range(MAILS)]
