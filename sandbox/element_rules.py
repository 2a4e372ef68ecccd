"""The rules of Block Kit's elements (buttons, menus, pickers, inputs), one small check each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from sandbox.records import Json
from sandbox.text_rules import allowed_keys, one_of, plain, problem, sized, text_object

ElementCheck = Callable[[Json, str], Iterator[str]]


def options_of(element: Json) -> list[Json]:
    """Return the options of a menu, those in groups too."""
    groups = element.get("option_groups") or []
    holders = [element, *(group for group in groups if isinstance(group, dict))]
    return [
        option
        for holder in holders
        for option in holder.get("options") or []
        if isinstance(option, dict)
    ]


def check_confirm(confirm: object, at: str) -> Iterator[str]:
    """Refuse a confirm dialog that Slack would refuse."""
    if not isinstance(confirm, dict):
        yield problem("must be an object", at)
        return
    yield from allowed_keys(confirm, "title text confirm deny style", at)
    yield from plain(confirm.get("title"), f"{at}/title", 100)
    yield from text_object(confirm.get("text"), f"{at}/text", 300)
    yield from plain(confirm.get("confirm"), f"{at}/confirm", 30)
    yield from plain(confirm.get("deny"), f"{at}/deny", 30)


def _button(element: Json, at: str) -> Iterator[str]:
    yield from plain(element.get("text"), f"{at}/text", 75)
    for key, most in (("value", 2000), ("url", 3000), ("accessibility_label", 75)):
        if key in element:
            yield from sized(element[key], f"{at}/{key}", least=0, most=most)
    if "style" in element:
        yield from one_of(element["style"], f"{at}/style", ("primary", "danger"))


def _placeholder(element: Json, at: str) -> Iterator[str]:
    if "placeholder" in element:
        yield from plain(element["placeholder"], f"{at}/placeholder", 150)


def _option(option: object, at: str, *, mrkdwn: bool) -> Iterator[str]:
    if not isinstance(option, dict):
        yield problem("must be an object", at)
        return
    yield from allowed_keys(option, "text value description url", at)
    words = text_object if mrkdwn else plain
    yield from words(option.get("text"), f"{at}/text", 75)
    yield from sized(option.get("value"), f"{at}/value", least=1, most=75)
    if "description" in option:
        yield from words(option["description"], f"{at}/description", 75)


def _options(options: object, at: str, *, most: int, mrkdwn: bool = False) -> Iterator[str]:
    if not isinstance(options, list) or not 1 <= len(options) <= most:
        yield problem(f"must have 1 to {most} items", at)
        return
    for number, option in enumerate(options):
        yield from _option(option, f"{at}/{number}", mrkdwn=mrkdwn)
    values = [str(option.get("value")) for option in options if isinstance(option, dict)]
    if len(set(values)) < len(values):
        yield problem("option values must be unique", at)


def _groups(groups: object, at: str) -> Iterator[str]:
    if not isinstance(groups, list) or not 1 <= len(groups) <= 100:
        yield problem("must have 1 to 100 items", at)
        return
    for number, group in enumerate(groups):
        here = f"{at}/{number}"
        if not isinstance(group, dict):
            yield problem("must be an object", here)
            continue
        yield from plain(group.get("label"), f"{here}/label", 75)
        yield from _options(group.get("options"), f"{here}/options", most=100)


def _menu(element: Json, at: str) -> Iterator[str]:
    if ("options" in element) == ("option_groups" in element):
        yield problem("options or option_groups is required, not both", at)
    elif "options" in element:
        yield from _options(element["options"], f"{at}/options", most=100)
    else:
        yield from _groups(element["option_groups"], f"{at}/option_groups")
    yield from _placeholder(element, at)
    yield from _initial_options(element, at)


def _choices(element: Json, at: str, *, most: int, mrkdwn: bool) -> Iterator[str]:
    yield from _options(element.get("options"), f"{at}/options", most=most, mrkdwn=mrkdwn)
    yield from _initial_options(element, at)


def _initial_options(element: Json, at: str) -> Iterator[str]:
    chosen = list(element.get("initial_options") or [])
    if "initial_options" in element and not chosen:
        yield problem("must have at least 1 item", f"{at}/initial_options")
    if "initial_option" in element:
        chosen.append(element["initial_option"])
    offered = options_of(element)
    if any(option not in offered for option in chosen):
        yield problem("the initial option must be one of the options", at)


def _moment(element: Json, at: str) -> Iterator[str]:
    value = element.get("initial_date_time")
    if value is not None and not (isinstance(value, int) and len(str(value)) == 10):
        yield problem("must be a Unix time of 10 digits", f"{at}/initial_date_time")


def _text_input(element: Json, at: str) -> Iterator[str]:
    yield from _placeholder(element, at)
    for key, least in (("min_length", 0), ("max_length", 1)):
        value = element.get(key, least)
        if not isinstance(value, int) or not least <= value <= 3000:
            yield problem(f"must be between {least} and 3000", f"{at}/{key}")
    longest = element.get("max_length")
    most = longest if isinstance(longest, int) else 3000
    yield from sized(element.get("initial_value", ""), f"{at}/initial_value", least=0, most=most)


def _number_input(element: Json, at: str) -> Iterator[str]:
    yield from _placeholder(element, at)
    if not isinstance(element.get("is_decimal_allowed"), bool):
        yield problem("is_decimal_allowed is required", at)


SEEN = "confirm focus_on_load"
TYPED = "initial_value placeholder focus_on_load"
#: For each element: the keys it may have besides type and action_id, and its check.
ELEMENT_RULES: dict[str, tuple[str, ElementCheck]] = {
    "button": ("text url value style confirm accessibility_label", _button),
    "overflow": ("options confirm", partial(_choices, most=5, mrkdwn=False)),
    "checkboxes": (f"options initial_options {SEEN}", partial(_choices, most=10, mrkdwn=True)),
    "static_select": (f"options option_groups initial_option placeholder {SEEN}", _menu),
    "conversations_select": (
        f"initial_conversation default_to_current_conversation filter placeholder "
        f"response_url_enabled {SEEN}",
        _placeholder,
    ),
    "datetimepicker": (f"initial_date_time {SEEN}", _moment),
    "plain_text_input": (f"multiline min_length max_length {TYPED}", _text_input),
    "email_text_input": (TYPED, _placeholder),
    "number_input": (f"is_decimal_allowed min_value max_value {TYPED}", _number_input),
}
