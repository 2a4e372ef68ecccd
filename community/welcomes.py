"""Saying hello to somebody who is new on a list: once for each person and list.

Up to three questions stand in it (language, fields, how much mail), each answered by one press;
what was answered before, here or elsewhere, is not asked again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from community import deliveries, onboarding, outbox
from community.deliveries import Chosen
from community.emails import normalised
from community.lists import MailingList
from community.people import Person, by_emails, fields
from community.subscriptions import subscribers

KIND = "mailing_list.welcome"


@dataclass(frozen=True, kw_only=True)
class Welcome:
    """What a newcomer of a list is told and asked."""

    mailing_list: MailingList
    #: Empty for who is off the list again: then there is nothing to say.
    chosen: Chosen | None
    #: Which questions are answered already.
    has_language: bool
    has_fields: bool
    has_mode: bool


def welcome(session: Session, list_id: int, person_id: int, *, now: datetime) -> None:
    """Greet a newcomer of a list where they are: in chat, or by mail."""
    outbox.put(session, KIND, list_id, person_id, now=now)


def welcome_all(session: Session, list_id: int, emails: Iterable[str], *, now: datetime) -> int:
    """Greet those on a list who have one of these addresses, or everybody where none is named.

    Returns how many had not been greeted there before.
    """
    theirs = subscribers(list_id)
    named = [normalised(email) for email in emails]
    if named:
        theirs = theirs.where(Person.id.in_(list(by_emails(session, named).values())))
    return outbox.put_to_all(session, KIND, list_id, theirs, now=now)


def about(session: Session, list_id: int, person_id: int, *, now: datetime) -> Welcome:
    """Return what a newcomer of a list is told."""
    chosen = deliveries.of_person(session, person_id, now=now).get(list_id)
    return Welcome(
        mailing_list=session.get_one(MailingList, list_id),
        chosen=chosen,
        has_language=onboarding.has_language(session, person_id),
        has_fields=bool(fields(session, person_id)),
        has_mode=chosen is not None
        and onboarding.has_wanted(session, person_id, chosen.mode, list_id=list_id),
    )
