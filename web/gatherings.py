"""Gatherings on pages: what is coming, a place with one press, and the coordinators' form."""

from starlette.responses import Response

from community import gathering_cards, gatherings
from community.audiences import Audience
from community.errors import Refusal
from web import errors, forms
from web.asking import Ask
from web.words import AUDIENCES


async def show(ask: Ask) -> Response:
    """Show the gatherings that are still to come."""
    return await _page(ask)


async def publish(ask: Ask) -> Response:
    """Publish a gathering, or say what is missing with the form as it was."""
    try:
        await ask.run_once(
            gatherings.publish,
            title=forms.line(ask.form, "title"),
            description=forms.text(ask.form, "description"),
            place=forms.line(ask.form, "place"),
            starts_at=forms.moment(ask.form, "starts_at", ask.site.house.calendar),
            minutes=forms.whole(ask.form, "minutes"),
            capacity=forms.whole(ask.form, "capacity"),
            audience=audience(ask),
            by=ask.me.person_id,
            now=ask.now,
        )
    except Refusal as no:
        return await _page(ask, refused=errors.words(ask, no))
    return ask.go("/gatherings?done=gathering.publish")


def audience(ask: Ask) -> Audience:
    """Return the audience that was chosen in a form."""
    chosen = ask.form.get("audience", "")
    if chosen not in list(Audience):
        raise Refusal("Choose an audience.")
    return Audience(chosen)


async def _page(ask: Ask, *, refused: str | None = None) -> Response:
    cards = await ask.read(gathering_cards.upcoming, reader_id=ask.me.person_id, now=ask.now)
    if not cards and not ask.is_inside:
        return errors.outside(ask)
    return ask.page(
        "gatherings.html",
        status=422 if refused else 200,
        cards=cards,
        audiences=AUDIENCES,
        refused=refused,
        form=ask.form,
    )
