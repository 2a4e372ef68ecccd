"""Where something was pressed: the Home tab, a list behind it, the moderators' queue, a message.

A view of ours is shown anew with what was done in it, or with the "no".
"""

from bot import held, home, home_lists
from bot.blocks.kit import Json
from bot.turns import Turn


def is_shelf(view: Json | None) -> bool:
    """Say whether a view is a modal of many things: the queue, or a list behind the Home tab."""
    return held.is_queue(view) or home_lists.is_one(view)


def remembered(turn: Turn) -> Json:
    """Return where a button was pressed, for the form that it opens to come back to."""
    view, message = turn.body.get("view"), turn.body.get("message")
    if home.is_home(view):
        return {"view": {"type": "home"}}
    if view is not None and is_shelf(view):
        return {"view": {key: view[key] for key in ("id", "callback_id", "private_metadata")}}
    if message is None:
        return {}
    return {"channel": turn.body["channel"]["id"], "ts": message["ts"]}


async def show_again(turn: Turn, view: Json | None, *, done: str = "", refused: str = "") -> bool:
    """Show a view anew with what was done or refused; False for one that is not shown anew."""
    if view is None:
        return False
    if home.is_home(view):
        # Nothing can be said beside a Home tab, so the "no" stands on top of it.
        await home.publish(turn, note=refused or done, refused=bool(refused))
    elif held.is_queue(view):
        await held.show_again(turn, view, note=refused or f"✓ {done}")
    elif home_lists.is_one(view):
        await home_lists.show_again(turn, view, done=done, refused=refused)
    else:
        return False
    return True
