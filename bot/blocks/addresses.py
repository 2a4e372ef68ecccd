"""Addresses that mail does not reach, in Slack: whose, why, since when, and putting them back."""

from collections.abc import Sequence

from bot.blocks import items
from bot.blocks.items import Item
from bot.blocks.kit import Shown
from bot.blocks.letters import pressable
from community.suppressions import AddressCard
from letters.actions import button
from letters.letter import House
from texts import N_, Language, moment, say

STATES = {
    "probed": N_("Mail has come back; a mail of ours asks whether the address works. {when}"),
    "suppressed": N_("Gets no mail: it comes back. {when}"),
}


def item(language: Language, card: AddressCard, house: House) -> Item:
    """Return an address with putting it back in use."""
    when = moment(language, house.local(card.since)) if card.since else ""
    said = " ".join(filter(None, (card.status, card.diagnostic)))[:300]
    pressed = pressable(language, button(language, "address.restore", card.address_id))
    return Item(
        title=f"{card.name} <{card.email}>",
        lines=(say(language, STATES[card.state], when=when), said),
        buttons=(pressed,),
    )


def listing(
    language: Language, cards: Sequence[AddressCard], house: House, *, note: str = ""
) -> Shown:
    """Return every address that is in doubt, as far as the reader may see it."""
    return items.listing(
        language,
        say(language, "Addresses that mail does not reach"),
        [item(language, card, house) for card in cards],
        empty=say(language, "Mail reaches everybody, as far as we know."),
        note=note,
    )
