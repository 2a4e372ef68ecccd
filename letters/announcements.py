"""What coordinators announce, and what they are told about it."""

import re

from community.announcements import AnnouncementCard
from community.audiences import Audience
from community.outbox import Notice
from community.people import Reader
from letters.actions import button
from letters.letter import House, Letter, language
from texts import N_, Language, moment, say

WHY = {
    Audience.ALL: N_("You get this because you are in the community."),
    Audience.POSTDOCS: N_("You get this because you are among the postdocs."),
    Audience.MENTORS: N_("You get this because you are among the mentors."),
}
STATES = {
    "sent": N_("It has been sent."),
    "cancelled": N_("It has been cancelled. Nobody gets it."),
}


def send(card: AnnouncementCard, to: Reader, house: House) -> Letter:
    """Bring an announcement to one of its receivers."""
    return as_read(card, language(to))


def as_read(card: AnnouncementCard, tongue: Language) -> Letter:
    """Return what every receiver of this language reads: also the preview."""
    words = card.words(tongue)
    contact = f"{card.author_name} <{card.author_email}>"
    return Letter(
        language=tongue,
        subject=words.title,
        paragraphs=tuple(part.strip() for part in re.split(r"\n\s*\n", words.body)),
        facts=((say(tongue, "Questions to"), contact),) if card.author_name else (),
        why=say(tongue, WHY[card.audience]),
        stop=button(tongue, "announcement.mute", card.announcement_id),
    )


def late(card: AnnouncementCard, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Ask what becomes of an announcement whose moment passed while nothing could be sent."""
    tongue = language(to)
    waits = card.state == "scheduled"
    if not waits and notice.replaces_id is None:
        return None
    verbs = ("send", "cancel") if waits else ()
    title = card.words(tongue).title
    return Letter(
        language=tongue,
        subject=say(tongue, "Not sent: {title}", title=title) if waits else title,
        paragraphs=_late(tongue, card, house) if waits else (say(tongue, STATES[card.state]),),
        buttons=tuple(button(tongue, f"announcement.{v}", card.announcement_id) for v in verbs),
        why=say(tongue, "You get this because you look after announcements."),
    )


def _late(tongue: Language, card: AnnouncementCard, house: House) -> tuple[str, ...]:
    assert card.send_at is not None  # noqa: S101 - every scheduled one has it
    return (
        say(
            tongue,
            "This announcement was to go out {when}. Samband could not send it then and noticed "
            "more than 12 hours later, so it has been sent to nobody.",
            when=moment(tongue, house.local(card.send_at)),
        ),
        say(tongue, "Is it still right? Send it now, or cancel it. Until then it waits."),
    )
