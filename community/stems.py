"""Words as the search knows them: folded to plain letters and without their endings. Pure.

Posts are in English and in Norwegian, often in both, and a question does not say in which; so one
list of endings serves both, and each word has one stem. Both databases are given the stems, and so
answer alike. Used by `searches.py` for what is kept, for questions, and for marking what was found.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
#: Longer words are addresses, keys or noise.
MOST_SIGNS: Final = 40
#: The stems of so many pieces of texts are kept at hand.
_KEPT: Final = 20_000
#: What NFKD does not take apart; æøå are typed as ae, o or oe, a or aa.
_LETTERS: Final = str.maketrans(
    {"æ": "ae", "ø": "o", "å": "a", "ß": "ss", "ð": "d", "þ": "th", "ł": "l", "đ": "d", "œ": "o"}
)
_DOUBLES: Final = (("aa", "a"), ("oe", "o"))
#: An ending, what takes its place, and how many letters must be left before it.
#: The first that fits is taken, so that the longer stand first.
_ENDINGS: Final = tuple(
    (ending, instead, least)
    for instead, least, endings in (
        ("", 3, "ingenes ingene ingens ingers erenes erene erens ernes"),
        ("", 3, "ingen inger ernes erens enes eren eret erne eres ings"),
        ("i", 2, "ies ied"),
        ("", 3, "ing ene ens ets ers ere"),
        ("", 4, "ly"),
        ("", 3, "en et er es ed"),
        ("", 4, "a"),
        ("i", 2, "y"),
        ("", 3, "e"),
    )
    for ending in endings.split()
)


def places(text: str) -> Iterator[tuple[int, int, str]]:
    """Give where each word of a text begins and ends, and its stem."""
    for match in _WORD.finditer(text):
        found = stem(match.group()[: MOST_SIGNS + 1])
        if found:
            yield match.start(), match.end(), found


def of(text: str) -> list[str]:
    """Return the stems of a text in order."""
    return list(chain.from_iterable(map(_STEMS_OF.__getitem__, text.split())))


class _Pieces(dict[str, tuple[str, ...]]):
    """The stems of what stands between blanks; most of it stood in another text before."""

    def __missing__(self, piece: str) -> tuple[str, ...]:
        found = tuple(word for _, _, word in places(piece))
        if len(piece) <= MOST_SIGNS:
            if len(self) >= _KEPT:
                self.clear()
            self[piece] = found
        return found


_STEMS_OF: Final = _Pieces()


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the stem of one word; "" of one that is too long to be meant."""
    if len(word) > MOST_SIGNS:
        return ""
    plain = folded(word)
    if not plain.isalpha():
        return plain
    for ending, instead, least in _ENDINGS:
        if plain.endswith(ending) and len(plain) - len(ending) >= least:
            plain = plain[: len(plain) - len(ending)] + instead
            break
    if plain.endswith("s") and len(plain) > 3:  # "kurs" and "kursene", "plans" and "plan"
        plain = plain[:-1]
    # "planning" and "plan", "grunnen" and "grunn": a double consonant at the end counts once.
    return plain[:-1] if len(plain) > 3 and plain[-1] == plain[-2] else plain


def folded(word: str) -> str:
    """Return a word in small letters without accents; æøå as one may type them elsewhere."""
    small = unicodedata.normalize("NFC", word).lower()
    if not small.isascii():
        apart = unicodedata.normalize("NFKD", small.translate(_LETTERS))
        small = "".join(sign for sign in apart if sign.isalnum()).translate(_LETTERS)
    for double, single in _DOUBLES:
        small = small.replace(double, single)
    return small
