"""What a signed-in person does with one thing: the acts of links, under the number of the thing.

`POST /meetups/17/join`, with the session's form token; then back to the page it came from, which
says that it is done. `GET` shows the same question as the page of a link.
"""

from collections.abc import Mapping
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from community import deeds
from community.errors import Refusal
from community.threads import Unseen
from letters import cards
from letters.action import Action
from letters.actions import NEEDS_NO_LINK
from letters.letter import Letter, singular
from web import errors, forms
from web.asking import Ask, safe_path


async def show(ask: Ask) -> Response:
    """Show what will happen to which thing; changes nothing."""
    name, number = _named(ask)
    return await _page(ask, name, number, await _card(ask, name, number))


async def act(ask: Ask) -> Response:
    """Do it, and go back; a Refusal is shown where it was asked."""
    name, number = _named(ask)
    action, back = NEEDS_NO_LINK[name], safe_path(ask.form.get("back"), "")
    card = await _card(ask, name, number)
    try:
        values = forms.read(action.inputs, ask.form, ask.site.house.calendar)
        await ask.run(action.act, number, by=ask.me.person_id, now=ask.now, **values)
    except Refusal as no:
        return await _page(ask, name, number, card, refused=errors.words(ask, no))
    if back:
        return ask.go(f"{back}{'&' if '?' in back else '?'}done={quote(name)}")
    return await _page(ask, name, number, await _card(ask, name, number), is_done=True)


def _named(ask: Ask) -> tuple[str, int]:
    name = f"{singular(ask.path['nouns'])}.{ask.path['verb']}"
    if name not in NEEDS_NO_LINK:
        raise HTTPException(404)
    return name, ask.thing()


async def _card(ask: Ask, name: str, number: int) -> Letter:
    try:
        return await ask.read(
            cards.about, name, number, to=ask.me, house=ask.site.house, now=ask.now
        )
    except Refusal:
        raise Unseen from None


async def _page(
    ask: Ask,
    name: str,
    number: int,
    card: Letter,
    *,
    refused: str | None = None,
    is_done: bool = False,
) -> Response:
    action: Action = NEEDS_NO_LINK[name]
    return ask.page(
        "link.html",
        status=409 if refused else 200,
        action=action,
        reader=ask.me,
        card=card,
        is_possible=cards.is_possible(name, card),
        refused=refused,
        is_done=is_done,
        done_at=await ask.read(deeds.done_at, name, number, person_id=ask.me.person_id),
        form=ask.form or await _there(ask, action, number),
        signed_in=ask.visit,
    )


async def _there(ask: Ask, action: Action, number: int) -> Mapping[str, str]:
    """Return what the inputs of an action hold beforehand."""
    return (
        await ask.read(action.beforehand, number, by=ask.me.person_id) if action.beforehand else {}
    )
