"""Announcements in Slack: the form, the preview as each language gets it, and the list."""

from collections.abc import Sequence

from bot.blocks import answers, items, kit, letters
from bot.blocks.gatherings import AUDIENCES, audience_menu
from bot.blocks.items import Item
from bot.blocks.kit import Json, Shown
from bot.blocks.letters import pressable
from community.announcements import AnnouncementCard, Preview
from letters import announcements as words_of
from letters.actions import button
from letters.letter import House
from texts import LANGUAGES, N_, Language, moment, say, say_many

LANGUAGE_NAMES = {"en": N_("English"), "nb": N_("Norwegian")}
STATES = {
    "drafted": N_("Draft"),
    "scheduled": N_("Goes out {when}"),
    "sent": N_("Sent {when}"),
    "cancelled": N_("Cancelled"),
}


def form(language: Language) -> Json:
    """Return the form of an announcement in both languages."""
    fields = []
    for tongue in LANGUAGES:
        named = {"language": say(language, LANGUAGE_NAMES[tongue])}
        title = say(language, "Title ({language})", **named)
        body = say(language, "Text ({language})", **named)
        fields.append(kit.asked(f"title_{tongue}", title, kit.line(), optional=True))
        fields.append(kit.asked(f"body_{tongue}", body, kit.text(), optional=True))
    return kit.modal(
        "announcement.draft",
        say(language, "New announcement"),
        [
            kit.asked("audience", say(language, "For whom"), audience_menu(language)),
            *fields,
            kit.small(say(language, "Next you see how it reads and who gets it.")),
        ],
        submit=say(language, "Preview"),
        close=say(language, "Close"),
    )


def preview(language: Language, shown: Preview) -> Json:
    """Return an announcement as its readers get it, how many they are, and when to send it."""
    card = shown.card
    blocks: list[Json] = []
    for tongue in LANGUAGES:
        counted = say_many(
            language,
            "{n} person reads this in {language}",
            "{n} people read this in {language}",
            shown.receivers[tongue],
            language=say(language, LANGUAGE_NAMES[tongue]),
        )
        blocks += [kit.words(counted), *_as_read(card, tongue), kit.divider()]
    return kit.modal(
        "announcement.schedule",
        say(language, "Preview"),
        [
            kit.facts([(say(language, "For whom"), say(language, AUDIENCES[card.audience]))])[0],
            *blocks,
            kit.asked("send_at", say(language, "When it goes out"), kit.moment(card.send_at)),
            kit.small(say(language, "Nobody hears of it before. You can cancel it until then.")),
        ],
        submit=say(language, "Schedule"),
        close=say(language, "Keep as draft"),
        kept={"id": card.announcement_id},
    )


def _as_read(card: AnnouncementCard, tongue: Language) -> list[Json]:
    if tongue not in card.written:
        return [kit.small("–")]
    letter = words_of.as_read(card, tongue)
    return [block for block in letters.shown(letter).blocks if block["type"] != "actions"]


def scheduled(language: Language, card: AnnouncementCard, house: House) -> Json:
    """Return what takes the preview's place."""
    assert card.send_at is not None  # noqa: S101 - it is scheduled
    when = moment(language, house.local(card.send_at))
    words = say(language, "Scheduled: it goes out {when}, once, to everybody it is for.", when=when)
    return answers.closing(language, words)


def item(language: Language, card: AnnouncementCard, house: House) -> Item:
    """Return an announcement with what a coordinator can do about it."""
    title = card.words(language).title
    when = moment(language, house.local(card.send_at)) if card.send_at else "–"
    buttons: list[Json] = []
    if card.state == "drafted":
        shown = say(language, "Preview and schedule")
        buttons.append(kit.button(shown, "announcement.schedule", str(card.announcement_id)))
    if card.state in ("drafted", "scheduled"):
        cancel = button(language, "announcement.cancel", card.announcement_id)
        buttons.append(pressable(language, cancel))
    lines = (say(language, STATES[card.state], when=when), say(language, AUDIENCES[card.audience]))
    return Item(title=title, lines=lines, buttons=tuple(buttons))


def listing(
    language: Language, cards: Sequence[AnnouncementCard], house: House, *, note: str = ""
) -> Shown:
    """Return the announcements, the newest first."""
    return items.listing(
        language,
        say(language, "Announcements"),
        [item(language, card, house) for card in cards],
        empty=say(language, "There is no announcement yet."),
        note=note,
        below=[kit.button(say(language, "New announcement"), "announcement.draft")],
    )
