"""The pieces of Block Kit that we use, each within Slack's limits whatever it is given.

Source: Slack's Block Kit reference; the figures are in `sandbox/blockkit.py` too, which tests this.
"""

import html
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from letters.letter import Style

#: An address to follow, without the stop or bracket that ends the sentence.
_URL = re.compile(r"(https?://[^\s<>\"“”]*[^\s<>\"“”.,;:!?)\]’])")

#: Marks that turn round what follows them, in somebody's name as in our own words after it.
TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")

#: What travels on Slack's wire; its shape is Slack's.
Json = dict[str, Any]

MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
ELEMENTS: Final = 25
#: The title and the two buttons of a modal.
TITLE: Final = 24
#: chat.update takes 4000 characters of `text`, counted with its escapes.
FALLBACK: Final = 3900
#: Facts in one section: two of its ten fields each.
FACTS: Final = 5


@dataclass(frozen=True)
class Shown:
    """A message: its blocks, and the words for notifications and screen readers."""

    blocks: list[Json]
    text: str


def cut(text: str, most: int) -> str:
    """Return the text, ended by an ellipsis if it is longer than `most`; never empty."""
    # Slack counts UTF-16 units, as JavaScript does: an emoji counts two.
    text = TURNING.sub("", text).strip() or "–"
    if _units(text) <= most:
        return text
    kept = text[: most - 1]
    while _units(kept) > most - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(text: str, most: int) -> Json:
    """Return words that Slack shows as they are."""
    return {"type": "plain_text", "text": cut(text, most), "emoji": False}


def fallback(text: str) -> str:
    """Return the words of a message's `text`, in which no mention or link can hide."""
    most = FALLBACK
    while _units(escaped := html.escape(cut(text, most), quote=False)) > FALLBACK:
        most = most * 3 // 4
    return escaped


def header(text: str) -> Json:
    """Return a headline."""
    return {"type": "header", "text": plain(text.replace("\n", " "), 150)}


def words(text: str, accessory: Json | None = None) -> Json:
    """Return a paragraph, with one element at its side."""
    block: Json = {"type": "section", "text": plain(text, 3000)}
    return block if accessory is None else {**block, "accessory": accessory}


def linked(text: str) -> Json:
    """Return a paragraph in which addresses can be pressed; all else stays as it is."""
    pieces = _URL.split(cut(text, 3000))
    if len(pieces) == 1:
        return words(text)
    parts = [
        {"type": "link", "url": piece, "text": piece} if at % 2 else {"type": "text", "text": piece}
        for at, piece in enumerate(pieces)
        if piece
    ]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": parts}]}


def small(*texts: str) -> Json:
    """Return small grey words."""
    return {"type": "context", "elements": [plain(text, 2000) for text in texts[:10]]}


def label(text: str) -> Json:
    """Return a bold label; the words are ours."""
    # `*` in our own label would end the bold; there is none, and escaping keeps it that way.
    bold = html.escape(cut(text, 1000), quote=False).replace("*", "·")
    return {"type": "mrkdwn", "text": f"*{bold}*", "verbatim": True}


def facts(pairs: Sequence[tuple[str, str]]) -> list[Json]:
    """Return labels and values in two columns."""
    rows = [[label(name), plain(value, 2000)] for name, value in pairs]
    sections = [rows[at : at + FACTS] for at in range(0, len(rows), FACTS)]
    return [
        {"type": "section", "fields": [field for row in section for field in row]}
        for section in sections
    ]


def divider() -> Json:
    """Return a line across."""
    return {"type": "divider"}


def button(
    text: str,
    action_id: str,
    value: str = "",
    *,
    style: Style | None = None,
    ask: Json | None = None,
) -> Json:
    """Return a button; `ask` is a dialog before the press counts."""
    made: Json = {"type": "button", "text": plain(text, 75), "action_id": action_id}
    if value:
        made["value"] = value[:2000]
    if style:
        made["style"] = style
    if ask:
        made["confirm"] = ask
    return made


def way(text: str, action_id: str, url: str) -> Json:
    """Return a button that opens a page; Slack tells of the press as well."""
    return {**button(text, action_id), "url": url[:3000]}


def dialog(title: str, question: str, yes: str, no: str) -> Json:
    """Return the dialog that asks before a press counts."""
    return {
        "title": plain(title, 100),
        "text": plain(question, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
        "style": "danger",
    }


def option(text: str, value: str) -> Json:
    """Return one choice of a menu."""
    return {"text": plain(text, 75), "value": value[:75]}


def menu(
    action_id: str, choices: Iterable[tuple[str, str]], chosen: str | None = None, *, ask: str = ""
) -> Json:
    """Return a menu of up to 100 (value, words), one of them chosen beforehand.

    `ask` stands in it as long as nothing is chosen; else Slack's own words do, in its language.
    """
    options = [option(text, value) for value, text in choices][:100]
    made: Json = {"type": "static_select", "action_id": action_id, "options": options}
    if ask:
        made["placeholder"] = plain(ask, 150)
    first = next((one for one in options if one["value"] == chosen), None)
    return made if first is None else {**made, "initial_option": first}


def checkboxes(choices: Iterable[tuple[str, str, str]]) -> Json:
    """Return up to 10 boxes to tick: (value, words, a line below them)."""
    options = []
    for value, text, below in list(choices)[:10]:
        lines = {"description": plain(below, 75)} if below else {}
        options.append({**option(text, value), **lines})
    return {"type": "checkboxes", "options": options}


def overflow(action_id: str, choices: Iterable[tuple[str, str]]) -> Json:
    """Return a ⋯ menu of up to 5 (value, words)."""
    options = [option(text, value) for value, text in choices][:5]
    return {"type": "overflow", "action_id": action_id, "options": options}


def rows(elements: Iterable[Json]) -> list[Json]:
    """Return the elements in rows of up to 25, with no action twice in one row, as Slack wants."""
    made: list[list[Json]] = []
    for element in elements:
        there = {one["action_id"] for one in made[-1]} if made else set()
        if not made or element["action_id"] in there or len(made[-1]) == ELEMENTS:
            made.append([])
        made[-1].append(element)
    return [{"type": "actions", "elements": row} for row in made]


def asked(name: str, title: str, element: Json, *, optional: bool = False, hint: str = "") -> Json:
    """Return an input; `name` is its block_id and action_id."""
    block: Json = {
        "type": "input",
        "block_id": name,
        "label": plain(title, 2000),
        "optional": optional,
        "element": {**element, "action_id": name},
    }
    return {**block, "hint": plain(hint, 2000)} if hint else block


def line(value: str = "", *, most: int = 150, example: str = "") -> Json:
    """Return a field for one line."""
    return _typed(value, most=most, example=example, multiline=False)


def text(value: str = "", *, most: int = 3000, example: str = "") -> Json:
    """Return a field for several lines."""
    return _typed(value, most=most, example=example, multiline=True)


def _typed(value: str, *, most: int, example: str, multiline: bool) -> Json:
    made: Json = {"type": "plain_text_input", "max_length": most, "multiline": multiline}
    if value:
        made["initial_value"] = cut(value, most)
    if example:
        made["placeholder"] = plain(example, 150)
    return made


def moment(value: datetime | None = None) -> Json:
    """Return a field for a day and time; Slack shows it in the member's own zone."""
    made: Json = {"type": "datetimepicker"}
    return made if value is None else {**made, "initial_date_time": int(value.timestamp())}


def modal(
    callback_id: str,
    title: str,
    blocks: Sequence[Json],
    *,
    submit: str | None = None,
    close: str,
    kept: Json | None = None,
) -> Json:
    """Return a modal; `kept` comes back with its submission (ids only)."""
    view: Json = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, TITLE),
        "close": plain(close, TITLE),
        "blocks": capped(blocks, VIEW_BLOCKS),
        "private_metadata": json.dumps(kept or {}, separators=(",", ":")),
    }
    return view if submit is None else {**view, "submit": plain(submit, TITLE)}


def home(blocks: Sequence[Json]) -> Json:
    """Return a Home tab."""
    return {"type": "home", "blocks": capped(blocks, VIEW_BLOCKS)}


def capped(blocks: Sequence[Json], most: int) -> list[Json]:
    """Return the blocks, the last shown one being an ellipsis if there were more."""
    if len(blocks) <= most:
        return list(blocks)
    return [*blocks[: most - 1], small("…")]


def message(blocks: Sequence[Json], text: str) -> Shown:
    """Return a message within the limits."""
    return Shown(capped(blocks, MESSAGE_BLOCKS), fallback(text))
