"""Mailing lists in Slack: which there are, which I am on, and their rules."""

from collections.abc import Sequence

from bot.blocks import items, kit
from bot.blocks.items import Item
from bot.blocks.kit import Json, Shown
from bot.blocks.letters import pressable
from community.deliveries import VERBS
from community.directory import ListChoice
from community.lists import MailingList
from community.meters import Meter
from community.posting_rules import laws
from community.subscriptions import Mode
from letters.actions import button
from letters.closings import closing
from letters.deliveries import besides, how, mode
from letters.letter import House
from letters.meters import left
from texts import Language, say


def item(language: Language, choice: ListChoice, house: House) -> Item:
    """Return a list with joining or leaving it, and with how its posts come."""
    a_list, chosen = choice.mailing_list, choice.chosen
    verbs = [choice.join_verb] if choice.join_verb else []
    if chosen is not None:
        verbs = ["topic", "leave", "resume" if chosen.paused_until is not None else "pause"]
    pressed = [
        pressable(language, button(language, f"mailing_list.{verb}", a_list.id)) for verb in verbs
    ]
    rules = kit.button(say(language, "Posting rules"), "mailing_list.rules", str(a_list.id))
    write = kit.button(say(language, "Write to it"), "post.compose", str(a_list.id))
    menu = [] if chosen is None else [ways(language, a_list.id, chosen.mode)]
    closes = closing(language, a_list.closes_at, is_open=choice.is_open, local=house.local)
    budget = [left(language, choice.meter)] if choice.am_on and choice.is_open else []
    said = how(language, None, house) if chosen is None else besides(language, chosen, house)
    return Item(
        title=a_list.name,
        lines=(a_list.address, said, *budget, *filter(None, (closes,))),
        buttons=(*menu, *([write] if choice.am_on and choice.is_open else []), *pressed, rules),
    )


def ways(language: Language, list_id: int, now: Mode) -> Json:
    """Return the menu of how the posts of a list may come."""
    ways = [(f"{VERBS[way]}-{list_id}", mode(language, way)) for way in Mode]
    return kit.menu("mailing_list.deliver", ways, f"{VERBS[now]}-{list_id}")


def listing(
    language: Language, choices: Sequence[ListChoice], house: House, *, note: str = ""
) -> Shown:
    """Return every list."""
    return items.listing(
        language,
        say(language, "Mailing lists"),
        [item(language, choice, house) for choice in choices],
        empty=say(language, "There is no mailing list yet."),
        note=note,
    )


def rules(language: Language, lists: Sequence[tuple[MailingList, Meter]]) -> Shown:
    """Return the posting rules, printed from what is enforced, and what is left of the budget."""
    title = say(language, "Posting rules")
    blocks: list[Json] = [kit.header(title)]
    for a_list, meter in lists[:8]:
        values = a_list.policy.values()
        printed = [say(language, law, **values) for law in laws(a_list.policy)]
        blocks += [items.bold(a_list.address), kit.words("\n".join(f"• {law}" for law in printed))]
        blocks.append(kit.small(left(language, meter)))
    if not lists:
        blocks.append(kit.words(say(language, "There is no mailing list yet.")))
    return kit.message(blocks, title)
