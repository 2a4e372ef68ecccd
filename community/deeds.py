"""What one person has done already with one thing, so that a page can say so.

Asked by the landing pages of links. Read from the journal, which holds every change.
"""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from community.gatherings import Registration
from community.journal import Entry
from community.meetups import Rsvp

#: Where the journal calls it by another word than the link does.
WORDS = {"mailing_list.join": "mailing_list.subscribe"}
#: Where a person's word about a thing has a life of its own: `meetup.join` moves an `rsvp`.
WORD_OF = {
    "meetup": (Rsvp.__tablename__, Rsvp.id, Rsvp.meetup_id, Rsvp.person_id),
    "gathering": (
        Registration.__tablename__,
        Registration.id,
        Registration.gathering_id,
        Registration.person_id,
    ),
}


def done_at(session: Session, action: str, object_id: int, *, person_id: int) -> datetime | None:
    """Say when this person did `action` (noun.verb), if it is the last they did to the thing."""
    noun, _, verb = action.partition(".")
    if verb == "mute":
        return _muted_at(session, noun, person_id)
    mine = select(Entry).where(Entry.person_id == person_id)
    last = _last(session, mine.where(Entry.noun == noun, Entry.object_id == object_id))
    if noun in WORD_OF and (last is None or last.event != action):
        word, id_of, thing, person = WORD_OF[noun]
        my_word = select(id_of).where(thing == object_id, person == person_id)
        last = _last(session, mine.where(Entry.noun == word, Entry.object_id.in_(my_word)))
        action = f"{word}.{verb}"
    return last.at if last is not None and last.event == WORDS.get(action, action) else None


def _muted_at(session: Session, category: str, person_id: int) -> datetime | None:
    mine = select(Entry).where(Entry.noun == "person", Entry.object_id == person_id)
    # `meetup:none` says which way was chosen; entries before 2026-11-22 name the kind alone.
    chosen = (Entry.new == category) | Entry.new.startswith(f"{category}:", autoescape=True)
    last = _last(session, mine.where(chosen | (Entry.old == category)))
    return last.at if last is not None and last.event == "person.mute" else None


def _last(session: Session, entries: Select[Entry]) -> Entry | None:
    return session.scalars(entries.order_by(Entry.id.desc()).limit(1)).one_or_none()
