"""Meetups on pages: what is coming, and a form to propose one."""

from starlette.responses import Response

from community import meetups
from community.errors import Refusal
from web import errors, forms
from web.asking import Ask


async def show(ask: Ask) -> Response:
    """Show the meetups that are still to come."""
    return await _page(ask)


async def propose(ask: Ask) -> Response:
    """Propose a meetup, or say what is missing with the form as it was."""
    try:
        await ask.run_once(
            meetups.propose,
            topic=forms.line(ask.form, "topic"),
            place=forms.line(ask.form, "place"),
            starts_at=forms.moment(ask.form, "starts_at", ask.site.house.calendar),
            minutes=forms.whole(ask.form, "minutes"),
            max_people=forms.whole(ask.form, "max_people"),
            by=ask.me.person_id,
            now=ask.now,
        )
    except Refusal as no:
        return await _page(ask, refused=errors.words(ask, no))
    return ask.go("/meetups?done=meetup.propose")


async def _page(ask: Ask, *, refused: str | None = None) -> Response:
    cards = await ask.read(meetups.upcoming, reader_id=ask.me.person_id, now=ask.now)
    if not cards and not ask.is_inside:
        return errors.outside(ask)
    return ask.page(
        "meetups.html",
        status=422 if refused else 200,
        cards=cards,
        may_propose=meetups.may_propose(ask.me.roles),
        refused=refused,
        form=ask.form,
    )
