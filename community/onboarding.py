"""Three questions to somebody who is new in Slack: language, fields, how much mail; one press each.

They stand in one message, which says what is answered already. What was answered elsewhere (by
mail, on a page, in the roster) is not asked again. Slack alone decides nothing: `linking.py` has
found out who it is.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, literal_column, select, union
from sqlalchemy.orm import Session

from community import deliveries, journal, people, subscriptions
from community.deliveries import VERBS
from community.errors import Refusal
from community.journal import Entry
from community.people import Role
from community.subscriptions import Mode

#: The events of the journal by which somebody has said how much mail they want.
MAIL_EVENTS = tuple(f"mailing_list.{verb}" for verb in VERBS.values())
ANSWERED = "person.answer"


@dataclass(frozen=True, kw_only=True)
class Onboarding:
    """What somebody new is asked, and what is answered."""

    language: str
    has_language: bool
    fields: tuple[str, ...]
    #: Only who meets others by field is asked for it.
    asks_fields: bool
    #: The lists they are on; without one there is nothing to ask about mail.
    list_addresses: tuple[str, ...]
    #: How the posts come; empty where lists differ.
    mode: Mode | None
    has_mode: bool

    @property
    def is_done(self) -> bool:
        """Say whether every question is answered."""
        knows_fields = bool(self.fields) or not self.asks_fields
        return self.has_language and knows_fields and (self.has_mode or not self.list_addresses)


def about(session: Session, person_id: int, *, now: datetime) -> Onboarding:
    """Return the questions and answers of one person as they are now."""
    events = _events(session, person_id)
    mine = deliveries.of_person(session, person_id, now=now)
    modes = {chosen.mode for chosen in mine.values()}
    reader = people.reader(session, person_id)
    return Onboarding(
        language=reader.language,
        has_language="person.speak" in events,
        fields=reader.fields,
        asks_fields=Role.MEMBER in reader.roles,
        list_addresses=tuple(each.address for each in subscriptions.of_person(session, person_id)),
        mode=modes.pop() if len(modes) == 1 else None,
        has_mode=bool(events & {ANSWERED, *MAIL_EVENTS}),
    )


def set_mode(session: Session, mode: Mode, *, by: int, now: datetime) -> None:
    """Have the posts of all lists that a person is on come in this way.

    Raises:
        Refusal: the person is on no list.
    """
    mine = subscriptions.of_person(session, by)
    if not mine:
        raise Refusal("You are on no list yet. Type /postdoc lists to join one.")
    for a_list in mine:
        deliveries.set_mode(session, a_list.id, mode, by=by, now=now)
    # Also of who wants it as it is: the question is answered.
    journal.write(session, "person", by, "answer", by=by, now=now, new=mode.value)


def has_language(session: Session, person_id: int) -> bool:
    """Say whether a person has said which language we write in."""
    return "person.speak" in _events(session, person_id)


def has_wanted(session: Session, person_id: int, mode: Mode, *, list_id: int) -> bool:
    """Say whether a person has asked for posts in this way: of the list, or of all their lists."""
    said = (Entry.person_id == person_id, Entry.new == mode.value)
    of_list = (_of_a_list(), Entry.object_id == list_id, Entry.event.in_(MAIL_EVENTS))
    of_all = (Entry.noun == "person", Entry.object_id == person_id, Entry.event == ANSWERED)
    either = union(*(select(Entry.id).where(*said, *which) for which in (of_list, of_all)))
    return session.scalar(either.limit(1)) is not None


def _events(session: Session, person_id: int) -> set[str]:
    """Return what a person has said of what is asked; each half by an index of the journal."""
    about_me = (Entry.noun == "person", Entry.object_id == person_id)
    own = select(Entry.event).where(
        Entry.person_id == person_id, Entry.event.in_(("person.speak", ANSWERED)), *about_me
    )
    of_lists = select(Entry.event).where(
        Entry.person_id == person_id, _of_a_list(), Entry.event.in_(MAIL_EVENTS)
    )
    return set(session.scalars(union(own, of_lists)))


def _of_a_list() -> ColumnElement[bool]:
    return Entry.noun == literal_column("'mailing_list'")
