"""A term on a list, by mail alone: sixty people, fourteen weeks; the figures of docs/quiet.md.

One in four threads of the rehearsed term, through the real door, on a list that is quieter by as
much. A moderator answers the mails about what waits; what members get is counted in their mailboxes
and held against what a rehearsal says of the same posts.
"""

import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from community import conservation, deliveries, ends, lists, rehearsed_posts, subscriptions
from community.calendar import Calendar
from community.lists import MailingList
from community.people import Role
from community.policies import Policy
from community.store import Session
from community.subscriptions import Mode
from sandbox.mailbox import Received
from tests.builders import a_person
from tests.stories import hamlet as hamlets
from tests.stories import terms
from tests.stories.hamlet import Hamlet
from tests.stories.terms import ANGRY, DAY, EAGER, FIRST_DAY, PEOPLE, WEEKS, Draft

pytestmark = pytest.mark.anyio

LIST = f"postdocs@{hamlets.DOMAIN}"
MODERATOR = "moderator"
POLICY = ("threads_per_day=2", "mails_per_member_per_week=5", "grace_seconds=0")
#: Who writes nothing: by each way in which posts can come, one of whom the mails are counted.
SILENT = {Mode.EACH: "each", Mode.DAILY: "daily", Mode.WEEKLY: "weekly"}
#: How the others have chosen, in turn.
CHOSEN = (Mode.EACH, Mode.DAILY, Mode.WEEKLY, Mode.WEEKLY, Mode.FOLLOWED, Mode.NONE)
NUMBER = re.compile(r"^ *Number (\d+) of this term", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a term comes to, in mails a week for one member."""

    written: int
    without: float
    #: Under the rules, by how somebody reads.
    each: float
    daily: float
    weekly: float
    #: In one week at most, for each of them.
    most: tuple[int, ...]
    #: The week in which most was written, and what then came to who gets each post.
    liveliest: tuple[int, int]
    #: What a rehearsal of the same rules on the same posts says: who gets each, to a tenth.
    rehearsed: float


#: PostgreSQL has a sample of it.
FIGURES = {
    WEEKS: Figures(
        written=146,
        without=10.4,
        each=6.5,
        daily=3.8,
        weekly=1.0,
        most=(13, 6, 1),
        liveliest=(36, 8),
        rehearsed=6.7,
    ),
    2: Figures(
        written=18,
        without=9.0,
        each=7.5,
        daily=3.5,
        weekly=1.0,
        most=(9, 4, 1),
        liveliest=(10, 6),
        rehearsed=8.5,
    ),
}


@pytest.fixture
async def hamlet(database_url: str) -> AsyncIterator[Hamlet]:
    async with hamlets.standing(database_url, FIRST_DAY - 2 * DAY) as hamlet:
        yield hamlet


async def test_a_term_is_quiet_and_loses_nothing(hamlet: Hamlet) -> None:
    weeks = WEEKS if hamlet.store.is_sqlite else 2
    end = FIRST_DAY + 7 * weeks * DAY
    term = [draft for draft in terms.one_in(4, terms.the_term()) if draft.at < end - 4 * DAY]
    list_id = await _move_in(hamlet)

    hamlet.reads_mail = Moderator(hamlet).answers
    for number, draft in enumerate(term):
        await hamlet.wait_until(draft.at)
        reply = await hamlet.hand_in(_at(draft.writer), _mail(number, draft, term), to=LIST)
        assert reply.startswith("250 "), reply
    await hamlet.wait_until(end)

    mails = {mode: hamlet.mails(_at(name)) for mode, name in SILENT.items()}
    assert await _figures(hamlet, list_id, term, mails, weeks=weeks) == FIGURES[weeks]
    asked = Counter(mail.at.date() for mail in hamlet.mails(_at(MODERATOR)) if _asks(mail))
    assert max(asked.values()) == 1
    # Of each thread everybody has read the first post and four answers; the rest is a line.
    whole = Counter(draft.thread for draft in term if not draft.is_absence)
    reached = {thread: min(count, 1 + Policy().replies_to_all) for thread, count in whole.items()}
    for came in mails.values():
        read = {int(number) for mail in came for number in NUMBER.findall(_text(mail))}
        assert Counter(term[number].thread for number in read) == reached
    # What people wrote is in the archive; absence notes are forgotten in the end.
    kept = await hamlet.store.read(ends.message_ids)
    wrote = {_message_id(n) for n, draft in enumerate(term) if not draft.is_absence}
    assert wrote - kept == set()
    balance = await hamlet.store.read(conservation.everything, now=hamlet.now)
    assert (balance.missing, balance.broken) == (0, ())


async def _figures(
    hamlet: Hamlet,
    list_id: int,
    term: list[Draft],
    mails: dict[Mode, list[Received]],
    *,
    weeks: int,
) -> Figures:
    def rehearsed(session: Session) -> float:
        policy = session.get_one(MailingList, list_id).policy
        days = 7 * weeks
        return rehearsed_posts.compare(
            session, list_id, policy, now=hamlet.now, days=days
        ).would.under

    written = Counter(_week(draft.at) for draft in term)
    [(liveliest, most)] = written.most_common(1)
    return Figures(
        written=len(term),
        without=round(len(term) / weeks, 1),
        each=round(len(mails[Mode.EACH]) / weeks, 1),
        daily=round(len(mails[Mode.DAILY]) / weeks, 1),
        weekly=round(len(mails[Mode.WEEKLY]) / weeks, 1),
        most=tuple(_most_a_week(came) for came in mails.values()),
        liveliest=(most, sum(_week(mail.at) == liveliest for mail in mails[Mode.EACH])),
        rehearsed=round(await hamlet.store.read(rehearsed), 1),
    )


def _most_a_week(mails: list[Received]) -> int:
    return max(Counter(_week(mail.at) for mail in mails).values())


async def _move_in(hamlet: Hamlet) -> int:
    """Make the list and put sixty people on it; return the list."""
    store = hamlet.store
    made = await store.run(lists.create, LIST, by=None, now=hamlet.now)
    await store.run(lists.set_policy, made.id, POLICY, by=None, now=hamlet.now)
    writers = [f"postdoc{n}" for n in range(PEOPLE - 3)]
    modes = {name: CHOSEN[n % len(CHOSEN)] for n, name in enumerate((*writers, EAGER, *ANGRY))}
    modes |= {name: mode for mode, name in SILENT.items()}
    ids = {name: a_person(store, name, email=_at(name)) for name in modes}
    a_person(store, MODERATOR, email=_at(MODERATOR), roles=(Role.MODERATOR,))

    def choose(session: Session) -> None:
        subscriptions.subscribe(session, made.id, list(ids.values()), by=None, now=hamlet.now)
        for name, mode in modes.items():
            deliveries.set_mode(session, made.id, mode, by=ids[name], now=hamlet.now)

    await store.run(choose)
    return made.id


def _mail(number: int, draft: Draft, term: list[Draft]) -> bytes:
    first = next(n for n, each in enumerate(term) if each.thread == draft.thread)
    mail = EmailMessage()
    mail["From"], mail["To"] = _at(draft.writer), LIST
    mail["Message-ID"] = _message_id(number)
    mail["Subject"] = f"Re: Thread {first}" if draft.is_reply else f"Thread {first}"
    if draft.is_reply:
        mail["In-Reply-To"] = _message_id(first)
    if draft.is_absence:
        mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(f"Number {number} of this term, and nothing else.\n")
    return mail.as_bytes().replace(b"\n", b"\r\n")


class Moderator:
    """Who answers each mail that asks for a decision."""

    def __init__(self, hamlet: Hamlet) -> None:
        self._hamlet, self._known = hamlet, 0

    async def answers(self) -> None:
        """Accept everything in the mails that have come since the last time."""
        mails = self._hamlet.mails(_at(MODERATOR))
        for asked in filter(_asks, mails[self._known :]):
            address = str(message_from_bytes(asked.raw, policy=default)["Reply-To"])
            answer = EmailMessage()
            answer["From"], answer["To"], answer["Subject"] = _at(MODERATOR), address, "Re: Held"
            answer["Message-ID"] = f"<decided.{asked.number}@example.org>"
            answer.set_content("accept all\n")
            raw = answer.as_bytes().replace(b"\n", b"\r\n")
            reply = await self._hamlet.hand_in(_at(MODERATOR), raw, to=address)
            assert reply.startswith("250 "), reply
        self._known = len(mails)


def _asks(mail: Received) -> bool:
    return b"accept" in mail.raw and b"What came of" not in mail.raw


def _message_id(number: int) -> str:
    return f"<term.{number}@example.org>"


def _at(name: str) -> str:
    return f"{name}@example.org"


def _week(moment: datetime) -> int:
    return Calendar().local(moment).isocalendar().week


def _text(mail: Received) -> str:
    body = message_from_bytes(mail.raw, policy=default).get_body(("plain",))
    return "" if body is None else str(body.get_content())
