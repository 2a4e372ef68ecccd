"""Slack's views.* methods on the workspace's memory: modals on a stack, and Home tabs."""

from __future__ import annotations

from sandbox.blockkit import view_is_too_large, view_problems
from sandbox.calls import Call, SlackError
from sandbox.handles import Handles
from sandbox.memory import Memory
from sandbox.payloads import view_json
from sandbox.records import Json, ViewKind

MAX_STACK = 3


def checked(view: object, kind: ViewKind) -> Json:
    """Return the view when Slack would take it.

    Raises: SlackError.
    """
    if isinstance(view, dict) and view_is_too_large(view):
        raise SlackError("view_too_large")
    wrong = view_problems(view)
    if isinstance(view, dict) and not wrong and view["type"] != kind:
        wrong = [f"[ERROR] must be {kind} [json-pointer:/view/type]"]
    if wrong or not isinstance(view, dict):
        raise SlackError("invalid_arguments", messages=wrong)
    return view


def open_modal(memory: Memory, handles: Handles, call: Call) -> Json:
    """Open a modal for the member of the trigger; a new root closes what was open."""
    body = checked(call.arguments.get("view"), "modal")
    user = handles.spend(call.text("trigger_id"))
    memory.close_modals(user, all_of_them=True)
    return {"view": view_json(memory.push_modal(user, body), memory)}


def push_modal(memory: Memory, handles: Handles, call: Call) -> Json:
    """Put a modal above the open one, up to three in all."""
    body = checked(call.arguments.get("view"), "modal")
    user = handles.spend(call.text("trigger_id"))
    open_ones = memory.stacks.get(user, [])
    if not open_ones:
        raise SlackError("not_found")
    if len(open_ones) >= MAX_STACK:
        raise SlackError("push_limit_reached")
    return {"view": view_json(memory.push_modal(user, body), memory)}


def update(memory: Memory, handles: Handles, call: Call) -> Json:
    """Show other content in an open view; with `hash`, only if nobody changed it meanwhile."""
    view = memory.views.get(call.text("view_id"))
    if view is None:
        raise SlackError("not_found")
    body = checked(call.arguments.get("view"), view.kind)
    if call.has("hash") and call.text("hash") != view.hash:
        raise SlackError("hash_conflict")
    memory.set_view(view, body)
    return {"view": view_json(view, memory)}


def publish(memory: Memory, handles: Handles, call: Call) -> Json:
    """Show a Home tab to a member."""
    body = checked(call.arguments.get("view"), "home")
    user = call.text("user_id")
    if user not in memory.members:
        raise SlackError("user_not_found")
    shown = memory.views.get(memory.homes.get(user, ""))
    if shown is not None and call.has("hash") and call.text("hash") != shown.hash:
        raise SlackError("hash_conflict")
    if shown is None:
        shown = memory.add_view(user, "home", body)
        memory.homes[user] = shown.id
    else:
        memory.set_view(shown, body)
    return {"view": view_json(shown, memory)}
