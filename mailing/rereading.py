"""Mails of an archive as the posting rules look at them: read by `intake.py`, as if they came now.

What the archive's own list program wrote into them is taken off first: it would speak against
them. An archive does not say who was on its list, who moderated or was banned, which threads were
closed, nor what could be proved; which list it is of, only where its mails name it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from community import hearings, subjects
from community.cases import Author
from community.received import Received
from community.replays import Mail
from mailing import gate, handovers, headers, intake, mailboxes
from mailing.envelopes import Envelope
from mailing.intake import Facts
from mailing.mboxes import Mail as Filed

#: So much of a mail tells whatever a rule asks.
MOST_BYTES: Final = 1024 * 1024
#: Before this, dates are those of clocks that nobody had set.
OLDEST: Final = datetime(1985, 1, 1, tzinfo=UTC)
#: The Date of a mail is believed when it is so near to its postmark, which has no time zone.
_NEAR: Final = timedelta(days=2)
#: Nobody knows the envelope; an empty sender would be that of a machine.
_SENDER: Final = "unknown"
_MEMBER: Final = Author(is_subscriber=True, is_moderator=False, accepted_posts=0)

# List programs call all they send bulk, and begin the names of those they speak for with them.
_LIST_WROTE = re.compile(rb"^(?:Precedence|List-Id|X-BeenThere):[^\n]*\n", re.IGNORECASE | re.M)
_VIA = re.compile(r" via [^@]+$")
# Public archives of Mailman write `ada at example.org (Ada Holm)`.
_AT = re.compile(rb"^From: ([^\s<>@]{1,64}) at ([A-Za-z0-9.-]{1,253})\b", re.M)


class Reader:
    """Reads the mails of one archive, in their order, and knows which answers which."""

    def __init__(self, *, suspect_headers: str) -> None:
        self._suspect_headers = suspect_headers
        #: Of each mail its thread and who wrote it.
        self._known: dict[str, tuple[int, str]] = {}
        #: What each thread is called; by name the last thread, and when somebody wrote in it.
        self._called: dict[int, str] = {}
        self._last: dict[str, tuple[int, datetime]] = {}
        self._seen = 0

    def mail(self, filed: Filed) -> Mail | None:
        """Read one mail; None if nothing says when it came."""
        raw = _plain(filed.raw)
        facts = intake.read(raw, sender=_SENDER)
        came_at = _came_at(facts, filed.at)
        if came_at is None:
            return None
        self._seen += 1
        author = _author(raw, facts)
        writer = author.casefold()
        answered = self._answered(facts) or self._meant(facts, came_at)
        thread, answers_to = answered or (self._seen, "")
        self._known.setdefault(facts.message_id, (thread, writer))
        self._last[self._called.setdefault(thread, subjects.bare(facts.subject))] = thread, came_at
        received = handovers.received(facts, Envelope(sender=_SENDER, recipient="", raw=raw))
        return Mail(
            number=self._seen,
            came_at=came_at,
            thread=thread,
            writer=writer,
            post=hearings.written(
                _by(author, received),
                list_id="",
                suspect_headers=self._suspect_headers,
                lists=_lists(facts),
                is_reply=answered is not None,
                is_heard=answers_to not in ("", writer),
                is_closed=False,
            ),
            author=_MEMBER,
            said=received.said,
        )

    def _answered(self, facts: Facts) -> tuple[int, str] | None:
        nearest_first = (facts.in_reply_to, *reversed(facts.references))
        known = (self._known.get(each) for each in nearest_first if each)
        return next((each for each in known if each is not None), None)

    def _meant(self, facts: Facts, came_at: datetime) -> tuple[int, str] | None:
        """Return the thread that an answer means by its subject alone, as when it comes today."""
        says_which = facts.in_reply_to or facts.references
        wanted = "" if says_which else subjects.bare(facts.subject)
        if not wanted or wanted not in self._last or not subjects.is_answer(facts.subject):
            return None
        thread, at = self._last[wanted]
        return (thread, "") if abs(came_at - at) < subjects.REMEMBERED else None


def _by(author: str, received: Received) -> Received:
    """Return a mail as that of the one who wrote it, where anybody can be said to have."""
    if not author or received.from_addresses == (author,):
        return received
    return replace(received, from_addresses=(author,))


def _lists(facts: Facts) -> int:
    """Say whether the archive's list stands in To or Cc; where nothing names the list, it does."""
    named = {address.casefold() for address in facts.to_addresses + facts.cc_addresses}
    return 0 if facts.list_posts and named.isdisjoint(facts.list_posts) else 1


def in_order(
    archive: Iterable[Filed], *, suspect_headers: str, passed: Callable[[int], None]
) -> Iterator[Mail]:
    """Give the mails of an archive in order of time, calling `passed` with where each ended.

    `suspect_headers` as a policy names them.
    """
    reader, mails = Reader(suspect_headers=suspect_headers), []
    for filed in archive:
        mail = reader.mail(filed)
        passed(filed.end)
        if mail is not None:
            mails.append(mail)
    yield from sorted(mails, key=lambda mail: (mail.came_at, mail.number))


def _plain(raw: bytes) -> bytes:
    head, blank, body = gate.normalised(raw).partition(b"\r\n\r\n")
    return _LIST_WROTE.sub(b"", head + b"\r\n")[:-2] + blank + body


def _author(raw: bytes, facts: Facts) -> str:
    """Return the one address that wrote it, also where the archive hides it; empty if none does."""
    if facts.from_address and not _VIA.search(facts.from_name):
        return facts.from_address
    if facts.from_address:  # the list stood in From for the author, who is in Reply-To
        boxes = mailboxes.read(headers.part(raw).first("reply-to") or b"")
        return next((box.address for box in boxes if box.address), facts.from_address)
    hidden = _AT.search(raw[: gate.MAX_HEADER_BLOCK_OCTETS].partition(b"\r\n\r\n")[0])
    return b"@".join(hidden.groups()).decode("ascii", "replace").lower() if hidden else ""


def _came_at(facts: Facts, came: datetime | None) -> datetime | None:
    stamped = came if came is not None and came >= OLDEST else None
    dated = facts.date if facts.date is not None and facts.date >= OLDEST else None
    if stamped is None:
        return dated
    return dated if dated is not None and abs(dated - stamped) <= _NEAR else stamped
