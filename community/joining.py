"""Putting people on a list, as its policy says who may join: at once, or by a moderator's word.

`join_requests.py` has those who must first confirm or wait. Whoever is put on a list here for the
first time is greeted (`welcomes.py`).
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import bans, lists, newcomers, people, subscriptions, welcomes
from community.errors import Refusal
from community.lists import MailingList
from community.people import Address, Person, Role
from community.policies import Policy
from community.subscriptions import Subscription


def join(session: Session, list_id: int, *, by: int, now: datetime) -> MailingList:
    """Put the acting person on a list; joining twice changes nothing.

    Raises:
        Refusal: a moderator decides who joins; the list takes no guests, and they are one; this
            person is kept off the list, or has left.
    """
    a_list, person = lists.known(session, list_id), require_here(session, by)
    if subscriptions.is_subscriber(session, list_id, by):
        return a_list
    require_welcome(session, a_list, by, now=now)
    is_of_community = not newcomers.is_outside(session, by)
    is_asked = asks_a_moderator(a_list.policy, is_of_community=is_of_community)
    if is_asked and not moderates(session, by):
        raise Refusal(
            "A moderator decides who joins {address}. Press “Ask to join”.", address=a_list.address
        )
    put_on(session, list_id, person, by=by, now=now)
    return a_list


def come_back(session: Session, list_id: int, *, by: int, now: datetime) -> MailingList:
    """Put the acting person on a list again, with one digest a day.

    Raises:
        Refusal: as for `join`.
    """
    a_list = join(session, list_id, by=by, now=now)
    subscriptions.set_mode(session, list_id, by, subscriptions.Mode.DAILY)
    return a_list


def put_on(session: Session, list_id: int, person: Person, *, by: int, now: datetime) -> None:
    """Put somebody on a list, as a guest if they are not of the community, and greet them.

    Who is a guest of another list already is one here too.
    """
    is_outside = newcomers.is_outside(session, person.id)
    newcomers.admit(session, person, by=by, now=now)
    if subscriptions.subscribe(session, list_id, [person.id], by=by, now=now):
        if is_outside:
            policy = session.get_one(MailingList, list_id).policy
            session.get_one(Subscription, (list_id, person.id)).trust = policy.guests_write
        welcomes.welcome(session, list_id, person.id, now=now)


def asks_a_moderator(policy: Policy, *, is_of_community: bool) -> bool:
    """Say whether a moderator decides who joins, by the policy of the list."""
    return policy.join == "approve" or (not is_of_community and policy.guests == "approve")


def moderates(session: Session, person_id: int) -> bool:
    """Say whether somebody may decide about others, and so about themselves."""
    return bool(people.roles(session, person_id) & {Role.MODERATOR, Role.ADMIN})


def require_here(session: Session, person_id: int) -> Person:
    """Return the acting person; refuse who has left: their old places are no places any more.

    They are locked, so that of two presses at one moment the second sees what the first has done.
    """
    person = session.get_one(Person, person_id, with_for_update=True)
    if person.state != "active":
        raise Refusal("Your stay is over. Write to a coordinator, and you are on the lists again.")
    return person


def require_welcome(
    session: Session, a_list: MailingList, person_id: int, *, now: datetime
) -> None:
    """Refuse where a list is closed, who is kept off it, and guests where it takes none."""
    lists.require_open(a_list, now=now)
    require_not_banned(session, a_list, person_id)
    if a_list.policy.guests == "reject" and newcomers.is_outside(session, person_id):
        raise Refusal(people.NO_RIGHT[Role.GUEST])


def require_not_banned(session: Session, a_list: MailingList, person_id: int) -> None:
    """Refuse somebody who is kept off a list, by any of their addresses."""
    emails = session.scalars(select(Address.email).where(Address.person_id == person_id)).all()
    if bans.is_banned(session, a_list.id, emails):
        raise Refusal("You cannot join {address}. Write to its owners.", address=a_list.address)
