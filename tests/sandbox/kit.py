"""Small pieces of Block Kit for tests."""

from __future__ import annotations

from typing import Any

from sandbox.records import Json
from sandbox.workspace import View


def plain(words: str) -> Json:
    return {"type": "plain_text", "text": words}


def button(action_id: str, value: str, label: str = "Join") -> Json:
    return {"type": "button", "action_id": action_id, "value": value, "text": plain(label)}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def words(block_id: str, *, optional: bool = False, **more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "text", **more}
    label = plain(block_id.title())
    return {
        "type": "input",
        "block_id": block_id,
        "label": label,
        "element": element,
        "optional": optional,
    }


def modal(title: str, *blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "callback_id": title.lower(),
        "title": plain(title),
        "submit": plain("Save"),
        "blocks": list(blocks),
        **more,
    }


def opened(found: View | None) -> View:
    assert found is not None
    return found
