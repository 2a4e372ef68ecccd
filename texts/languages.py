"""The languages we speak. English is the source; the others are complete or the tests fail."""

from typing import Final, Literal

Language = Literal["en", "nb"]

LANGUAGES: Final[tuple[Language, ...]] = ("en", "nb")

#: Readers of Norwegian in any spelling, and neighbours who read it with ease.
_READ_BOKMAAL: Final = frozenset({"nb", "no", "nn", "da", "sv"})


def language_of(tag: str, default: Language = "en") -> Language:
    """Return the language of ours nearest to a tag such as `nb-NO`, `en_US` or `nn`."""
    primary = tag.strip().replace("_", "-").partition("-")[0].lower()
    if primary in _READ_BOKMAAL:
        return "nb"
    return "en" if primary == "en" else default
