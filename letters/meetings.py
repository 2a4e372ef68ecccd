"""What is said about the meeting of a pair once it is booked."""

from community.meetings import Meeting
from community.outbox import Notice
from community.people import Reader
from community.progress import Progress
from letters.actions import button
from letters.letter import House, Invitation, Letter, language
from texts import N_, Language, say, span

REMINDERS = {
    "3d": N_("In three working days you meet {name}."),
    "1d": N_("On the next working day you meet {name}."),
}


def invite(view: Progress, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Put the meeting into the calendar of one of the pair."""
    if view.meeting is None or not _is_ahead(view):
        return None
    tongue, other = language(to), _other(view, to)
    return Letter(
        language=tongue,
        subject=say(tongue, "In your calendar: first meeting with {name}", name=other),
        paragraphs=(
            say(tongue, "Here is your meeting with {name} for your calendar.", name=other),
            say(
                tongue,
                "Ten points to talk about: {link}",
                link=f"{house.public_url}/expectation-meeting",
            ),
        ),
        facts=_facts(tongue, view.meeting, house),
        buttons=(button(tongue, "meeting.move", view.meeting.id),),
        why=say(tongue, "You get this because you two have booked a time."),
        invitation=_invitation(view, view.meeting, notice, to, house),
    )


def remind(view: Progress, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Remind one of the pair of the meeting, or ask afterwards whether it took place."""
    if notice.replaces_id is not None:
        return settled(view, to, house)
    meeting = view.meeting
    step, _, sequence = notice.detail.partition("-")
    if meeting is None or not _is_ahead(view) or sequence != str(meeting.sequence):
        return None
    tongue, other = language(to), _other(view, to)
    if step == "after":
        subject = say(tongue, "Did you meet {name}?", name=other)
        opening = say(tongue, "One press is enough, from one of you.")
        verbs: tuple[str, ...] = ("confirm", "move")
    else:
        subject = say(tongue, "Soon: your meeting with {name}", name=other)
        opening = say(tongue, REMINDERS[step], name=other)
        verbs = ("move",)
    return Letter(
        language=tongue,
        subject=subject,
        paragraphs=(opening,),
        facts=_facts(tongue, meeting, house),
        buttons=tuple(button(tongue, f"meeting.{verb}", meeting.id) for verb in verbs),
        why=say(tongue, "You get this because you two have booked a time."),
        stop=button(tongue, "mentorship.mute", view.pair.mentorship_id),
    )


def settled(view: Progress, to: Reader, house: House) -> Letter | None:
    """Say in what stands in Slack already what holds now: a time, that they have met, the end."""
    meeting = view.meeting
    tongue, other = language(to), _other(view, to)
    if view.pair.state != "active":
        return Letter(
            language=tongue,
            subject=say(tongue, "You and {name}", name=other),
            paragraphs=(
                say(tongue, "This pair has ended. Ask a coordinator if that is a surprise."),
            ),
            why="",
        )
    if meeting is None:
        return None
    has_met = meeting.state == "met"
    subject = N_("You have met {name}") if has_met else N_("Your meeting with {name}")
    return Letter(
        language=tongue,
        subject=say(tongue, subject, name=other),
        facts=_facts(tongue, meeting, house),
        buttons=() if has_met else (button(tongue, "meeting.move", meeting.id),),
        why=say(tongue, "You get this because you two have booked a time."),
    )


def decline(view: Progress, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Tell one of the pair that the other cannot come at the booked time."""
    if notice.replaces_id is not None:
        return settled(view, to, house)
    if view.meeting is None or not _is_ahead(view):
        return None
    tongue, other = language(to), _other(view, to)
    return Letter(
        language=tongue,
        subject=say(tongue, "{name} cannot come at this time", name=other),
        paragraphs=(
            say(tongue, "The calendar says no to this time. Agree on another and move it here."),
        ),
        facts=_facts(tongue, view.meeting, house),
        buttons=(button(tongue, "meeting.move", view.meeting.id),),
        why=say(tongue, "You get this because you two have booked a time."),
    )


def _is_ahead(view: Progress) -> bool:
    """Say whether the pair, which has not ended, still has a booked meeting."""
    meeting = view.meeting
    return view.pair.state == "active" and meeting is not None and meeting.state == "booked"


def _other(view: Progress, to: Reader) -> str:
    pair = view.pair
    return pair.mentor_name if to.person_id == pair.postdoc_id else pair.postdoc_name


def _facts(tongue: Language, meeting: Meeting, house: House) -> tuple[tuple[str, str], ...]:
    when = span(tongue, house.local(meeting.starts_at), house.local(meeting.ends_at))
    place = ((say(tongue, "Where"), meeting.place),) if meeting.place else ()
    return ((say(tongue, "When"), when), *place)


def _invitation(
    view: Progress, meeting: Meeting, notice: Notice, to: Reader, house: House
) -> Invitation:
    tongue = language(to)
    names = {"postdoc": view.pair.postdoc_name, "mentor": view.pair.mentor_name}
    return Invitation(
        method="REQUEST",
        uid=house.uid("meeting", meeting.id),
        sequence=meeting.sequence,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        summary=say(tongue, "First meeting: {postdoc} and {mentor}", **names),
        place=meeting.place,
        description=f"{house.public_url}/expectation-meeting",
        organizer_name=_other(view, to),
        organizer_address=house.reply_address(to.person_id),
        attendee_name=to.name,
        attendee_address=to.email,
        stamped_at=notice.due_at,
    )
