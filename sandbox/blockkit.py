"""Slack's limits on Block Kit, checked: what the real Slack would refuse, in its manner of words.

Pure. The workspace's Web API answers `invalid_blocks` with these; tests of the bot ask directly.
It knows the blocks and elements that the bot shows; to show another kind, give it a row first.
Where Slack's own pages disagree the stricter figure holds (an option's value: 75).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Literal

from sandbox.element_rules import ELEMENT_RULES, check_confirm
from sandbox.records import Json
from sandbox.text_rules import (
    allowed_keys,
    one_of,
    plain,
    problem,
    sized,
    text_object,
)

Surface = Literal["message", "modal", "home"]

MAX_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MAX_VIEW_BYTES = 250_000
MAX_IDENTIFIER = 255

IN_SECTION = {"button", "checkboxes", "conversations_select", "overflow", "static_select"}
IN_ACTIONS = {*IN_SECTION, "datetimepicker"}
IN_INPUT = {
    *("checkboxes", "conversations_select", "datetimepicker", "email_text_input"),
    *("number_input", "plain_text_input", "static_select"),
}
NOT_IN_HOME = {"datetimepicker"}
RICH_TEXT_PARTS = {
    "rich_text_section",
    "rich_text_list",
    "rich_text_quote",
    "rich_text_preformatted",
}
VIEW_KEYS = (
    "type title submit close blocks private_metadata callback_id clear_on_close "
    "notify_on_close submit_disabled"
)

Check = Callable[[Json, str, Surface], Iterator[str]]


def problems(blocks: object, surface: Surface) -> list[str]:
    """Return what Slack would refuse about these blocks on that surface; empty when it is fine."""
    return list(_blocks(blocks, surface, "/blocks"))


def view_problems(view: object) -> list[str]:
    """Return what Slack would refuse about this modal or Home view; empty when it is fine."""
    if not isinstance(view, dict):
        return [problem("must be an object", "/view")]
    return list(_view(view))


def view_is_too_large(view: Json) -> bool:
    """Say whether the view is past Slack's 250 kB."""
    return len(json.dumps(view).encode()) > MAX_VIEW_BYTES


def _view(view: Json) -> Iterator[str]:
    kind = view.get("type")
    if kind not in ("modal", "home"):
        yield problem("must be modal or home", "/view/type")
        return
    yield from allowed_keys(view, VIEW_KEYS, "/view")
    yield from sized(view.get("private_metadata", ""), "/view/private_metadata", least=0, most=3000)
    yield from sized(view.get("callback_id", ""), "/view/callback_id", least=0, most=MAX_IDENTIFIER)
    if kind == "modal":
        yield from plain(view.get("title"), "/view/title", 24)
        for key in ("submit", "close"):
            if view.get(key) is not None:
                yield from plain(view[key], f"/view/{key}", 24)
        blocks = view.get("blocks")
        if isinstance(blocks, list) and "submit" not in view and _has_input(blocks):
            yield problem("submit is required when there is an input block", "/view/submit")
    yield from _blocks(view.get("blocks"), "modal" if kind == "modal" else "home", "/view/blocks")


def _has_input(blocks: list[object]) -> bool:
    return any(isinstance(block, dict) and block.get("type") == "input" for block in blocks)


def _blocks(blocks: object, surface: Surface, at: str) -> Iterator[str]:
    if not isinstance(blocks, list):
        yield problem("must be an array", at)
        return
    if len(blocks) > MAX_BLOCKS[surface]:
        yield problem(f"no more than {MAX_BLOCKS[surface]} items allowed", at)
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        here = f"{at}/{number}"
        if not isinstance(block, dict):
            yield problem("must be an object", here)
            continue
        yield from _block(block, here, surface)
        name = block.get("block_id")
        if isinstance(name, str):
            if name in seen:
                yield problem(f"block_id already exists: {name}", f"{here}/block_id")
            seen.add(name)


def _block(block: Json, at: str, surface: Surface) -> Iterator[str]:
    kind = str(block.get("type"))
    if kind not in BLOCK_RULES:
        yield problem(f"unsupported type: {kind}", f"{at}/type")
        return
    keys, check = BLOCK_RULES[kind]
    if "block_id" in block:
        yield from sized(block["block_id"], f"{at}/block_id", least=1, most=MAX_IDENTIFIER)
    yield from allowed_keys(block, f"type block_id {keys}", at)
    yield from check(block, at, surface)


def _element(element: object, at: str, surface: Surface, allowed: set[str]) -> Iterator[str]:
    if not isinstance(element, dict):
        yield problem("must be an object", at)
        return
    kind = str(element.get("type"))
    if kind not in allowed or (surface == "home" and kind in NOT_IN_HOME):
        yield problem(f"unsupported type: {kind}", f"{at}/type")
        return
    if "action_id" in element:
        yield from sized(element["action_id"], f"{at}/action_id", least=1, most=MAX_IDENTIFIER)
    if "confirm" in element:
        yield from check_confirm(element["confirm"], f"{at}/confirm")
    keys, check = ELEMENT_RULES[kind]
    yield from allowed_keys(element, f"type action_id {keys}", at)
    yield from check(element, at)


def _section(block: Json, at: str, surface: Surface) -> Iterator[str]:
    fields = block.get("fields")
    if "text" not in block and not fields:
        yield problem("text or fields is required", at)
    if "text" in block:
        yield from text_object(block["text"], f"{at}/text", 3000)
    if fields is not None:
        if not isinstance(fields, list) or not 1 <= len(fields) <= 10:
            yield problem("must have 1 to 10 items", f"{at}/fields")
        else:
            for number, field in enumerate(fields):
                yield from text_object(field, f"{at}/fields/{number}", 2000)
    if "accessory" in block:
        yield from _element(block["accessory"], f"{at}/accessory", surface, IN_SECTION)


def _header(block: Json, at: str, surface: Surface) -> Iterator[str]:
    yield from plain(block.get("text"), f"{at}/text", 150)


def _nothing(block: Json, at: str, surface: Surface) -> Iterator[str]:
    return iter(())


def _listed(block: Json, at: str, most: int) -> Iterator[str]:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= most:
        yield problem(f"must have 1 to {most} items", f"{at}/elements")


def _context(block: Json, at: str, surface: Surface) -> Iterator[str]:
    yield from _listed(block, at, 10)
    for number, element in enumerate(_items(block)):
        yield from text_object(element, f"{at}/elements/{number}", 3000)


def _actions(block: Json, at: str, surface: Surface) -> Iterator[str]:
    yield from _listed(block, at, 25)
    seen: set[str] = set()
    for number, element in enumerate(_items(block)):
        yield from _element(element, f"{at}/elements/{number}", surface, IN_ACTIONS)
        name = element.get("action_id") if isinstance(element, dict) else None
        if not isinstance(name, str):
            continue
        if name in seen:
            yield problem(f"action_id already exists: {name}", f"{at}/elements/{number}/action_id")
        seen.add(name)


def _items(block: Json) -> list[object]:
    elements = block.get("elements")
    return elements if isinstance(elements, list) else []


def _input(block: Json, at: str, surface: Surface) -> Iterator[str]:
    yield from plain(block.get("label"), f"{at}/label", 2000)
    if "hint" in block:
        yield from plain(block["hint"], f"{at}/hint", 2000)
    for key in ("optional", "dispatch_action"):
        yield from one_of(block.get(key, False), f"{at}/{key}", (True, False))
    yield from _element(block.get("element"), f"{at}/element", surface, IN_INPUT)


def _rich_text(block: Json, at: str, surface: Surface) -> Iterator[str]:
    for number, part in enumerate(_items(block)):
        kind = str(part.get("type")) if isinstance(part, dict) else "none"
        if kind not in RICH_TEXT_PARTS:
            yield problem(f"unsupported type: {kind}", f"{at}/elements/{number}/type")
    if not isinstance(block.get("elements"), list):
        yield problem("must be an array", f"{at}/elements")


#: For each block: the keys it may have besides type and block_id, and its check.
BLOCK_RULES: dict[str, tuple[str, Check]] = {
    "section": ("text fields accessory expand", _section),
    "header": ("text", _header),
    "divider": ("", _nothing),
    "context": ("elements", _context),
    "actions": ("elements", _actions),
    "input": ("label element hint optional dispatch_action", _input),
    "rich_text": ("elements", _rich_text),
}
