"""Reads what a mail to a list's own addresses asks for: one table of words, in both languages.

Pure. The subject counts, or else the first line that is no greeting; a word that is nearly right is
named in the answer. What it does is in `community/mailed_commands.py`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from community import topics
from community.mailed_commands import Wish
from community.topic_choices import AS_LIST, TopicMode
from mailing import named_days
from mailing.intake import Facts

#: Each word of `community.mailed_commands`, in English and in Norwegian.
WORDS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "help": (("help", "info", "commands"), ("hjelp",)),
    "join": (
        ("join", "subscribe", "sign up"),
        ("bli med", "meld inn", "meld på", "meld meg inn", "meld meg på", "abonner"),
    ),
    "leave": (
        ("leave", "unsubscribe", "signoff", "sign off", "remove", "take me off"),
        ("meld ut", "meld av", "meld meg ut", "meld meg av", "avmeld", "avmelding", "slutt"),
    ),
    "rules": (("rules", "posting rules"), ("regler", "kjøreregler")),
    "settings": (("settings", "who am i", "whoami", "status"), ("innstillinger", "hvem er jeg")),
    "each": (("digest off", "each", "every post", "all posts"), ("oppsamling av", "hvert innlegg")),
    "digest": (("digest daily", "digest on", "digest"), ("oppsamling daglig", "oppsamling")),
    "weekly": (("digest weekly", "weekly"), ("oppsamling ukentlig", "ukentlig")),
    "followed": (("followed", "only followed"), ("bare fulgte", "fulgte")),
    "topic": (("topic",), ("tema", "emne")),
    "none": (("no mail", "nomail", "none"), ("ingen e-post", "ingen epost", "ingen")),
    "pause": (("pause until", "pause", "vacation"), ("pause til", "ferie til", "ferie")),
    "resume": (("resume", "end pause"), ("fortsett", "slutt på pause")),
    "language": (("language", "lang"), ("språk", "sprak")),
    "add_address": (("add address", "new address"), ("legg til adresse", "ny adresse")),
    "remove_address": (("remove address",), ("fjern adresse",)),
    "confirm": (("confirm", "yes", "ok"), ("bekreft", "ja")),
}
#: The words of an address stand for themselves: `postdocs-leave@`.
OF_ADDRESS: Final = {
    "join": "join",
    "subscribe": "join",
    "leave": "leave",
    "unsubscribe": "leave",
}
LANGUAGES: Final = {
    **dict.fromkeys(("en", "english", "engelsk"), "en"),
    **dict.fromkeys(("nb", "no", "nn", "bokmål", "norsk", "norwegian"), "nb"),
}
#: What may follow a topic: how its posts come.
TOPIC_MODES: Final = {
    **dict.fromkeys(("at once", "each", "straks", "med en gang"), TopicMode.EACH.value),
    **dict.fromkeys(
        ("digest", "in a digest", "oppsamling", "i oppsamling"), TopicMode.DIGEST.value
    ),
    **dict.fromkeys(
        ("none", "not at all", "no mail", "ingen", "ikke", "aldri"), TopicMode.NONE.value
    ),
    **dict.fromkeys(("as the others", "usual", "som de andre", "som ellers", "vanlig"), AS_LIST),
}
#: What follows these words counts; behind the others it is a name, a greeting or a signature.
WITH_VALUE: Final = ("pause", "language", "confirm", "add_address", "remove_address")
LIKENESS: Final = 0.7
_ADDRESS = re.compile(r"[^\s<>@:,;\"]+@[^\s<>@:,;\"]+")
_MARK = re.compile(r"^\s*(?:re|sv|vs|aw|svar|fwd?|vb)\s*:\s*", re.IGNORECASE)
_GREETING = re.compile(r"(?:hi|hello|dear|hei|hallo|god dag|kjære)\b", re.IGNORECASE)
MOST_SIGNS: Final = 60
#: So much of a mail shows in which language it is.
_BEGINNING: Final = 2_000


_PHRASES: Final = {
    phrase: (word, bool(place))
    for word, tongues in WORDS.items()
    for place, phrases in enumerate(tongues)
    for phrase in phrases
}
#: Longest first: `digest weekly` before `digest`.
_BY_LENGTH: Final = sorted(_PHRASES, key=len, reverse=True)


def wish(facts: Facts, *, sub: str, language: str) -> Wish:
    """Return what a mail to one of a list's own addresses asks for.

    `language` is the house's, for who writes in neither.
    """
    tongue = language_of(facts, language)
    if sub in OF_ADDRESS:
        return Wish(word=OF_ADDRESS[sub], language=tongue)
    lines = [line for line in (facts.subject, *first_lines(facts.text)) if line]
    for line in lines:
        found = read(line)
        if found is not None:
            return Wish(word=found[0], value=found[1], language=tongue)
    return Wish(word="", nearest=_nearest(lines), language=tongue)


def read(line: str) -> tuple[str, str] | None:
    """Return the word of a line and what follows it; None when it begins with no word of ours."""
    plain = _plain(line)
    for phrase in _BY_LENGTH:
        rest = plain.removeprefix(phrase)
        if plain.startswith(phrase) and not rest[:1].isalnum():
            word = _PHRASES[phrase][0]
            return word, _value(word, rest.strip(" :,"))
    return None


def _value(word: str, rest: str) -> str:
    if word == "language":
        return LANGUAGES.get(rest.partition(" ")[0], "")
    if word == "pause":
        return named_days.read(rest)
    if word in ("add_address", "remove_address"):
        found = _ADDRESS.search(rest)
        return found[0] if found else ""
    if word == "topic":
        return _topic_and_mode(rest)
    return rest.partition(" ")[0] if word in WITH_VALUE else ""


def _topic_and_mode(rest: str) -> str:
    """Return a topic and a mode as the community calls them; empty where one is not understood."""
    named, _, mode = rest.partition(" ")
    topic, chosen = topics.named(named.strip("[]:,")), TOPIC_MODES.get(mode.strip(" :,"), "")
    return f"{topic.value} {chosen}" if topic and chosen else ""


def first_lines(text: str) -> list[str]:
    """Return the line in which a mail may say what it wants: the first that is no greeting."""
    lines = [line.strip() for line in text.splitlines()[:20]]
    said = [line for line in lines if line and not line.startswith((">", "--"))]
    return [line for line in said if not _GREETING.match(line)][:1]


def _plain(line: str) -> str:
    while (mark := _MARK.match(line)) is not None:
        line = line[mark.end() :]
    return " ".join(line.casefold().split())[: 2 * MOST_SIGNS].strip(" .,!?:;\"'«»“”*_")


def _nearest(lines: list[str]) -> str:
    for line in lines:
        plain = _plain(line)[:MOST_SIGNS]
        for written in (plain, " ".join(plain.split()[:2]), plain.partition(" ")[0]):
            near = get_close_matches(written, _PHRASES, n=1, cutoff=LIKENESS)
            if near:
                return near[0]
    return ""


def language_of(facts: Facts, default: str) -> str:
    """Guess in which language to answer somebody unknown, by the words that they wrote."""
    begun = " ".join(facts.text[:_BEGINNING].casefold().split())[:500]
    written = f" {_plain(facts.subject)} {begun} "
    norwegian, english = _NORWEGIAN.said_in(written), _ENGLISH.said_in(written)
    if norwegian == english:
        return default
    return "nb" if norwegian > english else "en"


@dataclass(frozen=True)
class _Tongue:
    """Words and phrases of a language, apart: asked for every mail."""

    words: frozenset[str]
    phrases: tuple[str, ...]

    def said_in(self, written: str) -> int:
        """Count those that stand in a text with one blank between its words and around it."""
        phrases = sum(phrase in written for phrase in self.phrases)
        return len(self.words.intersection(written.split())) + phrases


def _tongue(*said: str) -> _Tongue:
    words = frozenset(each for each in said if " " not in each)
    return _Tongue(words, tuple(f" {each} " for each in set(said) - words))


_NORWEGIAN: Final = _tongue(
    *(phrase for phrase, (_, is_norwegian) in _PHRASES.items() if is_norwegian),
    *("jeg", "vil", "gjerne", "ikke", "meg", "på", "hilsen", "takk", "listen", "lista", "hei"),
)
_ENGLISH: Final = _tongue(
    *(phrase for phrase, (_, is_norwegian) in _PHRASES.items() if not is_norwegian),
    *("i", "would", "please", "the", "me", "thanks", "regards", "list", "hello", "to"),
)
