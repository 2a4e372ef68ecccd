"""Reads `payloads/names.txt`: every name, a payload of it, and what that leads to."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tests.bot.recorded import FOLDER, Payload
from tests.bot.slack_double import Json


@dataclass(frozen=True, kw_only=True)
class AppName:
    """One name of one kind: `action meetup.join`."""

    kind: str
    name: str
    payload: Payload
    becomes: str

    def __str__(self) -> str:
        """Return what it is called in the table."""
        return f"{self.kind} {self.name}"


def every() -> Iterator[AppName]:
    """Read the table."""
    for line in (FOLDER / "names.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            called, who, what, becomes = (part.strip() for part in line.split(" ::"))
            kind, name = called.split()
            shape, given = READERS[kind](name, what)
            payload = Payload(shape=shape, who=who, given={"name": name, **given})
            yield AppName(kind=kind, name=name, payload=payload, becomes=becomes)


Given = tuple[str, Mapping[str, object]]


def _command(name: str, what: str) -> Given:
    return "command", {"name": "/postdoc", "text": what}


def _action(name: str, what: str) -> Given:
    where, element, value = (*what.split(" "), "")[:3]
    words = {"type": "plain_text", "text": "Press", "emoji": False}
    shown: Json = {"type": element, "action_id": name}
    option = {"text": words, "value": value}
    if element == "button":
        shown = action = {**shown, "text": words, "value": value}
    else:
        shown, action = {**shown, "options": [option]}, {**shown, "selected_option": option}
    return where, {"element": shown, "action": {**action, "block_id": "b1", "action_ts": "1.1"}}


def _form(name: str, what: str) -> Given:
    fields = _pairs(what)
    about = fields.pop("about", None)
    kept = json.dumps({"id": about, "channel": "D0", "ts": "1.1"}) if about else "{}"
    state = {field: {field: _value(value)} for field, value in fields.items()}
    blocks = [
        {"type": "input", "block_id": field, "element": state[field][field]} for field in fields
    ]
    return "submission", {"state": state, "kept": kept, "blocks": blocks}


def _value(value: str) -> Json:
    if value.startswith("@"):
        return {"type": "datetimepicker", "selected_date_time": int(value[1:])}
    if value.startswith(":"):
        option = {"text": {"type": "plain_text", "text": value[1:]}, "value": value[1:]}
        return {"type": "static_select", "selected_option": option}
    if value.startswith("#"):
        return {"type": "conversations_select", "selected_conversation": value[1:] or None}
    if value.startswith("*"):
        several = [{"value": each} for each in value[1:].split(",")]
        return {"type": "checkboxes", "selected_options": several}
    return {"type": "plain_text_input", "value": value}


def _shortcut(name: str, what: str) -> Given:
    return what, {}


def _event(name: str, what: str) -> Given:
    return name, {key: value == "true" or value for key, value in _pairs(what).items()}


def _pairs(what: str) -> dict[str, str]:
    parts = (part.partition("=") for part in what.split("; ") if part)
    return {key: value for key, _, value in parts}


READERS: Final[Mapping[str, Callable[[str, str], Given]]] = {
    "command": _command,
    "action": _action,
    "form": _form,
    "shortcut": _shortcut,
    "event": _event,
}
