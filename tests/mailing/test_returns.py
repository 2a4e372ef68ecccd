"""What comes back to addresses of our own that are not those of posts: digests, and complaints."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlalchemy import select

from community import subscriptions, ways
from community.letter_bounces import LetterBounce
from community.outbox import Channel, Notice, put
from community.people import Category
from community.store import Session, Store
from community.tokens import Right
from community.ways import Way
from letters.letter import plural
from mailing import replies
from mailing.envelopes import Envelope
from mailing.parser import Parser
from mailing.reception import Reception
from sandbox.jumping import StillClock
from tests.builders import a_house, a_list, a_person, told
from tests.mailing.mails import mail
from tests.mailing.test_bounces import complaint

pytestmark = pytest.mark.anyio

HOUSE = a_house()
FEEDBACK = "feedback@lists.example.org"


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store)


@pytest.fixture
async def reception(store: Store, now: datetime, ada: int) -> AsyncIterator[Reception]:
    a_list(store, ada, a_person(store, "Bo Li"))
    parser = Parser()
    yield Reception(
        store, StillClock(now), HOUSE.tokens, parser, domain=HOUSE.domain, language="en"
    )
    await parser.aclose()


def _to(recipient: str, raw: bytes) -> Envelope:
    return Envelope(sender="", recipient=recipient, raw=raw)


def _complaint_of(person: int, action: str = "mailing_list.leave") -> bytes:
    token, (noun, _, verb) = HOUSE.tokens.link(Right(action, 1, person)), action.partition(".")
    link = f"https://samband.example.org/{plural(noun)}/{token}/{verb}"
    return complaint("abuse", "message/rfc822", link)


async def test_b1_a_digest_that_comes_back_is_its_readers(
    store: Store, now: datetime, ada: int, reception: Reception
) -> None:
    store.run_sync(put, "digest.publish", 7, ada, channel=Channel.MAIL, now=now)
    address = HOUSE.return_address(1)
    forged = address.replace("+1-", "+2-")

    assert await reception.knows(address) is None
    assert await reception.knows(forged) == replies.UNKNOWN_ADDRESS
    assert await reception.take(_to(address, mail("bounce-unknown"))) == replies.TAKEN

    def kept(session: Session) -> list[tuple[int, str]]:
        rows = session.scalars(select(LetterBounce))
        return [(session.get_one(Notice, row.notice_id).person_id, row.status) for row in rows]

    assert store.read_sync(kept) == [(ada, "5.1.1")]


async def test_who_complains_through_a_feedback_loop_is_off_the_list_and_told(
    store: Store, ada: int, reception: Reception
) -> None:
    assert await reception.knows(FEEDBACK) is None

    assert await reception.take(_to(FEEDBACK, _complaint_of(ada))) == replies.TAKEN

    assert store.read_sync(subscriptions.is_subscriber, 1, ada) is False
    assert store.read_sync(subscriptions.is_subscriber, 1, 2) is True
    assert told(store, "mailing_list.complain") == [(ada, "mail")]


async def test_who_calls_a_letter_spam_gets_no_more_of_its_kind(
    store: Store, ada: int, reception: Reception
) -> None:
    for action in ("announcement.mute", "digest.leave", "gathering.mute"):  # no such digest
        await reception.take(_to(FEEDBACK, _complaint_of(ada, action)))

    chosen = store.read_sync(ways.of_person, ada)
    stopped = {each for each, way in chosen.items() if way is Way.NONE}
    assert stopped == {Category.ANNOUNCEMENT, Category.GATHERING}
    assert store.read_sync(subscriptions.is_subscriber, 1, ada) is True


@pytest.mark.parametrize(
    "raw",
    [
        mail("bounce-unknown"),
        _complaint_of(1).replace(b"/leave", b"x/leave"),  # not the link that we signed
        _complaint_of(1, action="mailing_list.each"),
    ],
)
async def test_b1_what_is_no_complaint_about_a_mail_of_ours_changes_nothing(
    store: Store, ada: int, reception: Reception, raw: bytes
) -> None:
    assert await reception.take(_to(FEEDBACK, raw)) == replies.TAKEN

    assert store.read_sync(subscriptions.is_subscriber, 1, ada) is True
