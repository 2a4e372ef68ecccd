"""Mentoring on pages: how far my pairs have come, and the coordinators' view of all of them."""

from starlette.responses import Response

from community import directory, expectations, mentoring, people, progress
from community.errors import Refusal
from community.people import Role
from community.progress import Progress
from community.store import Session
from web import errors, forms
from web.asking import Ask


async def show(ask: Ask) -> Response:
    """Show my pairs; to coordinators all of them."""
    return await _page(ask)


async def pair(ask: Ask) -> Response:
    """Make a pair of two people who have agreed."""
    try:
        await ask.run_once(
            expectations.begin,
            postdoc_id=forms.whole(ask.form, "postdoc_id"),
            mentor_id=forms.whole(ask.form, "mentor_id"),
            by=ask.me.person_id,
            now=ask.now,
        )
    except Refusal as no:
        return await _page(ask, refused=errors.words(ask, no))
    return ask.go("/mentorships?done=mentorship.pair")


async def _page(ask: Ask, *, refused: str | None = None) -> Response:
    coordinates = people.coordinates(ask.me)
    mine = await ask.read(progress.of_person, ask.me.person_id)
    if not mine and not ask.is_inside:
        return errors.outside(ask)
    return ask.page(
        "mentorships.html",
        status=422 if refused else 200,
        mine=mine,
        everyone=await ask.read(_all) if coordinates else (),
        postdocs=await ask.read(directory.named, Role.MEMBER) if coordinates else (),
        mentors=await ask.read(directory.named, Role.MENTOR) if coordinates else (),
        refused=refused,
        form=ask.form,
    )


def _all(session: Session) -> list[Progress]:
    return progress.of_pairs(session, mentoring.active(session))
