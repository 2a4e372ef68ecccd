"""Pages of links in mails: what will happen, one button, and what has happened.

The token is the right; no sign-in, no cookie. GET and HEAD change nothing, because mail scanners
follow every link. `POST` with `List-Unsubscribe=One-Click` is RFC 8058.
"""

from contextlib import suppress
from dataclasses import dataclass, replace

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from community import people
from community.errors import Refusal
from community.lists import Gone
from community.people import Reader
from community.threads import Unseen
from community.tokens import Right
from letters import cards
from letters.action import Action
from letters.actions import ACTIONS, is_one_click
from letters.letter import singular
from web import actions, errors, forms
from web.asking import Ask

#: What a mail program says when its reader presses "unsubscribe".
ONE_CLICK = ("List-Unsubscribe", "One-Click")


@dataclass(frozen=True, kw_only=True)
class Link:
    """What a link is for, and who holds it."""

    right: Right
    action: Action
    to: Reader


async def show(ask: Ask) -> Response:
    """Show what will happen, to whom, and one button; changes nothing."""
    link = await _link(ask)
    if isinstance(link, Response):
        return link
    # What the mail of the link has named already stands in the form.
    named = {name: said for name, said in ask.request.query_params.items() if name != "language"}
    return await _page(replace(ask.speaking(link.to.language), form=named), link)


async def act(ask: Ask) -> Response:
    """Do what the link says, and show what has become of it."""
    if ask.form.get(ONE_CLICK[0]) == ONE_CLICK[1]:
        return await _one_click(ask)
    link = await _link(ask)
    if isinstance(link, Response):
        return link
    ask = ask.speaking(link.to.language)
    try:
        values = forms.read(link.action.inputs, ask.form, ask.site.house.calendar)
        await _run(ask, link, values)
    except Refusal as no:
        return await _page(ask, link, refused=errors.words(ask, no))
    return await _page(ask, link, is_done=True)


async def _one_click(ask: Ask) -> Response:
    """Unsubscribe at a mail program's word: 200 and no page, no cookie, no redirect (§3.2)."""
    right = _right(ask)
    if not is_one_click(right.action):
        raise HTTPException(400)
    with suppress(Gone):  # nothing of it comes any more, as was asked
        await ask.run(ACTIONS[right.action].act, right.object_id, by=right.person_id, now=ask.now)
    return PlainTextResponse("OK")


async def _link(ask: Ask) -> Link | Response:
    """Read the link; the page to show instead when its person is no longer known."""
    right = _right(ask)
    try:
        to = await ask.read(people.reader, right.person_id)
    except Refusal as unknown:
        return errors.in_both(ask, unknown, status=410)
    return Link(right=right, action=ACTIONS[right.action], to=to)


def _right(ask: Ask) -> Right:
    """Return what the token in the address allows; 404 when that is not what the address says."""
    try:
        right = ask.site.house.tokens.right(ask.path["token"])
    except Refusal:
        raise HTTPException(404) from None
    named = f"{singular(ask.path['nouns'])}.{ask.path['verb']}"
    if right.action != named or named not in ACTIONS:
        raise HTTPException(404)
    return right


async def _run(ask: Ask, link: Link, values: dict[str, forms.Value]) -> None:
    act, right = link.action.act, link.right
    await ask.run(act, right.object_id, by=right.person_id, now=ask.now, **values)


async def _page(
    ask: Ask, link: Link, *, refused: str | None = None, is_done: bool = False
) -> Response:
    action, number, me = link.right.action, link.right.object_id, link.to
    try:
        card = await ask.read(cards.about, action, number, to=me, house=ask.site.house, now=ask.now)
    except Unseen:
        raise HTTPException(404) from None
    except Refusal as no:
        return errors.refused(ask, no, status=410)
    return await actions.page(ask, action, number, card, to=me, refused=refused, is_done=is_done)
