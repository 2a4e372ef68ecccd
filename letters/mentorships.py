"""What is said to a pair on the way to their first meeting, and to those who watch over it."""

from community.expectations import suggested
from community.outbox import Notice
from community.people import Reader
from community.progress import Progress
from letters.actions import button
from letters.letter import Button, House, Letter, language
from letters.meetings import settled
from texts import N_, Language, listed, moment, say

#: Why a pair comes before the coordinators: the beginning of the notice's detail.
WATCH = {
    "rung-5": N_("Ten working days have gone without a first meeting. A personal word may help."),
    "rung-6": N_(
        "Fifteen working days have gone without a first meeting. The pair gets no more automatic "
        "mail; what happens now is yours to decide."
    ),
    "help": N_("{name} asks for a hand in getting the first meeting to happen."),
    "hand_back": N_("{name} has ended this pair. No reason is asked for, and nobody is to blame."),
    "mute": N_("{name} has stopped our reminders. Please write in person."),
}


def nudge(view: Progress, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Nudge one of a pair towards the first meeting; the notice's detail is the rung."""
    if notice.replaces_id is not None:
        return settled(view, to, house)
    if view.meeting is not None or view.pair.state != "active":
        return None
    tongue, rung = language(to), notice.detail
    if rung in ("2", "3") and view.offered_by == to.person_id:
        return None  # has done meanwhile what this asks for
    is_postdoc = to.person_id == view.pair.postdoc_id
    other = view.pair.mentor_name if is_postdoc else view.pair.postdoc_name
    paragraphs = {
        "1": _begin(tongue, other, is_postdoc=is_postdoc, house=house),
        "2": _suggest(tongue, other, notice, house),
        "3": _remind(tongue, other, has_times=bool(view.times)),
        "4": (
            say(tongue, "You two have not found a time yet. Now either of you may offer times."),
            say(tongue, "The phone or a corridor counts as well: just tell us the day."),
        ),
    }[rung]
    return Letter(
        language=tongue,
        subject=_subject(tongue, other, rung=rung),
        paragraphs=paragraphs,
        facts=_facts(tongue, view, to),
        buttons=_buttons(tongue, view, house, to=to, rung=rung),
        why=_why(tongue, other, is_postdoc=is_postdoc),
        reply_to=view.pair.mentor_email if is_postdoc else view.pair.postdoc_email,
        stop=button(tongue, "mentorship.mute", view.pair.mentorship_id),
    )


def offer(view: Progress, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Bring the times that the other one offers, each with a button."""
    if notice.replaces_id is not None:
        return settled(view, to, house)
    if view.meeting is not None or view.pair.state != "active" or not view.times:
        return None
    tongue = language(to)
    is_postdoc = to.person_id == view.pair.postdoc_id
    other = view.pair.mentor_name if is_postdoc else view.pair.postdoc_name
    return Letter(
        language=tongue,
        subject=say(tongue, "{name} offers you three times to meet", name=other),
        paragraphs=(
            say(tongue, "Press the time that suits you. It is then in both your calendars."),
        ),
        facts=_facts(tongue, view, to),
        buttons=_buttons(tongue, view, house, to=to, rung="3"),
        why=_why(tongue, other, is_postdoc=is_postdoc),
        reply_to=view.pair.mentor_email if is_postdoc else view.pair.postdoc_email,
        stop=button(tongue, "mentorship.mute", view.pair.mentorship_id),
    )


def watch(view: Progress, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Tell a coordinator that a pair needs a human being."""
    tongue = language(to)
    pair = view.pair
    reason, _, who = notice.detail.partition("-")
    key = notice.detail if notice.detail in WATCH else reason
    is_postdoc = who.partition("-")[0] == str(pair.postdoc_id)
    name = pair.postdoc_name if is_postdoc else pair.mentor_name
    if key.startswith("rung") and (view.meeting is not None or pair.state != "active"):
        return None
    return Letter(
        language=tongue,
        subject=say(
            tongue,
            "A pair needs you: {postdoc} and {mentor}",
            postdoc=pair.postdoc_name,
            mentor=pair.mentor_name,
        ),
        paragraphs=(say(tongue, WATCH[key], name=name),),
        facts=(
            (say(tongue, "Postdoc"), f"{pair.postdoc_name} <{pair.postdoc_email}>"),
            (say(tongue, "Mentor"), f"{pair.mentor_name} <{pair.mentor_email}>"),
            (say(tongue, "A pair since"), moment(tongue, house.local(pair.agreed_at))),
        ),
        why=say(tongue, "You get this because you are a coordinator."),
    )


def _begin(tongue: Language, other: str, *, is_postdoc: bool, house: House) -> tuple[str, ...]:
    goal = say(
        tongue,
        "Meet once, early, for an hour: to clear up what each of you expects, and to make a plan. "
        "Pairs that do this go better.",
    )
    agenda = say(
        tongue,
        "Ten points to talk about: {link}",
        link=f"{house.public_url}/expectation-meeting",
    )
    if is_postdoc:
        first = say(tongue, "{name} is your mentor.", name=other)
        turn = say(
            tongue, "You take the first step: offer three times, or tell us what you booked."
        )
    else:
        first = say(
            tongue,
            "The postdocs’ coordinators have paired you: you are {name}’s mentor.",
            name=other,
        )
        turn = say(
            tongue, "You need not do anything yet: {name} will offer you three times.", name=other
        )
    return (first, goal, turn, agenda)


def _suggest(tongue: Language, other: str, notice: Notice, house: House) -> tuple[str, ...]:
    times = suggested(house.calendar, notice.due_at)
    proposed = listed(tongue, [moment(tongue, house.local(time)) for time in times])
    return (
        say(tongue, "A day and an hour make a meeting happen. You could write:"),
        say(
            tongue,
            "“Dear {name}, shall we have our first meeting? I could come {times}. Does one of "
            "these suit you?”",
            name=other,
            times=proposed,
        ),
        say(tongue, "Or offer three times here, and we ask for you."),
    )


def _remind(tongue: Language, other: str, *, has_times: bool) -> tuple[str, ...]:
    if has_times:
        words = N_("{name} has offered you these times. One press, and it is in both calendars.")
    else:
        words = N_("{name} waits for times to choose from. Three are enough.")
    return (say(tongue, words, name=other),)


def _subject(tongue: Language, other: str, *, rung: str) -> str:
    if rung == "1":
        return say(tongue, "You and {name}: the first meeting", name=other)
    return say(tongue, "A time to meet {name}?", name=other)


def _facts(tongue: Language, view: Progress, to: Reader) -> tuple[tuple[str, str], ...]:
    pair = view.pair
    if to.person_id == pair.postdoc_id:
        return ((say(tongue, "Mentor"), f"{pair.mentor_name} <{pair.mentor_email}>"),)
    return ((say(tongue, "Postdoc"), f"{pair.postdoc_name} <{pair.postdoc_email}>"),)


def _buttons(
    tongue: Language, view: Progress, house: House, *, to: Reader, rung: str
) -> tuple[Button, ...]:
    """Show the times that the other one offers first, then what else one can do at this rung."""
    pair_id = view.pair.mentorship_id
    is_postdoc = to.person_id == view.pair.postdoc_id
    times = tuple(
        Button(
            label=moment(tongue, house.local(starts_at)),
            action="slot.pick",
            object_id=slot_id,
            style="primary",
        )
        for slot_id, starts_at in view.times
        if view.offered_by != to.person_id
    )
    offers = (is_postdoc or rung == "4") and not times
    verbs = (("offer",) if offers else ()) + ("book",)
    verbs += ("help",) if is_postdoc else ("hand_back",)
    return times + tuple(button(tongue, f"mentorship.{verb}", pair_id) for verb in verbs)


def _why(tongue: Language, other: str, *, is_postdoc: bool) -> str:
    if is_postdoc:
        return say(tongue, "You get this because {name} is your mentor.", name=other)
    return say(tongue, "You get this because you are {name}’s mentor.", name=other)
