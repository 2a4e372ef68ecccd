"""What is said about meetups."""

from typing import Literal

from community.fields import FIELDS
from community.meetups import MeetupCard
from community.outbox import Notice
from community.people import Reader
from letters.actions import button
from letters.letter import Button, House, Invitation, Letter, language
from texts import Language, listed, say, span


def propose(card: MeetupCard, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Tell somebody of the same or a related field about a meetup, with one button to join."""
    tongue = language(to)
    if card.state != "open" and notice.replaces_id is None:
        return None
    return Letter(
        language=tongue,
        subject=say(tongue, "Meetup: {topic}", topic=card.topic),
        paragraphs=(_opening(tongue, card),),
        facts=_facts(tongue, card, house),
        buttons=_buttons(tongue, card, to) if card.state == "open" else (),
        why=say(
            tongue,
            "You get this because your field is the same as or close to {field}.",
            field=_field(tongue, card),
        ),
        stop=button(tongue, "meetup.mute", card.meetup_id),
    )


def invite(card: MeetupCard, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Put a meetup into the calendar of somebody who comes."""
    tongue = language(to)
    if card.state != "open" or not card.am_going:
        return None
    return Letter(
        language=tongue,
        subject=say(tongue, "In your calendar: {topic}", topic=card.topic),
        paragraphs=(say(tongue, "Here is the meetup for your calendar."),),
        facts=_facts(tongue, card, house),
        buttons=_buttons(tongue, card, to),
        why=_why_in_calendar(tongue, card, to),
        invitation=_invitation(card, notice, to, house, "REQUEST"),
    )


def join(card: MeetupCard, notice: Notice, to: Reader, house: House) -> Letter:
    """Tell the host who comes."""
    return _to_host(card, to, house, say(language(to), "Somebody new is coming to your meetup."))


def leave(card: MeetupCard, notice: Notice, to: Reader, house: House) -> Letter:
    """Tell the host that somebody cannot come after all."""
    return _to_host(
        card, to, house, say(language(to), "Somebody cannot come to your meetup after all.")
    )


def uninvite(card: MeetupCard, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Take a meetup out of the calendar of somebody who does not come after all."""
    tongue = language(to)
    if card.am_going:
        return None  # joined again before this went out: a CANCEL would undo the new invitation
    return Letter(
        language=tongue,
        subject=say(tongue, "Out of your calendar: {topic}", topic=card.topic),
        paragraphs=(say(tongue, "You said that you cannot come. Until another time!"),),
        facts=_facts(tongue, card, house),
        buttons=(button(tongue, "meetup.join", card.meetup_id),) if card.state == "open" else (),
        why=say(tongue, "You get this because you said that you cannot come."),
        invitation=_invitation(card, notice, to, house, "CANCEL"),
    )


def cancel(card: MeetupCard, notice: Notice, to: Reader, house: House) -> Letter:
    """Tell somebody who would have come that a meetup is called off."""
    tongue = language(to)
    return Letter(
        language=tongue,
        subject=say(tongue, "Cancelled: {topic}", topic=card.topic),
        paragraphs=(
            say(tongue, "This meetup has been cancelled. It leaves your calendar by itself."),
        ),
        facts=_facts(tongue, card, house),
        why=say(tongue, "You get this because you said that you are coming."),
        invitation=_invitation(card, notice, to, house, "CANCEL"),
    )


def _to_host(card: MeetupCard, to: Reader, house: House, opening: str) -> Letter:
    tongue = language(to)
    return Letter(
        language=tongue,
        subject=say(tongue, "Your meetup: {topic}", topic=card.topic),
        paragraphs=(opening,),
        facts=_facts(tongue, card, house),
        buttons=(button(tongue, "meetup.cancel", card.meetup_id),) if card.state == "open" else (),
        why=say(tongue, "You get this because you host it."),
    )


def _buttons(tongue: Language, card: MeetupCard, to: Reader) -> tuple[Button, ...]:
    verb = "leave" if card.am_going else "join"
    if card.host_id == to.person_id:
        verb = "cancel"
    return (button(tongue, f"meetup.{verb}", card.meetup_id),)


def _opening(tongue: Language, card: MeetupCard) -> str:
    if card.state == "cancelled":
        return say(tongue, "This meetup has been cancelled.")
    if card.state == "over":
        return say(tongue, "This meetup is over.")
    if card.am_going:
        return say(tongue, "You are coming to this meetup.")
    return say(
        tongue, "{name} ({field}) invites you.", name=card.host_name, field=_field(tongue, card)
    )


def _facts(tongue: Language, card: MeetupCard, house: House) -> tuple[tuple[str, str], ...]:
    when = span(tongue, house.local(card.starts_at), house.local(card.ends_at))
    coming = listed(tongue, list(card.going)) if card.going else "–"
    return (
        (say(tongue, "When"), when),
        (say(tongue, "Where"), card.place),
        (say(tongue, "Who is coming"), f"{coming} ({len(card.going)}/{card.max_people})"),
    )


def _why_in_calendar(tongue: Language, card: MeetupCard, to: Reader) -> str:
    if card.host_id == to.person_id:
        return say(tongue, "You get this because you host it.")
    return say(tongue, "You get this because you said that you are coming.")


def _field(tongue: Language, card: MeetupCard) -> str:
    if not card.host_fields:
        return "–"
    field = FIELDS[card.host_fields[0]]
    return field.nb if tongue == "nb" else field.en


def _invitation(
    card: MeetupCard,
    notice: Notice,
    to: Reader,
    house: House,
    method: Literal["REQUEST", "CANCEL"],
) -> Invitation:
    return Invitation(
        method=method,
        uid=house.uid("meetup", card.meetup_id),
        sequence=card.sequence,
        starts_at=card.starts_at,
        ends_at=card.ends_at,
        summary=card.topic,
        place=card.place,
        description="",
        organizer_name=card.host_name,
        organizer_address=house.reply_address(to.person_id),
        attendee_name=to.name,
        attendee_address=to.email,
        stamped_at=notice.due_at,
    )
