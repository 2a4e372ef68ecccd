"""Addresses that mail does not reach, in Slack: whose, why, since when, and putting them back."""

from collections.abc import Sequence

from bot.blocks import items
from bot.blocks.items import Item
from bot.blocks.kit import Shown
from bot.blocks.letters import pressable
from community.shared_returns import SharedTally
from community.suppressions import AddressCard
from letters import bounces
from letters.actions import button
from letters.letter import House
from texts import N_, Language, moment, say, say_many

STATES = {
    "probed": N_("Mail has come back; a mail of ours asks whether the address works. {when}"),
    "suppressed": N_("Gets no mail: it comes back. {when}"),
}


def item(language: Language, card: AddressCard, house: House) -> Item:
    """Return an address with putting it back in use."""
    when = moment(language, house.local(card.since)) if card.since else ""
    why = bounces.reason(language, card)
    pressed = pressable(language, button(language, "address.restore", card.address_id))
    return Item(
        title=f"{card.name} <{card.email}>",
        lines=(say(language, STATES[card.state], when=when), why, card.diagnostic[:300]),
        buttons=(pressed,),
    )


def shared_item(language: Language, tally: SharedTally) -> Item:
    """Return how much of a list came back of which nobody knows whose it was."""
    came = say_many(
        language,
        "{n} mail that many readers shared came back in 30 days. Nobody knows whose it was.",
        "{n} mails that many readers shared came back in 30 days. Nobody knows whose they were.",
        tally.count,
    )
    tells = say(language, "With copies=personal for this list you would see it.")
    return Item(title=tally.list_address, lines=(came, tells), buttons=())


def listing(
    language: Language,
    cards: Sequence[AddressCard],
    house: House,
    *,
    shared: Sequence[SharedTally] = (),
    note: str = "",
) -> Shown:
    """Return every address that is in doubt, as far as the reader may see it.

    `shared` is what came back that is nobody's, by list; for coordinators.
    """
    return items.listing(
        language,
        say(language, "Addresses that mail does not reach"),
        [
            *(shared_item(language, tally) for tally in shared),
            *(item(language, card, house) for card in cards),
        ],
        empty=say(language, "Mail reaches everybody, as far as we know."),
        note=note,
    )
