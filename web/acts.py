"""What a signed-in person does with one thing: the acts of links, under the number of the thing.

`POST /meetups/17/join`, with the session's form token; then back to the page it came from, which
says that it is done. `GET` shows the same question as the page of a link.
"""

from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from community.errors import Refusal
from community.threads import Unseen
from letters import cards
from letters.actions import NEEDS_NO_LINK
from letters.letter import Letter, singular
from web import actions, errors, forms
from web.asking import Ask, safe_path


async def show(ask: Ask) -> Response:
    """Show what will happen to which thing; changes nothing."""
    name, number = _named(ask)
    return await actions.page(ask, name, number, await _card(ask, name, number), to=ask.me)


async def act(ask: Ask) -> Response:
    """Do it, and go back; a Refusal is shown where it was asked."""
    name, number = _named(ask)
    action, back = NEEDS_NO_LINK[name], safe_path(ask.form.get("back"), "")
    card = await _card(ask, name, number)
    try:
        values = forms.read(action.inputs, ask.form, ask.site.house.calendar)
        await ask.run(action.act, number, by=ask.me.person_id, now=ask.now, **values)
    except Refusal as no:
        refused = errors.words(ask, no)
        return await actions.page(ask, name, number, card, to=ask.me, refused=refused)
    if back:
        return ask.go(f"{back}{'&' if '?' in back else '?'}done={quote(name)}")
    card = await _card(ask, name, number)
    return await actions.page(ask, name, number, card, to=ask.me, is_done=True)


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
