"""What can be typed, and the nearest right word for a wrong one."""

from collections.abc import Sequence

from bot.blocks import kit
from bot.blocks.kit import Shown
from texts import Language, say


def listing(language: Language, lines: Sequence[tuple[str, str]], *, name: str) -> Shown:
    """Return every command with one sentence each."""
    title = say(language, "{name}: what you can type", name=name)
    blocks = [
        kit.header(title),
        *kit.facts(lines),
        kit.small(say(language, "Everything here has buttons too: open the Home tab of the app.")),
    ]
    return kit.message(blocks, title)


def unknown(language: Language, typed: str, near: str | None) -> Shown:
    """Say that a word means nothing here, which one was perhaps meant, and where all are."""
    parts = [say(language, "“{typed}” means nothing here.", typed=kit.cut(typed, 60))]
    if near is not None:
        parts.append(say(language, "Did you mean /postdoc {word}?", word=near))
    parts.append(say(language, "Type /postdoc help to see everything."))
    words = " ".join(parts)
    return kit.message([kit.words(words)], words)
