"""What somebody is told whose stay ends: what happens then by itself, and what else there is."""

from community.outbox import Notice
from community.people import Reader, Role
from community.stays import Ending, Needed
from letters.actions import button
from letters.join_requests import owner
from letters.letter import House, Letter, language
from texts import N_, Language, day, say

#: Why somebody is needed, by what they are.
NOBODY_ELSE = {
    Role.MODERATOR: N_("Nobody else is a moderator, and posts would wait for nobody."),
    Role.COORDINATOR: N_("Nobody else is a coordinator, and nobody would look after things."),
    Role.ADMIN: N_("Nobody else is an administrator, and nobody could set anything right."),
}


def end(
    view: tuple[Ending | None, Needed | None], notice: Notice, to: Reader, house: House
) -> Letter | None:
    """Ask who leaves soon whether they want to stay on the lists; who does nothing leaves."""
    stay, needed = view
    if stay is None or str(stay.last) != notice.detail:
        return None  # stays on, or for longer
    tongue = language(to)
    when = day(tongue, stay.last, year=True)
    return Letter(
        language=tongue,
        subject=say(tongue, "Your stay ends on {day}", day=when),
        paragraphs=(
            say(
                tongue,
                "We have it that your stay ends on {day}. After that day no more mail of {name} "
                "comes, and you need not do anything for it.",
                day=when,
                name=house.name,
            ),
            say(
                tongue,
                "Would you like to stay in touch? As an alumnus you stay on your lists, for as "
                "long as you like. If this address ends too, say first where mail shall go.",
            ),
            say(
                tongue,
                "Is your contract longer than that? Then say so, in an answer to this mail.",
            ),
            *(_needed(tongue, needed) if needed else ()),
        ),
        buttons=(
            button(tongue, "person.stay_on", 0),
            button(tongue, "person.add_address", 0),
        ),
        why=say(tongue, "You get this once, because your stay ends soon."),
        reply_to=owner(stay.list_address) if stay.list_address else f"samband@{house.domain}",
    )


def keep(needed: Needed | None, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Say that somebody stays beyond their last day, and until when; nothing once they need not."""
    if needed is None:
        return None
    tongue, is_theirs = language(to), to.person_id == notice.object_id
    name, when = needed.name, day(tongue, needed.last, year=True)
    if is_theirs:
        subject = say(tongue, "You are needed, and stay")
        opening = say(tongue, "Your stay ended on {day}.", day=when)
        why = say(tongue, "You get this once, because your stay has ended.")
    else:
        subject = say(tongue, "{name} is needed, and stays", name=name)
        opening = say(tongue, "The stay of {name} ended on {day}.", name=name, day=when)
        why = say(tongue, "You get this because you are an administrator.")
    return Letter(
        language=tongue,
        subject=subject,
        paragraphs=(opening, *_needed(tongue, needed)),
        why=why,
    )


def _needed(tongue: Language, needed: Needed) -> tuple[str, ...]:
    return (
        " ".join(say(tongue, NOBODY_ELSE[role]) for role in needed.roles),
        say(
            tongue,
            "So the stay goes on until somebody else has the role. Whoever runs the service gives "
            "it: samband people add ADDRESS --role {role}",
            role=needed.roles[0].value,
        ),
    )
