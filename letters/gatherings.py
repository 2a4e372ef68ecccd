"""What is said about gatherings."""

from typing import Literal

from community.gathering_cards import GatheringCard
from community.outbox import Notice
from community.people import Reader
from letters.actions import button
from letters.letter import House, Invitation, Letter, language
from texts import Language, moment, say, span


def publish(card: GatheringCard, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Tell somebody about a gathering, with one button to register."""
    tongue = language(to)
    if card.state != "open" and notice.replaces_id is None:
        return None
    button_names = ("register",) if card.may_register else ()
    if card.am_registered and card.state == "open":
        button_names = ("release",)
    return Letter(
        language=tongue,
        subject=say(tongue, "Gathering: {title}", title=card.title),
        paragraphs=(_opening(tongue, card), *_described(card)),
        facts=_facts(tongue, card, house),
        buttons=tuple(button(tongue, f"gathering.{n}", card.gathering_id) for n in button_names),
        why=say(tongue, "You get this because you are among those it is for."),
        stop=button(tongue, "gathering.mute", card.gathering_id),
    )


def invite(card: GatheringCard, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Put a gathering into the calendar of somebody who has a place, and say how to release it."""
    tongue = language(to)
    if card.state != "open" or not card.am_registered or _is_stale(card, notice):
        return None
    return Letter(
        language=tongue,
        subject=say(tongue, "You have a place: {title}", title=card.title),
        paragraphs=(
            say(tongue, "You have a place. Here is the gathering for your calendar."),
            _release_by(tongue, card, notice, house),
            *_described(card),
        ),
        facts=_facts(tongue, card, house),
        buttons=(button(tongue, "gathering.release", card.gathering_id),),
        why=say(
            tongue, "You get this because you have registered. Release your place to get no more."
        ),
        invitation=_invitation(card, notice, to, house, "REQUEST"),
    )


def uninvite(card: GatheringCard, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Take a gathering out of the calendar of somebody who has released the place."""
    tongue = language(to)
    if card.am_registered or _is_stale(card, notice):
        return None
    button_names = ("register",) if card.may_register else ()
    return Letter(
        language=tongue,
        subject=say(tongue, "Place released: {title}", title=card.title),
        paragraphs=(
            say(
                tongue,
                "You have released your place. Thank you for saying so: somebody else can take it.",
            ),
            say(tongue, "The gathering leaves your calendar, and you get no reminders."),
        ),
        facts=_facts(tongue, card, house),
        buttons=tuple(button(tongue, f"gathering.{n}", card.gathering_id) for n in button_names),
        why=say(tongue, "You get this because you have released your place."),
        invitation=_invitation(card, notice, to, house, "CANCEL"),
    )


def remind(card: GatheringCard, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Remind somebody who has a place, and ask to release it if it will stay empty."""
    tongue = language(to)
    if card.state != "open" or not card.am_registered:
        # What stands in Slack already says what is true now.
        return None if notice.replaces_id is None else publish(card, notice, to, house)
    return Letter(
        language=tongue,
        subject=say(
            tongue,
            "Reminder: {title}, {when}",
            title=card.title,
            when=moment(tongue, house.local(card.starts_at)),
        ),
        paragraphs=(
            say(tongue, "You have a place. If you are coming, you need not do anything."),
            _release_by(tongue, card, notice, house),
        ),
        facts=_facts(tongue, card, house),
        buttons=(button(tongue, "gathering.release", card.gathering_id),),
        why=say(
            tongue, "You get this because you have registered. Release your place to get no more."
        ),
    )


def cancel(card: GatheringCard, notice: Notice, to: Reader, house: House) -> Letter:
    """Tell somebody who has a place that a gathering is called off."""
    tongue = language(to)
    return Letter(
        language=tongue,
        subject=say(tongue, "Cancelled: {title}", title=card.title),
        paragraphs=(
            say(tongue, "This gathering has been cancelled. It leaves your calendar by itself."),
        ),
        facts=_facts(tongue, card, house),
        why=say(tongue, "You get this because you had registered."),
        invitation=_invitation(card, notice, to, house, "CANCEL"),
    )


def _opening(tongue: Language, card: GatheringCard) -> str:
    if card.state == "cancelled":
        return say(tongue, "This gathering has been cancelled.")
    if card.state == "over":
        return say(tongue, "This gathering is over.")
    if card.am_registered:
        return say(tongue, "You have a place at this gathering.")
    if card.taken >= card.capacity:
        return say(tongue, "All places are taken at the moment. Somebody may release one.")
    return say(tongue, "You are invited. Register if you want to come; places are limited.")


def _release_by(tongue: Language, card: GatheringCard, notice: Notice, house: House) -> str:
    """Say until when to release, and what an empty place costs; only what is true."""
    facts = {"capacity": card.capacity, "taken": card.taken}
    if notice.due_at >= card.release_by:
        return say(
            tongue,
            "If you cannot come, release your place now: {taken} of {capacity} places are taken, "
            "and one that nobody releases stays empty.",
            **facts,
        )
    return say(
        tongue,
        "If you cannot come, release your place by {when}: {taken} of {capacity} places are taken, "
        "and one that nobody releases stays empty.",
        when=moment(tongue, house.local(card.release_by)),
        **facts,
    )


def _described(card: GatheringCard) -> tuple[str, ...]:
    return (card.description,) if card.description else ()


def _facts(tongue: Language, card: GatheringCard, house: House) -> tuple[tuple[str, str], ...]:
    taken = say(tongue, "{taken} of {capacity} taken", taken=card.taken, capacity=card.capacity)
    return (
        (say(tongue, "When"), span(tongue, house.local(card.starts_at), house.local(card.ends_at))),
        (say(tongue, "Where"), card.place),
        (say(tongue, "Places"), taken),
    )


def _is_stale(card: GatheringCard, notice: Notice) -> bool:
    """Say whether the place was taken or released again after this was put."""
    return notice.detail != str(card.sequence)


def _invitation(
    card: GatheringCard,
    notice: Notice,
    to: Reader,
    house: House,
    method: Literal["REQUEST", "CANCEL"],
) -> Invitation:
    return Invitation(
        method=method,
        uid=house.uid("gathering", card.gathering_id),
        sequence=card.sequence,
        starts_at=card.starts_at,
        ends_at=card.ends_at,
        summary=card.title,
        place=card.place,
        description=card.description,
        organizer_name=card.coordinator_name or house.name,
        organizer_address=house.reply_address(to.person_id),
        attendee_name=to.name,
        attendee_address=to.email,
        stamped_at=notice.due_at,
    )
