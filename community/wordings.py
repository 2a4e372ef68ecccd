"""What the words of a mail are for: a wish to leave, thanks and no more, pages of quotes.

Pure, total, and in time linear to what is read; only short mails are looked at word by word. What
is in doubt is a post: a wish that went out does less harm than a post that did not.
"""

import re
from collections.abc import Mapping
from typing import Final

from community.cases import StrayWish
from community.quotes import own_words

#: Who writes more says more than a wish or thanks.
MOST_WORDS: Final = 25
#: A longer text is not read for them; it holds more than so many words, or nothing that we know.
_MOST_SIGNS: Final = 2_000
_WORD: Final = re.compile(r"\+1|[^\W_]+(?:[-’'][^\W_]+)*")
_REPLY: Final = re.compile(r"^\s*(?:(?:re|sv|vs|aw|svar|fwd?|vb)\s*:|\[[^\[\]]{1,80}\])\s*", re.I)
_HAPPY: Final = frozenset("👍🙏❤🎉👏😊🙂💯🥳😀😃😍✅🙌💐")


def _those(words: str) -> frozenset[str]:
    return frozenset(words.split())


_LEAVE: Final = _those("unsubscribe remove signoff sign-off avmeld avmelding fjern avslutt")
_JOIN: Final = _those("subscribe join signon sign-on påmelding abonner")
_PAIRS: Final[Mapping[tuple[str, ...], StrayWish]] = {
    ("sign", "off"): StrayWish.LEAVE,
    ("opt", "out"): StrayWish.LEAVE,
    ("take", "off"): StrayWish.LEAVE,
    ("meld", "av"): StrayWish.LEAVE,
    ("meld", "ut"): StrayWish.LEAVE,
    ("melde", "av"): StrayWish.LEAVE,
    ("ta", "av"): StrayWish.LEAVE,
    ("avslutt", "abonnement"): StrayWish.LEAVE,
    ("avslutt", "abonnementet"): StrayWish.LEAVE,
    ("sign", "up"): StrayWish.JOIN,
    ("meld", "på"): StrayWish.JOIN,
    ("meld", "inn"): StrayWish.JOIN,
}
_ALONE: Final[Mapping[tuple[str, ...], StrayWish]] = {
    **{(word,): StrayWish.LEAVE for word in _LEAVE},
    **{(word,): StrayWish.JOIN for word in _JOIN},
    ("help",): StrayWish.HELP,
    ("hjelp",): StrayWish.HELP,
}
#: What is said around a wish without changing it.
_AROUND: Final = _those("""
    please pls kindly hi hello hei dear all list lists mailing mailinglist mail email e-mail me my i
    from this the to of can could would want wish like your address postdoc postdocs thanks thank
    you regards best kind cheers now and it be
    vennligst kjære alle liste listen lista listene e-post e-postliste e-postlisten epostliste
    epostlisten adresse adressen meg min jeg ønsker vil gjerne å fra denne dette den til dere du kan
    kunne takk hilsen mvh vennlig beste nå og være bli
""")

_THANKS: Final = _those("""
    thanks thank thx ty cheers congratulations congrats agreed agree seconded ditto likewise +1
    takk tusentakk gratulerer enig likeså bravo hurra hurray
""")
_ME_TOO: Final = frozenset({"me too", "same here", "so do i", "jeg også", "meg også", "samme her"})
_ALONG: Final = _those("""
    you so very much many a lot all i me too do same here for that this sharing info information
    great nice cool good wonderful super excellent lovely perfect awesome brilliant well done indeed
    totally fully completely absolutely yes with hi hello dear everyone best kind warm regards
    wishes really appreciate appreciated it is the your
    tusen mange skal du ha deg dere for det dette så mye flott fint bra supert kjempebra nydelig
    nyttig perfekt veldig hjertelig helt samme her på vegne av oss alle hei kjære hilsen mvh vennlig
    beste med ja jeg meg også er informasjonen tipset delingen
""")


def wish_of(subject: str, text: str) -> StrayWish:
    """Say what a mail asks of whoever runs the list, if it asks nothing else."""
    own = _words(own_words(text) if len(text) <= _MOST_SIGNS else None)
    if own is None:
        return StrayWish.NONE
    said, named = _wish(own), _wish(_words(bare_of_marks(subject)) or ())
    if said is StrayWish.LEAVE or (said and said is named):
        return said
    is_plain = not own or named in (StrayWish.LEAVE, StrayWish.JOIN) or said is not StrayWish.NONE
    return named if is_plain else StrayWish.NONE


def is_thanks(text: str, name: str = "") -> bool:
    """Say whether an answer only thanks or agrees; `name` is its author’s, who may sign with it."""
    if len(text) > _MOST_SIGNS and len(own := own_words(text)) > _MOST_SIGNS:
        return False
    own = own_words(text)
    words = _words(own)
    if words is None:
        return False
    if not words:
        return not _HAPPY.isdisjoint(own)
    is_said = not _THANKS.isdisjoint(words) or any(
        " ".join(words[at : at + length]) in _ME_TOO
        for at in range(len(words))
        for length in (2, 3)
    )
    signed = {word.casefold() for word in _WORD.findall(name)}
    return is_said and "?" not in own and set(words) <= _THANKS | _ALONG | signed


def lines(text: str) -> tuple[int, int]:
    """Count the lines that say something: the author’s own, and those quoted with `>`."""
    said = [line for line in text.splitlines() if line.strip()]
    quoted = sum(line.startswith(">") for line in said)
    return len(said) - quoted, quoted


def bare_of_marks(subject: str) -> str:
    """Return a subject without reply marks and tags in front."""
    while (mark := _REPLY.match(subject)) is not None:
        subject = subject[mark.end() :]
    return subject.strip()


def _wish(words: tuple[str, ...]) -> StrayWish:
    kept = tuple(word for word in words if word not in _AROUND)
    return _ALONE.get(kept, StrayWish.NONE) or _PAIRS.get(kept, StrayWish.NONE)


def _words(text: str | None) -> tuple[str, ...] | None:
    """Return the words, lower case; None if they are too many."""
    if text is None or len(text) > _MOST_SIGNS:
        return None
    found = _WORD.findall(text)
    return tuple(map(str.casefold, found)) if len(found) <= MOST_WORDS else None
