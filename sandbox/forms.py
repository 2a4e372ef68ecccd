"""What a member does to blocks: find an element, choose, type; and what Slack checks by itself.

Pure: elements and raw values in, the values of Slack's payloads out. A raw value is what a person
gives: a string, a number, a list of strings, or None for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sandbox.element_rules import options_of
from sandbox.records import Json

Raw = str | int | Sequence[str] | None

#: Where an element keeps its one value, and where Slack takes the first value from.
SINGLE = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "static_select": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
}
REQUIRED = "Please complete this required field."


class NoSuchElement(LookupError):
    """Say that a member tried to use something that is not on the screen."""


def elements_of(block: Json) -> list[Json]:
    """Return the interactive elements of a block."""
    if block.get("type") not in ("actions", "input", "section"):
        return []
    held = [block.get("accessory"), block.get("element"), *(block.get("elements") or [])]
    return [element for element in held if isinstance(element, dict)]


def element_named(
    blocks: list[Json], action_id: str, value: str | None = None
) -> tuple[Json, Json]:
    """Return the block and element with that action_id (and value, where several have it).

    Raises: NoSuchElement when there is none.
    """
    for block in blocks:
        for element in elements_of(block):
            same_value = value is None or element.get("value") in (None, value)
            if element.get("action_id") == action_id and same_value:
                return block, element
    offered = [e.get("action_id") for block in blocks for e in elements_of(block)]
    raise NoSuchElement(f"{action_id} (value {value}) is not among {offered}")


def chosen(element: Json, raw: Raw) -> Json:
    """Return the element's value as Slack's payload says it."""
    kind = str(element["type"])
    if kind == "checkboxes":
        picked = [raw] if isinstance(raw, str) else [] if isinstance(raw, int) else list(raw or [])
        return {"type": kind, "selected_options": [option_with(element, one) for one in picked]}
    key = SINGLE[kind][0]
    if key == "selected_option":
        option = option_with(element, str(raw)) if raw else None
        return {"type": kind, key: option}
    if key == "selected_date_time":
        return {"type": kind, key: int(str(raw)) if raw else None}
    return {"type": kind, key: str(raw) if raw not in (None, "") else None}


def option_with(element: Json, value: str) -> Json:
    """Return the option with that value.

    Raises: NoSuchElement when the menu does not offer it.
    """
    for option in options_of(element):
        if option.get("value") == value:
            return option
    raise NoSuchElement(f"{element.get('action_id')} does not offer {value}")


def state_of(blocks: list[Json], given: Mapping[str, Raw], before: Json) -> Json:
    """Return `state.values`: what is on the screen after the member filled in `given`.

    `given` is keyed by "block_id/action_id", or by either where that is clear; what is not in it
    stays as it was `before`, or as the app first set it.

    Raises: NoSuchElement for a key that is not on the screen.
    """
    state: Json = {}
    used: set[str] = set()
    for block, element in _holding(blocks):
        block_id, action_id = str(block["block_id"]), str(element["action_id"])
        alone = len([one for one in elements_of(block) if _holds(one)]) == 1
        keys = (f"{block_id}/{action_id}", *([block_id] if alone else []), action_id)
        key = next((key for key in keys if key in given), None)
        if key is not None:
            used.add(key)
            value = chosen(element, given[key])
        else:
            value = before.get(block_id, {}).get(action_id) or _initial(element)
        state.setdefault(block_id, {})[action_id] = value
    if set(given) - used:
        raise NoSuchElement(f"{sorted(set(given) - used)} not among the inputs {sorted(state)}")
    return state


def _holding(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield each element that holds a value, with its block."""
    for block in blocks:
        for element in elements_of(block):
            if _holds(element):
                yield block, element


def _holds(element: Json) -> bool:
    kind = element.get("type")
    return kind == "checkboxes" or (kind in SINGLE and kind != "overflow")


def _initial(element: Json) -> Json:
    kind = str(element["type"])
    if kind == "checkboxes":
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    key, first = SINGLE[kind]
    return {"type": kind, key: element.get(first)}


def action_on(block: Json, element: Json, raw: Raw, *, at: str) -> Json:
    """Return the `actions` item for a press or a choice."""
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": at,
    }
    if element["type"] == "button":
        action["text"] = element["text"]
        if "value" in element:
            action["value"] = element["value"]
        return action
    return {**action, **chosen(element, raw)}


def client_errors(blocks: list[Json], state: Json) -> dict[str, str]:
    """Return what Slack's own client refuses before it asks the app, by block_id."""
    errors = {}
    for block, element in _holding(blocks):
        if block["type"] != "input":
            continue
        value = _held(state[block["block_id"]][element["action_id"]])
        if not value:
            if not block.get("optional", False):
                errors[str(block["block_id"])] = REQUIRED
            continue
        words = _wrong_text(element, value) if isinstance(value, str) else None
        if words is not None:
            errors[str(block["block_id"])] = words
    return errors


def _held(value: Json) -> object:
    return next((held for key, held in value.items() if key != "type"), None)


def _wrong_text(element: Json, value: str) -> str | None:
    kind = element["type"]
    if kind == "plain_text_input":
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        if not least <= len(value) <= most:
            return f"Please write {least} to {most} characters."
    if kind == "number_input" and not value.replace(".", "", 1).removeprefix("-").isdigit():
        return "Please enter a valid number."
    if kind == "email_text_input" and "@" not in value:
        return "Please enter a valid email address."
    return None
