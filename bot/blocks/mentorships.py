"""Mentor pairs in Slack: my pairs with their next step, and the form that makes one."""

from collections.abc import Sequence
from datetime import datetime

from bot.blocks import answers, items, kit
from bot.blocks.items import Item
from bot.blocks.kit import Json, Shown
from bot.blocks.letters import pressable
from community.directory import Named
from community.progress import Progress
from letters.actions import button
from letters.letter import Button, House
from texts import Language, moment, say, span

#: Slack's menus take a hundred choices in a hundred groups.
MENU = 100


def item(
    language: Language, view: Progress, house: House, *, reader_id: int, now: datetime
) -> Item:
    """Return a pair with what can be done next."""
    pair = view.pair
    is_postdoc = pair.postdoc_id == reader_id
    other = pair.mentor_name if is_postdoc else pair.postdoc_name
    role = say(language, "Your mentor") if is_postdoc else say(language, "You are the mentor")
    choose = view.offered_by != reader_id
    offered = _buttons(language, view, house, choose=choose, now=now)
    buttons = [pressable(language, one) for one in offered]
    return Item(
        title=other,
        lines=(role, _next(language, view, house, choose=choose)),
        buttons=tuple(buttons),
    )


def _next(language: Language, view: Progress, house: House, *, choose: bool) -> str:
    meeting = view.meeting
    if meeting is None and view.times and choose:
        return say(language, "Press the time that suits you.")
    if meeting is None and view.times:
        return say(language, "You have offered times. The other one chooses.")
    if meeting is None:
        return say(language, "Next: find a time for your first meeting.")
    if meeting.state == "met":
        return say(language, "You have met.")
    when = span(language, house.local(meeting.starts_at), house.local(meeting.ends_at))
    return f"{when} · {meeting.place}" if meeting.place else when


def _buttons(
    language: Language, view: Progress, house: House, *, choose: bool, now: datetime
) -> list[Button]:
    pair_id, meeting = view.pair.mentorship_id, view.meeting
    if meeting is not None:
        has_begun = meeting.starts_at <= now
        mine = ["move"] if meeting.state == "booked" else []
        verbs = ["confirm", *mine] if mine and has_begun else mine
        return [button(language, f"meeting.{verb}", meeting.id) for verb in verbs]
    times = [
        Button(label=moment(language, house.local(at)), action="slot.pick", object_id=slot_id)
        for slot_id, at in view.times[:3]
        if choose
    ]
    others = ("book", "offer", "help")
    return [*times, *(button(language, f"mentorship.{verb}", pair_id) for verb in others)]


def listing(
    language: Language,
    views: Sequence[Progress],
    house: House,
    *,
    reader_id: int,
    now: datetime,
    note: str = "",
) -> Shown:
    """Return the pairs of one person."""
    return items.listing(
        language,
        say(language, "Your mentor pairs"),
        [item(language, view, house, reader_id=reader_id, now=now) for view in views],
        empty=say(language, "You are in no mentor pair at the moment. The coordinators make them."),
        note=note,
        most=6,
    )


def form(language: Language, postdocs: Sequence[Named], mentors: Sequence[Named]) -> Json:
    """Return the form in which a coordinator makes a pair."""
    ask = say(language, "Choose")
    wanted = _people("postdoc_id", postdocs, ask=ask)
    others = _people("mentor_id", mentors, ask=ask)
    return kit.modal(
        "mentorship.pair",
        say(language, "Make a mentor pair"),
        [
            kit.asked("postdoc_id", say(language, "Postdoc"), wanted),
            kit.asked("mentor_id", say(language, "Mentor"), others),
            kit.small(
                say(
                    language,
                    "Both have said yes. In working hours they hear how to find a time for their "
                    "first meeting.",
                )
            ),
        ],
        submit=say(language, "Make the pair"),
        close=say(language, "Close"),
    )


def _people(action_id: str, people: Sequence[Named], *, ask: str) -> Json:
    choices = [(str(one.person_id), one.name) for one in people]
    if len(choices) <= MENU:
        return kit.menu(action_id, choices, ask=ask)
    pages = [choices[at : at + MENU] for at in range(0, len(choices), MENU)][:MENU]
    groups = [
        {
            "label": kit.plain(f"{cut(page[0][1])} – {cut(page[-1][1])}", 75),
            "options": [kit.option(name, value) for value, name in page],
        }
        for page in pages
    ]
    asking = {"placeholder": kit.plain(ask, 150)}
    return {"type": "static_select", "action_id": action_id, "option_groups": groups, **asking}


def cut(name: str) -> str:
    """Return a name short enough for the label of a group."""
    return kit.cut(name, 35)


def paired(language: Language, view: Progress) -> Json:
    """Return what takes the form's place."""
    words = say(
        language,
        "{postdoc} and {mentor} are a pair. Both hear of it in working hours.",
        postdoc=view.pair.postdoc_name,
        mentor=view.pair.mentor_name,
    )
    return answers.closing(language, words)
