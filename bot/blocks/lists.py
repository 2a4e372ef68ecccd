"""Mailing lists in Slack: which there are, which I am on, and their rules."""

from collections.abc import Sequence

from bot.blocks import items, kit
from bot.blocks.items import Item
from bot.blocks.kit import Json, Shown
from bot.blocks.letters import pressable
from community.directory import ListChoice
from community.lists import MailingList
from community.posting_rules import RULES
from letters.actions import button
from texts import Language, say


def item(language: Language, choice: ListChoice) -> Item:
    """Return a list with joining or leaving it."""
    a_list, verb = choice.mailing_list, "leave" if choice.am_on else "join"
    mine = say(language, "You are on it.") if choice.am_on else say(language, "You are not on it.")
    rules = kit.button(say(language, "Posting rules"), "mailing_list.rules", str(a_list.id))
    pressed = pressable(language, button(language, f"mailing_list.{verb}", a_list.id))
    return Item(title=a_list.name, lines=(a_list.address, mine), buttons=(pressed, rules))


def listing(language: Language, choices: Sequence[ListChoice], *, note: str = "") -> Shown:
    """Return every list."""
    return items.listing(
        language,
        say(language, "Mailing lists"),
        [item(language, choice) for choice in choices],
        empty=say(language, "There is no mailing list yet."),
        note=note,
    )


def rules(language: Language, lists: Sequence[MailingList]) -> Shown:
    """Return the posting rules, printed from what is enforced."""
    title = say(language, "Posting rules")
    blocks: list[Json] = [kit.header(title)]
    for a_list in lists[:8]:
        laws = [say(language, rule.law, **a_list.policy.values()) for rule in RULES if rule.law]
        blocks += [items.bold(a_list.address), kit.words("\n".join(f"• {law}" for law in laws))]
    if not lists:
        blocks.append(kit.words(say(language, "There is no mailing list yet.")))
    return kit.message(blocks, title)
