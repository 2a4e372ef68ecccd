"""How far a list trusts somebody who is on it: what moderators decided about all their posts.

The rules `member` and `newcomer` read it; `standings.py` finds it with all else about the author.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from community import journal, people
from community.cases import Trust
from community.errors import Refusal
from community.people import Role
from community.subscriptions import Subscription


def trust(
    session: Session, list_id: int, person_id: int, trusted: str, *, by: int | None, now: datetime
) -> Subscription:
    """Decide how far a list trusts somebody on it; the same again changes nothing.

    Raises:
        Refusal: not a moderator; not on the list; no such trust.
    """
    if by is not None:
        people.require(session, by, Role.MODERATOR)
    if trusted not in list(Trust):
        raise Refusal("Trust can be: {choices}.", choices=", ".join(Trust))
    place = session.get(Subscription, (list_id, person_id), with_for_update=True)
    if place is None:
        raise Refusal("This person is not on the list.")
    if place.trust != trusted:
        was, place.trust = place.trust, trusted
        noun = "subscription"
        journal.write(session, noun, person_id, "trust", by=by, now=now, old=was, new=trusted)
    return place
