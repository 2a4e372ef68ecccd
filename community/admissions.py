"""What moderators decide about people who want to join a list; the first decision wins.

They have confirmed their address, and the policy of the list asks a moderator (`joining.py`). Who
waits is in `join_cards.py`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from community import join_requests, joining, lifecycle, outbox, people, steps, subscriptions
from community.bulks import Counted
from community.errors import Refusal
from community.join_requests import JoinRequest
from community.people import Person, Role

#: So long after somebody has asked a decision can be taken back.
TAKEN_BACK_FOR: Final = 2 * join_requests.WAITS_FOR


def accept(session: Session, request_id: int, *, by: int, now: datetime) -> JoinRequest:
    """Have a moderator put whoever asked on the list; the first decision wins."""
    request = _waiting(session, request_id, by=by)
    _settle(session, request, "accept", by=by, now=now)
    person = session.get_one(Person, request.person_id, with_for_update=True)
    joining.put_on(session, request.list_id, person, by=by, now=now)
    return request


def decline(
    session: Session, request_id: int, *, reason: str = "", by: int, now: datetime
) -> JoinRequest:
    """Have a moderator say no, with a word to whoever asked; the first decision wins."""
    request = _waiting(session, request_id, by=by)
    request.reason = reason.strip()
    _settle(session, request, "decline", by=by, now=now)
    turn = join_requests.turn(session, request_id)
    join_requests.tell(session, "join_request.decline", request, detail=turn, now=now)
    return request


def reopen(session: Session, request_id: int, *, by: int, now: datetime) -> JoinRequest:
    """Take a moderator's decision back: whoever was let in is off the list, and it waits again.

    Raises:
        Refusal: not a moderator; no moderator has decided, or it is long ago; who was let in has
            left the list by themselves.
    """
    request = _of_moderator(session, request_id, by=by)
    if request.decided_by is None or now > request.asked_at + TAKEN_BACK_FOR:
        raise lifecycle.NotNow
    person_id, was_let_in = request.person_id or 0, request.state == "joined"
    is_off = was_let_in and subscriptions.take_off(
        session, request.list_id, person_id, by=by, now=now
    )
    if was_let_in and not is_off:
        raise lifecycle.NotNow
    lifecycle.advance(session, request, "reopen", by=by, now=now)
    request.decided_by, request.reason = None, ""
    join_requests.wait(session, request, now=now)
    _show_anew(session, request, "reopened", now=now)
    return request


def decide(
    session: Session,
    request_ids: Sequence[int],
    *,
    accepts: bool,
    reason: str = "",
    by: int,
    now: datetime,
) -> Counted:
    """Decide about several people in one transaction; what was decided before stays.

    Raises:
        Refusal: not a moderator; nobody is marked.
    """
    people.require(session, by, Role.MODERATOR)
    if not request_ids:
        raise Refusal("Mark the people first.")
    done = late = 0
    for request_id in sorted(set(request_ids)):
        try:
            if accepts:
                accept(session, request_id, by=by, now=now)
            else:
                decline(session, request_id, reason=reason, by=by, now=now)
        except Refusal:
            late += 1
        else:
            done += 1
    return Counted(done=done, late=late)


def _settle(session: Session, request: JoinRequest, event: str, *, by: int, now: datetime) -> None:
    request.decided_by = by
    lifecycle.advance(session, request, event, by=by, now=now)
    steps.cancel(session, "join_request.expire", request.id, now=now, why="decided")
    outbox.cancel(session, "join_request.wait", request.id, now=now, why="decided")
    _show_anew(session, request, "decided", now=now)


def _show_anew(session: Session, request: JoinRequest, which: str, *, now: datetime) -> None:
    which += join_requests.turn(session, request.id)
    outbox.put_instead(session, "join_request.wait", request.id, detail=which, now=now)


def _of_moderator(session: Session, request_id: int, *, by: int) -> JoinRequest:
    people.require(session, by, Role.MODERATOR)
    request = session.get(JoinRequest, request_id, with_for_update=True)
    if request is None:
        raise Refusal("Nobody asks for this (any more).")
    return request


def _waiting(session: Session, request_id: int, *, by: int) -> JoinRequest:
    request = _of_moderator(session, request_id, by=by)
    if request.state != "waiting" and request.decided_by is not None:
        name = session.get_one(Person, request.decided_by).name
        raise Refusal("{name} has already decided this.", name=name)
    if request.state != "waiting":
        raise lifecycle.NotNow
    return request
