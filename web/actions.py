"""The page of one action on one thing: what will happen, one button, and what has happened.

Shown to whoever holds a mailed link (`links.py`) and to who is signed in (`acts.py`).
"""

from starlette.responses import Response

from community import deeds
from community.people import Reader
from letters import cards
from letters.actions import ACTIONS
from letters.letter import Letter
from web.asking import Ask


async def page(
    ask: Ask,
    name: str,
    number: int,
    card: Letter,
    *,
    to: Reader,
    refused: str | None = None,
    is_done: bool = False,
) -> Response:
    """Show an action with its thing as `card` says it is now, and the "no" or that it is done."""
    action = ACTIONS[name]
    there = await ask.read(action.beforehand, number, by=to.person_id) if action.beforehand else {}
    return ask.page(
        "link.html",
        status=409 if refused else 200,
        action=action,
        reader=to,
        card=card,
        is_possible=cards.is_possible(name, card),
        refused=refused,
        is_done=is_done,
        done_at=await ask.read(deeds.done_at, name, number, person_id=to.person_id),
        form=ask.form or there,
    )
