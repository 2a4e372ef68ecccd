"""Slack's limits, each at the last good value and at the first bad one."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.blockkit import Surface, problems, view_is_too_large, view_problems
from sandbox.records import Json


def plain(words: str) -> Json:
    return {"type": "plain_text", "text": words}


def mrkdwn(words: str) -> Json:
    return {"type": "mrkdwn", "text": words}


def button(**more: Any) -> Json:
    return {"type": "button", "action_id": "a", "text": plain("Go"), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def option(number: int = 1, **more: Any) -> Json:
    return {"text": plain(f"Option {number}"), "value": str(number), **more}


def menu(kind: str = "static_select", **more: Any) -> Json:
    return {"type": kind, "action_id": "a", **more}


def options(count: int) -> list[Json]:
    return [option(number) for number in range(count)]


def section(**more: Any) -> Json:
    return {"type": "section", **more}


def field(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain("Label"), "element": element, **more}


def typed(kind: str = "plain_text_input", **more: Any) -> Json:
    return {"type": kind, "action_id": "a", **more}


def confirm(**more: Any) -> Json:
    words = {"title": plain("T"), "text": plain("t"), "confirm": plain("Yes"), "deny": plain("No")}
    return {**words, **more}


GOOD: list[tuple[Json, Surface]] = [
    (section(text=mrkdwn("x" * 3000)), "message"),
    (section(fields=[mrkdwn("x" * 2000)] * 10), "home"),
    (section(text=plain("x"), accessory=button()), "message"),
    (section(text=plain("x"), accessory=menu(options=options(3))), "modal"),
    ({"type": "header", "text": plain("x" * 150)}, "message"),
    ({"type": "divider", "block_id": "b" * 255}, "message"),
    ({"type": "context", "elements": [mrkdwn("x")] * 10}, "message"),
    (actions(*[button(action_id=str(n)) for n in range(25)]), "message"),
    (actions(button(text=plain("x" * 75), value="v" * 2000, url="u" * 3000)), "message"),
    (actions(button(confirm=confirm(text=mrkdwn("x" * 300)))), "message"),
    (actions(menu(options=options(100))), "message"),
    (actions(menu(option_groups=[{"label": plain("G"), "options": options(42)}])), "message"),
    (actions(menu("overflow", options=options(5))), "message"),
    (actions(menu("checkboxes", options=options(10), initial_options=[option(2)])), "message"),
    (actions(menu("datetimepicker", initial_date_time=1801652400)), "message"),
    (field(typed(max_length=3000), hint=plain("x" * 2000)), "modal"),
    (field(typed("number_input", is_decimal_allowed=False), optional=True), "modal"),
    (field(menu("conversations_select", placeholder=plain("x" * 150))), "message"),
    ({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}, "message"),
]
BAD: list[tuple[object, Surface, str]] = [
    ("words", "message", "[ERROR] must be an object [json-pointer:/blocks/0]"),
    ({"type": "poem"}, "message", "[ERROR] unsupported type: poem [json-pointer:/blocks/0/type]"),
    (section(), "message", "[ERROR] text or fields is required [json-pointer:/blocks/0]"),
    (
        section(text=mrkdwn("x" * 3001)),
        "message",
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        section(text=mrkdwn("")),
        "message",
        "[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        section(text={"type": "html", "text": "x"}),
        "message",
        "[ERROR] must be one of plain_text, mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    (
        section(fields=[mrkdwn("x")] * 11),
        "home",
        "[ERROR] must have 1 to 10 items [json-pointer:/blocks/0/fields]",
    ),
    (
        section(text=plain("x"), colour="red"),
        "home",
        "[ERROR] invalid additional property: colour [json-pointer:/blocks/0]",
    ),
    (
        section(text=plain("x"), accessory=typed()),
        "modal",
        "[ERROR] unsupported type: plain_text_input [json-pointer:/blocks/0/accessory/type]",
    ),
    (
        {"type": "header", "text": plain("x" * 151)},
        "message",
        "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        {"type": "header", "text": mrkdwn("x")},
        "message",
        "[ERROR] must be plain_text [json-pointer:/blocks/0/text/type]",
    ),
    (
        {"type": "context", "elements": [mrkdwn("x")] * 11},
        "message",
        "[ERROR] must have 1 to 10 items [json-pointer:/blocks/0/elements]",
    ),
    (
        actions(),
        "message",
        "[ERROR] must have 1 to 25 items [json-pointer:/blocks/0/elements]",
    ),
    (
        actions(button(), button()),
        "message",
        "[ERROR] action_id already exists: a [json-pointer:/blocks/0/elements/1/action_id]",
    ),
    (
        actions(button(text=plain("x" * 76))),
        "message",
        "[ERROR] must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (
        actions(button(value="x" * 2001)),
        "message",
        "[ERROR] must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    (
        actions(button(style="warning")),
        "message",
        "[ERROR] must be one of primary, danger [json-pointer:/blocks/0/elements/0/style]",
    ),
    (
        actions(button(confirm=confirm(deny=plain("x" * 31)))),
        "message",
        "[ERROR] must be less than 31 characters "
        "[json-pointer:/blocks/0/elements/0/confirm/deny/text]",
    ),
    (
        actions(menu(options=options(101))),
        "message",
        "[ERROR] must have 1 to 100 items [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        actions(menu(options=[option(1), option(1)])),
        "message",
        "[ERROR] option values must be unique [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        actions(menu(options=[option(value="v" * 76)])),
        "message",
        "[ERROR] must be less than 76 characters "
        "[json-pointer:/blocks/0/elements/0/options/0/value]",
    ),
    (
        actions(menu(options=options(2), initial_option=option(7))),
        "message",
        "[ERROR] the initial option must be one of the options [json-pointer:/blocks/0/elements/0]",
    ),
    (
        actions(menu()),
        "message",
        "[ERROR] options or option_groups is required, not both "
        "[json-pointer:/blocks/0/elements/0]",
    ),
    (
        actions(menu("overflow", options=options(6))),
        "message",
        "[ERROR] must have 1 to 5 items [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        actions(menu("checkboxes", options=options(11))),
        "message",
        "[ERROR] must have 1 to 10 items [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        actions(menu("checkboxes", options=options(1), initial_options=[])),
        "message",
        "[ERROR] must have at least 1 item [json-pointer:/blocks/0/elements/0/initial_options]",
    ),
    (
        actions(menu("datetimepicker", initial_date_time="2027-02-01")),
        "message",
        "[ERROR] must be a Unix time of 10 digits "
        "[json-pointer:/blocks/0/elements/0/initial_date_time]",
    ),
    (
        actions(menu("datetimepicker")),
        "home",
        "[ERROR] unsupported type: datetimepicker [json-pointer:/blocks/0/elements/0/type]",
    ),
    (
        field(typed(max_length=3001)),
        "modal",
        "[ERROR] must be between 1 and 3000 [json-pointer:/blocks/0/element/max_length]",
    ),
    (
        field(typed("number_input")),
        "modal",
        "[ERROR] is_decimal_allowed is required [json-pointer:/blocks/0/element]",
    ),
    (
        field(button()),
        "modal",
        "[ERROR] unsupported type: button [json-pointer:/blocks/0/element/type]",
    ),
    (
        {"type": "rich_text", "elements": [{"type": "poem"}]},
        "message",
        "[ERROR] unsupported type: poem [json-pointer:/blocks/0/elements/0/type]",
    ),
]


@pytest.mark.parametrize(("block", "surface"), GOOD)
def test_block_at_its_limits_is_fine(block: Json, surface: Surface) -> None:
    assert problems([block], surface) == []


@pytest.mark.parametrize(("block", "surface", "words"), BAD)
def test_block_past_a_limit_is_refused_with_its_place(
    block: object, surface: Surface, words: str
) -> None:
    assert problems([block], surface) == [words]


@pytest.mark.parametrize(("surface", "most"), [("message", 50), ("modal", 100), ("home", 100)])
def test_blocks_are_counted(surface: Surface, most: int) -> None:
    divider = {"type": "divider"}

    assert problems([divider] * most, surface) == []
    assert problems([divider] * (most + 1), surface) == [
        f"[ERROR] no more than {most} items allowed [json-pointer:/blocks]"
    ]


def test_block_ids_are_unique() -> None:
    divider = {"type": "divider", "block_id": "b"}

    assert problems([divider, divider], "message") == [
        "[ERROR] block_id already exists: b [json-pointer:/blocks/1/block_id]"
    ]


def test_blocks_must_be_a_list() -> None:
    assert problems("x", "message") == ["[ERROR] must be an array [json-pointer:/blocks]"]


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain("T"), "blocks": [], **more}


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (modal(title=plain("x" * 24), private_metadata="x" * 3000), None),
        ({"type": "home", "blocks": [{"type": "divider"}]}, None),
        (modal(blocks=[field(typed())], submit=plain("Save")), None),
        ("view", "must be an object [json-pointer:/view]"),
        ({"type": "page", "blocks": []}, "must be modal or home [json-pointer:/view/type]"),
        (
            modal(title=plain("x" * 25)),
            "must be less than 25 characters [json-pointer:/view/title/text]",
        ),
        (
            modal(submit=plain("x" * 25)),
            "must be less than 25 characters [json-pointer:/view/submit/text]",
        ),
        (
            modal(private_metadata="x" * 3001),
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (
            modal(callback_id="x" * 256),
            "must be less than 256 characters [json-pointer:/view/callback_id]",
        ),
        (
            modal(blocks=[field(typed())]),
            "submit is required when there is an input block [json-pointer:/view/submit]",
        ),
        (modal(blocks=None), "must be an array [json-pointer:/view/blocks]"),
    ],
)
def test_view_is_checked(view: object, words: str | None) -> None:
    assert view_problems(view) == ([] if words is None else [f"[ERROR] {words}"])


def test_view_of_250_kilobytes_is_too_large() -> None:
    assert view_is_too_large(modal(private_metadata="x" * 250_000))
    assert not view_is_too_large(modal(private_metadata="x" * 200_000))
