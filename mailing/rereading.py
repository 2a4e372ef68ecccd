"""Mails of an archive as the posting rules look at them: read by `intake.py`, as if they came now.

What the archive's own list program wrote into them is taken off first: it would speak against
them. An archive does not say who was on its list or who moderated it, nor what could be proved.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from community.cases import Author, PostFacts
from community.replays import Mail
from mailing import gate, headers, intake, mailboxes
from mailing.intake import Facts
from mailing.mbox import Cut

#: Before this, dates are those of clocks that nobody had set.
OLDEST: Final = datetime(1985, 1, 1, tzinfo=UTC)
#: The Date of a mail is believed when it is so near to its postmark, which has no time zone.
_NEAR: Final = timedelta(days=2)
_MEMBER: Final = Author(is_subscriber=True, is_moderator=False, accepted_posts=0)

# List programs call all they send bulk, and begin the names of those they speak for with them.
_LIST_WROTE = re.compile(rb"^(?:Precedence|List-Id|X-BeenThere):[^\n]*\n", re.IGNORECASE | re.M)
_VIA = re.compile(r" via [^@]+$")
# Public archives of Mailman write `ada at example.org (Ada Holm)`.
_AT = re.compile(rb"^From: ([^\s<>@]{1,64}) at ([A-Za-z0-9.-]{1,253})\b", re.M)
_CLOCK = re.compile(rb"\w{3} +(\w{3}) +(\d{1,2}) +(\d\d:\d\d(?::\d\d)?) .{0,10}?(\d{4})")


class Reader:
    """Reads the mails of one archive, in their order, and knows which answers which."""

    def __init__(self) -> None:
        self._threads: dict[str, int] = {}
        self._seen = 0

    def mail(self, cut: Cut) -> Mail | None:
        """Read one mail; None if nothing says when it came."""
        raw = _plain(cut.raw)
        facts = intake.read(raw, sender="unknown")
        came_at = _came_at(facts, cut.postmark)
        if came_at is None:
            return None
        self._seen += 1
        answered = self._answered(facts)
        thread = self._seen if answered is None else answered
        self._threads.setdefault(facts.message_id, thread)
        author = _author(raw, facts)
        return Mail(
            number=self._seen,
            came_at=came_at,
            thread=thread,
            writer=author.casefold(),
            post=PostFacts(
                is_unreadable=facts.unreadable is not None,
                is_loop=False,
                is_automatic=facts.is_automatic,
                from_addresses=(author,) if author else facts.from_addresses,
                is_reply=answered is not None,
            ),
            author=_MEMBER,
        )

    def _answered(self, facts: Facts) -> int | None:
        nearest_first = (facts.in_reply_to, *reversed(facts.references))
        known = (self._threads.get(each) for each in nearest_first if each)
        return next((thread for thread in known if thread is not None), None)


def in_order(cuts: Iterable[Cut], *, passed: Callable[[int], None]) -> Iterator[Mail]:
    """Give the mails of an archive in order of time, calling `passed` with where each ended."""
    reader, mails = Reader(), []
    for cut in cuts:
        mail = reader.mail(cut)
        passed(cut.ends_at)
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


def _came_at(facts: Facts, postmark: bytes) -> datetime | None:
    stamped = _stamped(postmark)
    dated = facts.date if facts.date is not None and facts.date >= OLDEST else None
    if stamped is None:
        return dated
    return dated if dated is not None and abs(dated - stamped) <= _NEAR else stamped


def _stamped(postmark: bytes) -> datetime | None:
    found = _CLOCK.search(postmark)
    if found is None:
        return None
    month, day, clock, year = (part.decode("ascii", "replace") for part in found.groups())
    try:
        moment = parsedate_to_datetime(f"{day} {month} {year} {clock} +0000")
    except (ValueError, TypeError):
        return None
    return moment if moment >= OLDEST else None
