"""What a person does in chat on the sandbox page: one small act for each request of the page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sandbox.records import Json, Message, View
from sandbox.workspace import Reply, Workspace

GONE = "this is no longer on the screen"
PageAct = Callable[[Workspace, str, Json], Awaitable[Json]]


async def command(workspace: Workspace, user: str, asked: Json) -> Json:
    """Type a slash command."""
    name, _, text = str(asked["text"]).partition(" ")
    return _replied(await workspace.command(user, name, text.strip(), channel=asked.get("channel")))


async def say(workspace: Workspace, user: str, asked: Json) -> Json:
    """Write a message."""
    workspace.say(user, asked.get("channel"), str(asked["text"]))
    return _replied(Reply())


async def home(workspace: Workspace, user: str, asked: Json) -> Json:
    """Open the Home tab."""
    return _replied(await workspace.open_home(user))


async def close(workspace: Workspace, user: str, asked: Json) -> Json:
    """Close the shown modal."""
    return _replied(await workspace.close(user))


async def press(workspace: Workspace, user: str, asked: Json) -> Json:
    """Press or choose something in a message or a view."""
    reply = await workspace.press(
        user,
        _where(workspace, asked),
        str(asked["action_id"]),
        value=asked.get("value"),
        selected=asked.get("selected"),
        values=asked.get("values"),
    )
    return _replied(reply)


async def fill(workspace: Workspace, user: str, asked: Json) -> Json:
    """Submit the shown modal."""
    view = workspace.modal(user)
    if view is None or view.id != asked["view"]:
        raise LookupError("this dialog is no longer open")
    filled = await workspace.fill(user, view, asked["values"])
    return {"errors": filled.errors, "trouble": filled.trouble, "closed": filled.closed}


async def shortcut(workspace: Workspace, user: str, asked: Json) -> Json:
    """Use a shortcut, of a message where one is named."""
    about = _message(workspace, asked) if "ts" in asked else None
    return _replied(await workspace.shortcut(user, str(asked["callback_id"]), message=about))


def _where(workspace: Workspace, asked: Json) -> Message | View:
    if "view" not in asked:
        return _message(workspace, asked)
    found = workspace.memory.views.get(asked["view"])
    if found is None:
        raise LookupError(GONE)
    return found


def _message(workspace: Workspace, asked: Json) -> Message:
    found = workspace.memory.message(asked["channel"], asked["ts"])
    if found is None:
        raise LookupError(GONE)
    return found


def _replied(reply: Reply) -> Json:
    return {"trouble": f"Slack says: {reply.error}" if reply.error else None}


ACTS: dict[str, PageAct] = {
    "command": command,
    "say": say,
    "home": home,
    "close": close,
    "press": press,
    "fill": fill,
    "shortcut": shortcut,
}
