"""What somebody is told whose stay ends: what happens then by itself, and what else there is."""

from community.outbox import Notice
from community.people import Reader
from community.stays import Ending
from letters.actions import button
from letters.join_requests import owner
from letters.letter import House, Letter, language
from texts import day, say


def end(stay: Ending | None, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Ask who leaves soon whether they want to stay on the lists; who does nothing leaves."""
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
        ),
        buttons=(
            button(tongue, "person.stay_on", 0),
            button(tongue, "person.add_address", 0),
        ),
        why=say(tongue, "You get this once, because your stay ends soon."),
        reply_to=owner(stay.list_address) if stay.list_address else f"samband@{house.domain}",
    )
