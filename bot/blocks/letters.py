"""A letter as a Slack message, and what a message looks like once its button was pressed."""

from collections.abc import Sequence

from bot.blocks import items, kit
from bot.blocks.kit import Json, Shown
from letters.actions import ACTIONS
from letters.letter import Button, Item, Letter
from texts import N_, Language, say

#: Blocks that a letter may take before its buttons, so that these are never cut off.
BODY_BLOCKS = 38
MOST_ROWS = 8
#: How the words of a mail are marked as somebody else's.
QUOTED = N_("From the mail")


def shown(letter: Letter) -> Shown:
    """Return a letter as a message: headline, words, facts, quote, buttons, why it came."""
    body = [
        kit.header(letter.subject),
        *(kit.linked(paragraph) for paragraph in letter.paragraphs),
        *kit.facts(letter.facts),
        *quoted(letter.language, letter.quote),
        *(block for item in letter.items for block in _item(letter.language, item)),
    ]
    elements = [pressable(letter.language, button) for button in letter.buttons]
    if letter.more:
        elements.append(menu(letter.more))
    if letter.stop is not None:
        elements.append(_stop(letter.stop, alone=not elements))
    blocks = [*kit.capped(body, BODY_BLOCKS), *kit.rows(elements)[:MOST_ROWS]]
    if letter.why:
        blocks.append(kit.small(letter.why))
    return kit.message(blocks, "\n".join((letter.subject, *letter.paragraphs)))


def _item(language: Language, item: Item) -> list[Json]:
    """Return one of several things: its title, what is said of it, and what can be pressed."""
    said = "\n".join(f"{label}: {value}" if label else value for label, value in item.facts)
    elements = [pressable(language, one) for one in item.buttons]
    if item.menu is not None:
        elements = [kit.menu(item.menu.action, item.menu.choices, ask=item.menu.label)]
    words = [kit.words(said)] if said else []
    return [items.bold(item.title), *words, *quoted(language, item.quote), *kit.rows(elements)]


def pressable(language: Language, button: Button) -> Json:
    """Return a button; what is dangerous asks once more."""
    ask = None
    if button.style == "danger":
        question = say(language, ACTIONS[button.action].ask)
        ask = kit.dialog(button.label, question, button.label, say(language, "No, go back"))
    value = str(button.object_id)
    return kit.button(button.label, button.action, value, style=button.style, ask=ask)


def menu(buttons: Sequence[Button]) -> Json:
    """Return the ⋯ menu of what is less usual: `claim-17`."""
    noun = buttons[0].action.partition(".")[0]
    choices = [(f"{one.action.partition('.')[2]}-{one.object_id}", one.label) for one in buttons]
    return kit.overflow(f"{noun}.more", choices)


def _stop(stop: Button, *, alone: bool) -> Json:
    value = str(stop.object_id)
    if alone:
        return kit.button(stop.label, stop.action, value)
    return kit.overflow(stop.action, [(value, stop.label)])


def quoted(language: Language, text: str | None) -> list[Json]:
    """Return somebody else's words, apart from ours."""
    if not text or not text.strip():
        return []
    return [kit.small(say(language, QUOTED)), kit.words(text)]


def settled(message: Sequence[Json], pressed: Json, done: str) -> list[Json]:
    """Return a message's blocks after a press: without what cannot be pressed again, with `done`.

    A button takes the other buttons with it; a choice in the ⋯ menu only the menu.
    """
    gone = "overflow" if pressed.get("type") == "overflow" else "button"
    blocks = []
    for block in message:
        if block.get("type") == "actions":
            left = [one for one in block["elements"] if one.get("type") != gone]
            if left:
                blocks.append({**block, "elements": left})
        else:
            blocks.append(block)
    return [*kit.capped(blocks, kit.MESSAGE_BLOCKS - 1), kit.small(f"✓ {done}")]


def anew(letter: Letter, done: str) -> list[Json]:
    """Return the blocks of a letter as it reads now, with what was done."""
    blocks = kit.capped(shown(letter).blocks, kit.MESSAGE_BLOCKS - 1)
    return [*blocks, kit.small(f"✓ {done}")]


def unpressable(letter: Letter, done: str) -> Shown:
    """Return a letter without its buttons and with what was done."""
    bare = shown(letter)
    blocks = [block for block in bare.blocks if block["type"] != "actions"]
    done_line = kit.small(f"✓ {done}")
    return kit.message([*kit.capped(blocks, kit.MESSAGE_BLOCKS - 1), done_line], done)
