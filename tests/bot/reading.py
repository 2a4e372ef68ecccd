"""Reads what a member sees in blocks, as words in order."""

from collections.abc import Iterator

from sandbox.records import Json, Message, View


def words(shown: Message | View) -> list[str]:
    """Return every text of a message or view, buttons and menus left out."""
    return [text for block in shown.blocks for text in _texts(block)]


def labels(shown: Message | View) -> list[str]:
    """Return the labels of the buttons."""
    return [
        element["text"]["text"]
        for block in shown.blocks
        for element in [block.get("accessory"), *block.get("elements", [])]
        if isinstance(element, dict) and element.get("type") == "button"
    ]


def _texts(block: Json) -> Iterator[str]:
    if block["type"] in ("header", "section") and "text" in block:
        yield block["text"]["text"]
    for field in block.get("fields", []):
        yield field["text"]
    if block["type"] == "context":
        yield from (element["text"] for element in block["elements"])
    if block["type"] == "rich_text":
        parts = (part for one in block["elements"] for part in one["elements"])
        yield "".join(part.get("text", "") for part in parts)
    if block["type"] == "input":
        yield block["label"]["text"]
