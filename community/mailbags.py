"""Mails that come at the same time: judged one after the other, kept together.

The mail door has what waits taken by one act (`receive_all`), as one transaction with one sync
costs little more for thirty mails than for one. What becomes of each is what would have become of
it alone: before a mail is judged that an earlier one of the bag may bear on, those are kept.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from community import arrivals, digest_replies, keeping, lists, subjects
from community.cases import Decision
from community.errors import Refusal
from community.received import Judged, Received

#: What changes nothing that a rule looks at when it judges the next mail: only what has been let
#: in is counted. A rule that counts more takes its decision out of here.
QUIET = (Decision.HOLD, Decision.QUARANTINE, Decision.DISCARD)


@dataclass(frozen=True)
class Handed:
    """A mail, and the lists that get it all together or not at all."""

    list_ids: Sequence[int]
    mail: Received
    #: By list: the fields to whose people it goes alone; where there are none, to all.
    fields: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def to(self, list_id: int) -> Received:
        """Return the mail as this list gets it."""
        fields = self.fields.get(list_id, ())
        return replace(self.mail, fields=fields) if fields else self.mail


def receive_all(
    session: Session, handed: Sequence[Handed], *, now: datetime
) -> list[Refusal | None]:
    """Take mails to their lists; return what each was refused with, None where it was taken.

    Of a mail that one of its lists refuses nothing is kept on any.
    """
    bag = _Bag(session, {list_id for each in handed for list_id in each.list_ids}, now=now)
    refused = [_refused(session, bag, each) for each in handed]
    bag.keep()
    return refused


def _refused(session: Session, bag: "_Bag", handed: Handed) -> Refusal | None:
    list_ids = sorted(set(handed.list_ids))
    try:
        if len(list_ids) == 1:
            bag.put(list_ids[0], handed.to(list_ids[0]))
            return None
        bag.keep()
        with session.begin_nested():
            for list_id in list_ids:
                bag.put(list_id, handed.to(list_id))
            bag.keep()
    except Refusal as refusal:
        return refusal
    return None


class _Bag:
    """What has been judged and is not kept yet."""

    def __init__(self, session: Session, list_ids: Collection[int], *, now: datetime) -> None:
        self._session, self._now = session, now
        # Until the end of the transaction, so that two of the same mail make one post, and a
        # budget holds exactly.
        self._lists = {a_list.id: a_list for a_list in lists.locked(session, list_ids)}
        self._judged: list[Judged] = []
        #: What a later mail may repeat or answer: Message-IDs, subjects, and what mails say.
        self._seen: set[str] = set()

    def put(self, list_id: int, mail: Received) -> None:
        """Judge a mail, unless it is there already."""
        if not self._seen.isdisjoint((mail.message_id, *_said(mail), *_meant(mail))):
            self.keep()
        list_id, mail = digest_replies.directed(self._session, list_id, mail, now=self._now)
        a_list = self._lists.get(list_id) or lists.locked(self._session, [list_id])[0]
        if arrivals.same(self._session, a_list, mail, now=self._now) is not None:
            return
        judged = arrivals.judge(self._session, a_list, mail, now=self._now)
        self._judged.append(judged)
        self._seen.update((mail.message_id, *_said(mail), subjects.bare(mail.subject)))
        if judged.verdict.decision not in QUIET:
            self.keep()

    def keep(self) -> None:
        """Keep what was judged so far."""
        judged, self._judged = self._judged, []
        self._seen.clear()
        if judged:
            keeping.keep(self._session, judged, now=self._now)


def _said(mail: Received) -> tuple[str, ...]:
    return (mail.said,) if mail.said else ()


def _meant(mail: Received) -> tuple[str, ...]:
    """Return what a mail says that it answers: by its headers, else by its subject."""
    if mail.answers or not subjects.is_answer(mail.subject):
        return mail.answers
    return (subjects.bare(mail.subject),)
