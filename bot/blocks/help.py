"""What can be typed, grouped by what one wants; and the nearest right words for a wrong one."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.blocks import items, kit
from bot.blocks.kit import Json, Shown
from texts import N_, Language, say


class Group(StrEnum):
    """What one wants; the value is the heading."""

    LIST = N_("The mailing list")
    PEOPLE = N_("You and others")
    MEETUPS = N_("Meetups")
    MENTORING = N_("Mentoring")
    GATHERINGS = N_("Gatherings")
    MODERATORS = N_("For moderators")
    COORDINATORS = N_("For coordinators")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that can be typed, and the button that stands for it."""

    group: Group
    typed: str
    does: str
    button: Json


def runs(word: str, label: str) -> Json:
    """Return the button that stands for typing a word."""
    return kit.button(label, f"command.run.{word}", word)


def listing(language: Language, lines: Sequence[Line], *, name: str) -> Shown:
    """Return every command with one sentence and a button each, under the headings."""
    title = say(language, "{name}: what you can do", name=name)
    blocks = [kit.header(title)]
    for group in Group:
        those = [line for line in lines if line.group is group]
        if those:
            blocks.append(items.bold(say(language, group)))
            blocks += kit.facts([(line.typed, line.does) for line in those])
            blocks += kit.rows(line.button for line in those)
    home = say(language, "Everything here is on the Home tab of the app too.")
    return kit.message([*blocks, kit.small(home)], title)


def unknown(language: Language, typed: str, near: Sequence[Json]) -> Shown:
    """Say that a word means nothing here, and offer those that were perhaps meant."""
    parts = [say(language, "“{typed}” means nothing here.", typed=kit.cut(typed, 60))]
    if near:
        parts.append(say(language, "Did you mean one of these?"))
    words = " ".join(parts)
    return kit.message(
        [kit.words(words), *kit.rows([*near, runs("help", say(language, "Show everything"))])],
        words,
    )
