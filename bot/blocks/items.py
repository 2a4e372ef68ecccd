"""A list of things, each with a title, a few lines and buttons: for answers and the Home tab."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.blocks import kit
from bot.blocks.kit import Json, Shown
from texts import Language, say_many

#: An item takes up to four blocks, a message fifty.
MOST: int = 11


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing in a list."""

    title: str
    lines: tuple[str, ...] = ()
    buttons: tuple[Json, ...] = ()


def blocks(items: Iterable[Item]) -> list[Json]:
    """Return the blocks of the items, one under the other."""
    return [block for item in items for block in _blocks(item)]


def _blocks(item: Item) -> list[Json]:
    made = [bold(item.title)]
    lines = "\n".join(line for line in item.lines if line)
    rest = item.buttons
    if lines:
        # The first button stands beside the lines, where the eye is.
        made.append(kit.words(lines, item.buttons[0] if item.buttons else None))
        rest = item.buttons[1:]
    return [*made, *kit.rows(rest)[:2]]


def bold(text: str) -> Json:
    """Return a title; somebody else's words stay words, as everywhere."""
    element = {"type": "text", "text": kit.cut(text, 300), "style": {"bold": True}}
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [element]}],
    }


def some(language: Language, items: Sequence[Item], *, most: int = MOST) -> list[Json]:
    """Return the first items and how many more there are."""
    left = len(items) - most
    more = [kit.small(say_many(language, "… and {n} more.", "… and {n} more.", left))]
    return [*blocks(items[:most]), *(more if left > 0 else [])]


def listing(
    language: Language,
    title: str,
    items: Sequence[Item],
    *,
    empty: str,
    note: str = "",
    below: Sequence[Json] = (),
    most: int = MOST,
) -> Shown:
    """Return a list as a message: `note` on top (what was just done), `below` what else one can."""
    body = some(language, items, most=most) if items else [kit.words(empty)]
    top = [kit.words(f"✓ {note}")] if note else []
    shown = [*top, kit.header(title), *body, *kit.rows(below)]
    return kit.message(shown, note or title)
