"""A term on a list, rehearsed: sixty people, fourteen weeks; the figures of docs/quiet.md.

Ordinary traffic by a seeded generator: threads and answers, absence notes, newcomers, one person
who writes too much, and one thread that boils over in its sixth week.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from community import rehearsals
from community.calendar import Calendar
from community.cases import Author, Decision, PostFacts
from community.policies import Policy
from community.rehearsals import Rehearsal
from community.replays import Mail
from letters import week_pictures

WEEKS, PEOPLE = 14, 60
#: Monday 11 January 2027, 8:00 in Oslo.
FIRST_DAY = datetime(2027, 1, 11, 7, 0, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
EAGER, ANGRY = "eager", ("angry", "angrier")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A mail before it has its number; `thread` names what it begins or answers."""

    at: datetime
    writer: str
    thread: str
    is_reply: bool = False
    is_absence: bool = False


def the_term() -> list[Mail]:
    """Return all mails of the term in order; the same every time."""
    chance = random.Random(1870)  # noqa: S311 - no secret
    drafts: list[Draft] = []
    for week in range(WEEKS):
        for day in range(5):
            drafts += _a_day(chance, FIRST_DAY + (7 * week + day) * DAY)
        if week == 5:
            drafts += _a_quarrel(chance, FIRST_DAY + (7 * week + 1) * DAY)
    drafts.sort(key=lambda draft: draft.at)
    threads = {name: n for n, name in enumerate(dict.fromkeys(each.thread for each in drafts))}
    return [_mail(n, draft, threads[draft.thread]) for n, draft in enumerate(drafts)]


def _a_day(chance: random.Random, morning: datetime) -> Iterator[Draft]:
    def somebody() -> str:
        return f"postdoc{int(chance.paretovariate(0.9) * 4) % (PEOPLE - 3)}"

    for n in range(chance.choice((0, 1, 1, 2, 3))):
        begun, thread = morning + chance.randrange(500) * MINUTE, f"{morning} {n}"
        yield Draft(at=begun, writer=somebody(), thread=thread)
        for answer in range(chance.choice((0, 0, 1, 2, 3, 7))):
            at = begun + (37 * (answer + 1)) * MINUTE
            yield Draft(at=at, writer=somebody(), thread=thread, is_reply=True)
        if chance.random() < 0.2:
            at = begun + 3 * MINUTE
            yield Draft(at=at, writer=somebody(), thread=thread, is_reply=True, is_absence=True)
    for n in range(chance.choice((0, 1, 2, 3))):
        at = morning + chance.randrange(500) * MINUTE
        yield Draft(at=at, writer=EAGER, thread=f"{morning} eager {n}")


def _a_quarrel(chance: random.Random, noon: datetime) -> Iterator[Draft]:
    yield Draft(at=noon, writer=ANGRY[0], thread="quarrel")
    for n in range(30):
        at = noon + 11 * (n + 1) * MINUTE
        yield Draft(at=at, writer=chance.choice(ANGRY), thread="quarrel", is_reply=True)


def _mail(number: int, draft: Draft, thread: int) -> Mail:
    return Mail(
        number=number,
        came_at=draft.at,
        thread=thread,
        writer=draft.writer,
        post=PostFacts(
            is_unreadable=False,
            is_loop=False,
            is_automatic=draft.is_absence,
            from_addresses=(f"{draft.writer}@example.org",),
            is_reply=draft.is_reply,
        ),
        author=Author(is_subscriber=True, is_moderator=False, accepted_posts=0),
    )


def rehearsed() -> Rehearsal:
    """Rehearse the usual rules on the term."""
    found = rehearsals.of_mails(the_term(), Policy(), Calendar(), members=PEOPLE)
    assert found is not None
    return found


def test_the_usual_rules_keep_a_lively_term_quiet_and_lose_nothing() -> None:
    found = rehearsed()

    assert sum(found.decisions.values()) == found.mails
    kept_off = sum(week.kept_off for week in found.weeks)
    assert kept_off == found.decisions[Decision.DISCARD]  # absence notes, nothing else
    assert found.mails == 540
    assert found.decisions == {
        Decision.ACCEPT: 106,
        Decision.HOLD: 55,
        Decision.DIGEST: 359,
        Decision.DISCARD: 20,
    }
    assert (found.contained, round(found.without, 1), round(found.under, 1)) == (26, 39.7, 15.0)
    # A member has at most a digest a day, however much is written.
    assert max(week.digests for week in found.weeks) <= 7
    assert max(week.mails for week in found.weeks) == 53


def test_the_picture_of_the_term_is_as_it_was_drawn() -> None:
    drawn = week_pictures.draw("en", rehearsed(), is_file=True)

    assert Path("docs/pictures/quiet.svg").read_text("utf-8") == drawn
