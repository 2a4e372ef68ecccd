"""The translations of one language, read straight from its .po file.

There is no compiled file that could be stale. A thousand messages take some 40 ms, once, when
the language is first spoken.
"""

import gettext
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from texts.languages import Language

_HERE: Final = Path(__file__).parent


class Catalogue(gettext.NullTranslations):
    """Translations in memory; a message without one is said in English."""

    def __init__(self, catalog: Catalog) -> None:
        super().__init__()
        self._single: dict[str, str] = {}
        self._plural: dict[tuple[str, str], tuple[str, str]] = {}
        for message in catalog:
            forms = _forms(message)
            if not all(forms):
                continue
            if isinstance(message.id, str):
                self._single[message.id] = forms[0]
            else:
                self._plural[message.id[0], message.id[1]] = forms[0], forms[1]

    def gettext(self, message: str) -> str:
        """Return the translation, else the message itself."""
        return self._single.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the form for n things; both our languages count one and not one."""
        one, many = self._plural.get((msgid1, msgid2), (msgid1, msgid2))
        return one if n == 1 else many


def _forms(message: Message) -> tuple[str, ...]:
    """Return the translations to use, one for each form of the message; "" where none is."""
    if not message.id or message.fuzzy or not message.string:
        return ("",)
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def path_of(language: Language) -> Path:
    """Return where the translations of a language are kept."""
    return _HERE / language / "LC_MESSAGES" / "samband.po"


def read(path: Path, language: Language) -> Catalog:
    """Return the translations of a .po file, none if it is not there yet."""
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


@cache
def catalogue(language: Language) -> Catalogue:
    """Return the translations of a language; English is its own."""
    if language == "en":
        return Catalogue(Catalog(locale="en"))
    return Catalogue(read(path_of(language), language))
