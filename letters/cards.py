"""What a thing looks like now to one reader: the card on the page before something is done with it.

Mostly the letter about the thing as it would read at this moment. Whoever may not see the thing is
refused in the words of the community.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from community import (
    address_requests,
    announcements,
    gathering_cards,
    issues,
    join_cards,
    meetups,
    onboarding,
    overflows,
    people,
    progress,
    suppressions,
    threads,
    withdrawals,
)
from community.digests import Digest
from community.lists import MailingList
from community.meetings import Meeting, Slot
from community.outbox import Notice
from community.people import Person, Reader, Role
from community.progress import Progress
from community.store import Session
from community.threads import Unseen
from letters import bounces
from letters.actions import button
from letters.announcements import as_read
from letters.join_requests import shown as join_letter
from letters.kinds import KINDS
from letters.letter import House, Letter, language, named
from letters.onboarding import welcome as onboarding_letter
from letters.overflows import card as beyond_quota
from letters.withdrawals import card as outbound
from texts import moment, say, span

T = TypeVar("T")

#: Raises Refusal for who may not see the thing.
Sight = Callable[[Session, int, Reader], None]


def _held_post(session: Session, object_id: int, to: Reader) -> None:
    people.require(session, to.person_id, Role.MODERATOR)


def _meetup(session: Session, object_id: int, to: Reader) -> None:
    meetups.require_seen(session, object_id, by=to.person_id)


def _gathering(session: Session, object_id: int, to: Reader) -> None:
    if not gathering_cards.is_seen(session, object_id, by=to.person_id):
        raise Unseen


#: noun -> the kind of letter that shows the thing, and who may see it.
SHOWN_BY: dict[str, tuple[str, Sight]] = {
    "post": ("post.hold", _held_post),
    "meetup": ("meetup.propose", _meetup),
    "gathering": ("gathering.publish", _gathering),
}


def about(
    session: Session, action: str, object_id: int, *, to: Reader, house: House, now: datetime
) -> Letter:
    """Return the card of the object of `action` (noun.verb) as this reader may see it.

    Its buttons are those that the reader has now.

    Raises:
        Refusal: there is no such thing, or it is not for this reader.
    """
    noun, _, verb = action.partition(".")
    if action in OF_ACTIONS:
        return OF_ACTIONS[action](session, object_id, to, house)
    if verb == "mute" or noun not in CARDS | SHOWN_BY:
        return Letter(language=language(to), subject="", why="")
    if noun in CARDS:
        return CARDS[noun](session, object_id, to, house)
    kind, look = SHOWN_BY[noun]
    look(session, object_id, to)
    # As a message that takes the place of an earlier one: it says what has become of the thing.
    notice = Notice(
        kind=kind, object_id=object_id, detail="", person_id=to.person_id, replaces_id=0, due_at=now
    )
    written = KINDS[kind].words(KINDS[kind].question(session, notice), notice, to, house)
    return written or Letter(language=language(to), subject="", why="")


def is_possible(action: str, card: Letter) -> bool:
    """Say whether the card of a post still offers `action`; other acts say so themselves."""
    return not action.startswith("post.") or action in {
        each.action for each in (*card.buttons, *card.more)
    }


def _address(session: Session, object_id: int, to: Reader, house: House) -> Letter:
    tongue, address = language(to), _one(suppressions.card(session, object_id))
    if address.person_id != to.person_id:
        people.require(session, to.person_id, Role.COORDINATOR)
    return Letter(
        language=tongue,
        subject=address.email,
        facts=bounces.facts(tongue, address, house),
        quote=address.diagnostic or None,
        why="",
    )


def _address_request(session: Session, object_id: int, to: Reader, house: House) -> Letter:
    question = _one(address_requests.card(session, object_id))
    if question.person_id != to.person_id:
        raise Unseen
    return Letter(language=language(to), subject=question.email, why="")


def _own_address(session: Session, object_id: int, to: Reader, house: House) -> Letter:
    return Letter(language=language(to), subject=to.email, why="")


def _own_post(session: Session, object_id: int, to: Reader, house: House) -> Letter:
    post = withdrawals.card(session, object_id)
    if post.author_id != to.person_id:
        raise Unseen
    return outbound(post, to, house)


def _removable(session: Session, object_id: int, to: Reader, house: House) -> Letter:
    tongue, (thread_id, number) = language(to), threads.page_of(session, object_id, reader=to)
    posts = threads.shown(session, thread_id, reader=to, number=number).posts
    post = _one(next((each for each in posts if each.post_id == object_id), None))
    buttons = (button(tongue, "post.remove", object_id),) if post.may_remove else ()
    author = ((say(tongue, "From"), post.author),)
    return Letter(
        language=tongue, subject=named(tongue, post.subject), facts=author, buttons=buttons, why=""
    )


def _overflow(session: Session, object_id: int, to: Reader, house: House) -> Letter:
    view = overflows.card(session, object_id)
    if view.author_id != to.person_id:
        raise Unseen
    return beyond_quota(view, to, house)


def _mailing_list(session: Session, object_id: int, to: Reader, house: House) -> Letter:
    tongue, a_list = language(to), _one(session.get(MailingList, object_id))
    return Letter(
        language=tongue,
        subject=a_list.address,
        facts=((say(tongue, "List"), a_list.address),),
        why="",
    )


def _join_request(session: Session, object_id: int, to: Reader, house: House) -> Letter:
    tongue, card = language(to), join_cards.card(session, object_id)
    if card.person_id == to.person_id:
        listed = (say(tongue, "List"), card.list_address)
        return Letter(language=tongue, subject=card.list_address, facts=(listed,), why="")
    people.require(session, to.person_id, Role.MODERATOR)
    return join_letter(card, to, house)


def _thread(session: Session, object_id: int, to: Reader, house: House) -> Letter:
    tongue = language(to)
    thread = threads.shown(session, object_id, reader=to)
    subject = named(tongue, thread.subject)
    listed = (say(tongue, "List"), thread.list_address)
    return Letter(language=tongue, subject=subject, facts=(listed,), why="")


def _digest(session: Session, object_id: int, to: Reader, house: House) -> Letter:
    tongue, digest = language(to), _one(session.get(Digest, object_id))
    if digest.person_id != to.person_id:
        raise Unseen
    parts = issues.of_digest(session, object_id).lists
    facts = tuple((say(tongue, "List"), part.address) for part in parts)
    return Letter(language=tongue, subject="", facts=facts, why="")


def _announcement(session: Session, object_id: int, to: Reader, house: House) -> Letter:
    people.require(session, to.person_id, Role.COORDINATOR)
    return as_read(announcements.card(session, object_id), language(to))


def _mentorship(session: Session, object_id: int, to: Reader, house: House) -> Letter:
    return _pair(session, progress.of_pair(session, object_id), to, house)


def _meeting(session: Session, object_id: int, to: Reader, house: House) -> Letter:
    meeting = _one(session.get(Meeting, object_id))
    return _pair(session, progress.of_pair(session, meeting.mentorship_id), to, house)


def _slot(session: Session, object_id: int, to: Reader, house: House) -> Letter:
    tongue, slot = language(to), _one(session.get(Slot, object_id))
    card = _pair(session, progress.of_pair(session, slot.mentorship_id), to, house)
    offered = (say(tongue, "Offered time"), moment(tongue, house.local(slot.starts_at)))
    return Letter(language=tongue, subject=card.subject, facts=(*card.facts, offered), why=card.why)


def _pair(session: Session, view: Progress, to: Reader, house: House) -> Letter:
    tongue, pair = language(to), view.pair
    if to.person_id not in (pair.postdoc_id, pair.mentor_id):
        people.require(session, to.person_id, Role.COORDINATOR)
    facts = [
        (say(tongue, "Postdoc"), pair.postdoc_name),
        (say(tongue, "Mentor"), pair.mentor_name),
    ]
    if view.meeting is not None and view.meeting.state in ("booked", "met"):
        booked = view.meeting
        when = span(tongue, house.local(booked.starts_at), house.local(booked.ends_at))
        facts.append((say(tongue, "When"), when))
        facts += [(say(tongue, "Where"), booked.place)] if booked.place else []
    return Letter(
        language=tongue,
        subject=say(
            tongue, "{postdoc} and {mentor}", postdoc=pair.postdoc_name, mentor=pair.mentor_name
        ),
        facts=tuple(facts),
        why="",
    )


def _one(found: T | None) -> T:
    if found is None:
        raise Unseen
    return found


def _onboarding(session: Session, object_id: int, to: Reader, house: House) -> Letter:
    now = session.get_one(Person, to.person_id).joined_at  # when a pause ends matters not here
    return onboarding_letter(onboarding.about(session, to.person_id, now=now), to, house)


Card = Callable[[Session, int, Reader, House], Letter]

CARDS: dict[str, Card] = {
    "address": _address,
    "address_request": _address_request,
    "announcement": _announcement,
    "digest": _digest,
    "join_request": _join_request,
    "mailing_list": _mailing_list,
    "mentorship": _mentorship,
    "meeting": _meeting,
    "slot": _slot,
    "thread": _thread,
    "onboarding": _onboarding,
}
#: Where who presses sees the thing otherwise than others do.
OF_ACTIONS: dict[str, Card] = {
    "person.disown": _own_address,
    "post.withdraw": _own_post,
    "post.remove": _removable,
    "post.narrow": _overflow,
    "post.ask": _overflow,
}
