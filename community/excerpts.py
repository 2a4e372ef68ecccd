"""The few words of a post that show why it was found, with the found ones told apart. Pure."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from community import stems

#: About so many signs are shown.
LENGTH: Final = 220
#: So many signs stand before the first word that was found.
_LEAD: Final = 40
#: Only the beginning of very long posts is looked through.
_LOOKED_AT: Final = 20_000


@dataclass(frozen=True)
class Piece:
    """Some words, and whether they were looked for. Untrusted."""

    text: str
    is_hit: bool = False


def own_words(text: str) -> str:
    """Return what the author wrote: without what is quoted, in one line."""
    return " ".join(unquoted(text).split())


def unquoted(text: str) -> str:
    """Return a text without what is quoted."""
    if ">" not in text:
        return text
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(">"))


def marked(text: str, wanted: frozenset[str]) -> tuple[Piece, ...]:
    """Return all of a short text in pieces."""
    return _pieces(text, [(a, b) for a, b, stem in stems.places(text) if stem in wanted])


def excerpt(text: str, wanted: frozenset[str]) -> tuple[Piece, ...]:
    """Return the part of a text in which most of the wanted words stand, in pieces."""
    words = own_words(text[:_LOOKED_AT])
    hits = [found for found in stems.places(words) if found[2] in wanted]
    start = max(0, _best(hits) - _LEAD)
    if start:
        start = words.find(" ", start) + 1
    end = start + LENGTH
    if end < len(words):
        end = max(words.rfind(" ", start, end), start + LENGTH // 2)
    spans = [(a - start, b - start) for a, b, _ in hits if start <= a and b <= end]
    pieces = _pieces(words[start:end], spans)
    before = (Piece("… "),) if start else ()
    after = (Piece(" …"),) if end < len(words) or len(text) > _LOOKED_AT else ()
    return (*before, *pieces, *after)


def _best(hits: list[tuple[int, int, str]]) -> int:
    """Return where the stretch with the most different wanted words begins; the first of equals."""
    best, most, first = 0, 0, 0
    inside: Counter[str] = Counter()
    for start, end, stem in hits:
        inside[stem] += 1
        while end - hits[first][0] > LENGTH - _LEAD and hits[first][0] < start:
            inside[hits[first][2]] -= 1
            inside += Counter()  # forget those that are not inside any more
            first += 1
        if len(inside) > most:
            best, most = hits[first][0], len(inside)
    return best


def _pieces(text: str, hits: list[tuple[int, int]]) -> tuple[Piece, ...]:
    made, at = [], 0
    for start, end in hits:
        made += [Piece(text[at:start]), Piece(text[start:end], is_hit=True)]
        at = end
    return tuple(piece for piece in (*made, Piece(text[at:])) if piece.text)


def one_line(pieces: tuple[Piece, ...]) -> str:
    """Return pieces as plain text."""
    return "".join(piece.text for piece in pieces)
