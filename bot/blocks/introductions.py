"""People as others see them, in Slack: one, some of a name, and a field's page by page."""

import re

from bot.blocks import kit
from bot.blocks.kit import Json, Shown
from community.fields import FIELDS
from community.introductions import Found, PeoplePage, PersonCard
from letters.actions import ACTIONS
from letters.introductions import lines, title
from texts import Language, say, say_many

#: Slack's ids of users; nothing else becomes a mention.
USER = re.compile(r"[UW][A-Z0-9]{2,20}", re.ASCII)


def card(language: Language, person: PersonCard) -> list[Json]:
    """Return one person: the name, with the Slack user beside it, and what is shown."""
    name = {"type": "text", "text": kit.cut(person.name, 300), "style": {"bold": True}}
    parts: list[Json] = [name]
    if person.slack_id is not None and USER.fullmatch(person.slack_id):
        parts += [{"type": "text", "text": "  "}, {"type": "user", "user_id": person.slack_id}]
    said = "\n".join(lines(language, person))
    head: Json = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": parts}],
    }
    return [head, *([kit.words(said)] if said else [])]


def found(language: Language, asked: str, what: Found) -> Shown:
    """Return whom a name may mean, or the names that were perhaps meant."""
    if what.cards:
        blocks = [block for each in what.cards for block in card(language, each)]
        return kit.message(blocks, ", ".join(each.name for each in what.cards))
    words = say(language, "Nobody here shows the name “{name}”.", name=kit.cut(asked, 60))
    if what.near:
        near = say(language, "Did you mean {names}?", names=", ".join(what.near))
        words = f"{words} {near}"
    return kit.message([kit.words(words)], words)


def page(language: Language, people: PeoplePage, *, note: str = "") -> Shown:
    """Return a page of the people of a field, with the menu of fields and the pages beside it."""
    head = title(language, people.fields)
    top = [kit.words(f"✓ {note}")] if note else []
    cards = [block for each in people.cards for block in card(language, each)]
    choices = [(code, field.name(language)) for code, field in FIELDS.items()]
    first = people.fields[0] if people.fields else None
    menu = kit.menu("introduction.field", choices, first, ask=say(language, "Another field"))
    mine = kit.button(say(language, ACTIONS["person.introduce"].label), "person.introduce", "0")
    blocks = [
        *top,
        kit.header(head),
        kit.small(_counted(language, people)),
        *cards,
        *kit.rows(_turning(language, people)),
        kit.divider(),
        *kit.rows([menu, mine]),
    ]
    return kit.message(blocks, note or head)


def _counted(language: Language, people: PeoplePage) -> str:
    if not people.count:
        return say(language, "Nobody of this field or a related one is here yet.")
    if not people.fields:
        return say_many(language, "{n} person.", "{n} people, by name.", people.count)
    return say_many(
        language,
        "{n} person of this field or a related one, the nearest first.",
        "{n} people of this field or related ones, the nearest first.",
        people.count,
    )


def _turning(language: Language, people: PeoplePage) -> list[Json]:
    codes = "+".join(people.fields)
    turning = []
    if people.number > 1:
        value = f"{people.number - 1}:{codes}"
        turning.append(kit.button(say(language, "Previous"), "introduction.back", value))
    if people.has_more:
        value = f"{people.number + 1}:{codes}"
        turning.append(kit.button(say(language, "Next"), "introduction.turn", value))
    return turning


def form(language: Language, asked: str = "") -> Json:
    """Return the form that asks for a name."""
    field = kit.line(asked, most=100, example=say(language, "Ada"))
    return kit.modal(
        "introduction.find",
        say(language, "Find a person"),
        [kit.asked("name", say(language, "Name"), field)],
        submit=say(language, "Search"),
        close=say(language, "Close"),
    )


def found_view(language: Language, asked: str, shown: Shown) -> Json:
    """Return the form with whom it found below it."""
    view = form(language, asked)
    return {**view, "blocks": kit.capped([*view["blocks"], *shown.blocks], kit.VIEW_BLOCKS)}
