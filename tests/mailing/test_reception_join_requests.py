"""A moderator's answer to the letter about who wants to join, through the mail door."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from community import join_requests
from community.store import Store
from mailing.listener import Envelope
from mailing.parser import Parser
from mailing.proving import Vouching
from mailing.replies import TAKEN
from tests.builders import a_house, a_list, a_moderator, notices, told
from tests.community.test_join_requests import asked, letter, state, whose
from tests.mailing.test_reception import reception

pytestmark = pytest.mark.anyio

MONA = "mona.vik@example.org"
MAIL = """\
Authentication-Results: mx.example.org; dkim={proof} header.d=example.org; dmarc={proof} header.from=example.org
From: Mona Vik <mona.vik@example.org>
To: Samband <{to}>
Subject: Sv: Eve Nord vil bli med
Message-ID: <{word}-{proof}@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
{header}
{word}

Mona

man. 1. feb. 2027 kl. 09:15 skrev Samband <{to}>:
> ja
"""  # noqa: E501 - a header field is one line


@pytest.fixture
async def parser() -> AsyncIterator[Parser]:
    parser = Parser()
    yield parser
    await parser.aclose()


async def test_a_moderators_word_by_mail_decides_who_joins(
    store: Store, now: datetime, parser: Parser
) -> None:
    list_id, mona = a_list(store), a_moderator(store)
    waiting = [asked(store, list_id, f"eve{n}@elsewhere.example", now=now) for n in range(3)]
    for each in waiting:
        store.run_sync(join_requests.confirm, each, by=whose(store, each), now=now)
    door = reception(store, now, parser, Vouching(authserv_id="mx.example.org"))
    addresses = [a_house().join_address(each.id) for each in notices(store, "join_request.wait")]
    assert letter(store, "join_request.wait", mona).reply_to == addresses[-1]

    async def take(word: str, to: str, *, proof: str = "pass", header: str = "") -> list[str]:
        raw = MAIL.format(word=word, to=to, proof=proof, header=header).encode()
        assert await door.knows(to) is None
        envelope = Envelope(sender=MONA, recipient=to, raw=raw)
        assert await door.take(envelope) == TAKEN
        return [state(store, each) for each in waiting]

    assert await take("ja", addresses[0], proof="fail") == ["waiting"] * 3
    away = "Auto-Submitted: auto-replied\n"
    assert await take("ja", addresses[0], header=away) == ["waiting"] * 3
    assert await take("Kjenner noen henne?", addresses[0]) == ["waiting"] * 3
    assert await take("ja", addresses[0]) == ["joined", "waiting", "waiting"]
    assert await take("nei, bare ansatte", addresses[1]) == ["joined", "declined", "waiting"]
    assert told(store, "join_reply.answer") == [(mona, "mail")] * 3
    assert told(store, "inquiry.receive") == []
