"""The form of an action that wants something filled in, and what is read from it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.blocks import kit
from bot.blocks.kit import Json
from community.fields import FIELDS
from letters.action import Action, Input
from texts import Language, say

Filled = str | datetime
NOTHING: Mapping[str, str] = {}


def form(
    name: str,
    action: Action,
    language: Language,
    *,
    kept: Json,
    there: Mapping[str, str] = NOTHING,
) -> Json:
    """Return the form of an action, with one field for each input; `there`: what it holds."""
    label = say(language, action.label)
    # Slack's titles are short; a label that is longer stands below a neutral one.
    fits = len(label) <= kit.TITLE
    top = [] if fits else [kit.header(label)]
    return kit.modal(
        name,
        label if fits else "Samband",
        [
            *top,
            kit.words(say(language, action.ask)),
            *(_field(language, one, there.get(one.name, "")) for one in action.inputs),
        ],
        submit=say(language, "Send"),
        close=say(language, "Close"),
        kept=kept,
    )


def _field(language: Language, wanted: Input, value: str) -> Json:
    label = say(language, wanted.label)
    if wanted.kind == "choice":
        choices = [(key, say(language, words)) for key, words in wanted.choices]
        menu = kit.menu(wanted.name, choices, value, ask=label)
        return kit.asked(wanted.name, label, menu, optional=wanted.optional)
    element = {
        "line": kit.line(value),
        "text": kit.text(value),
        "moment": kit.moment(),
        "field": _fields(language),
    }
    return kit.asked(wanted.name, label, element[wanted.kind], optional=wanted.optional)


def _fields(language: Language) -> Json:
    choices = [(code, field.name(language)) for code, field in FIELDS.items()]
    return kit.menu("field", choices, ask=say(language, "Choose"))


def filled(view: Json) -> dict[str, Filled]:
    """Return what was filled in, by name; what was left empty is left out."""
    state: Mapping[str, Mapping[str, Json]] = view["state"]["values"]
    read = {name: _value(field) for block in state.values() for name, field in block.items()}
    return {name: value for name, value in read.items() if value is not None}


def _value(field: Json) -> Filled | None:
    match field["type"]:
        case "datetimepicker":
            at = field.get("selected_date_time")
            return None if at is None else datetime.fromtimestamp(int(at), UTC)
        case "static_select":
            chosen = field.get("selected_option")
            return None if chosen is None else str(chosen["value"])
        case _:
            typed = str(field.get("value") or "").strip()
            return typed or None
