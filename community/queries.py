"""What somebody types to search: words, “phrases”, from:, list:, before:, after:. Pure.

Anything can be typed; what is no filter is a word. Norwegian names of the filters do the same.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from community import stems, topics
from community.errors import Refusal
from community.topics import Topic

MOST_SIGNS: Final = 300
MOST_TERMS: Final = 12

_TERM: Final = re.compile(
    r'(?:([A-Za-zæøåÆØÅ]{2,8}):)?(?:["“”«»]([^"“”«»]*)["“”«»]?|([^\s"“”«»]+))'
)
#: What the filters are called, in both languages.
_FILTERS: Final = {
    "from": "from",
    "fra": "from",
    "list": "list",
    "liste": "list",
    "before": "before",
    "før": "before",
    "after": "after",
    "etter": "after",
    "topic": "topic",
    "tema": "topic",
    "emne": "topic",
}
_TOPICS: Final = ", ".join("/".join(words[:2]) for words in topics.LABELS.values())
_DAY: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_NORDIC_DAY: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")

#: Whole, also between angle brackets, as it is copied out of a mail.
_ADDRESS: Final = re.compile(r"<?([^\s@<>]+@[^\s@<>]+\.[^\s@<>.,;]+)>?[.,;]?")

#: The stems of one word, or of several that stand together in this order.
Phrase = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is looked for; everything in it must be true of a post."""

    phrases: tuple[Phrase, ...] = ()
    #: In the author's name.
    authors: tuple[Phrase, ...] = ()
    #: Of its author, lower case.
    emails: tuple[str, ...] = ()
    #: An address that its author has, or that stands in it.
    addresses: tuple[tuple[str, Phrase], ...] = ()
    #: Name or address of a list; empty for all.
    list_name: str = ""
    #: Of its thread; None for any.
    topic: Topic | None = None
    #: Local days: before this one, and from this one on.
    before: date | None = None
    after: date | None = None

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is asked."""
        return self == Query()

    @property
    def stems(self) -> frozenset[str]:
        """Return every stem that a reader would like to see marked."""
        named = (phrase for _, phrase in self.addresses)
        return frozenset(stem for phrase in (*self.phrases, *named) for stem in phrase)


def read(text: str) -> Query:
    """Read what was typed.

    Raises:
        Refusal: a day after before: or after: that is none, or no topic after topic:; signs alone,
            in which there is no word.
    """
    words = _Words()
    list_name, days, topic = "", dict[str, date](), None
    for match in list(_TERM.finditer(text[:MOST_SIGNS]))[:MOST_TERMS]:
        name, quoted, word = match.groups()
        value = (word if quoted is None else quoted).strip()
        kind = _FILTERS.get((name or "").lower(), "")
        if kind == "list":
            list_name = value.lower()
        elif kind in ("before", "after"):
            days[kind] = _day(value)
        elif kind == "topic":
            topic = _topic(value)
        elif kind == "from":
            words.by(value)
        else:  # `kl:12` is two words that stand together
            words.say(match.group() if name else value)
    query = Query(
        phrases=tuple(dict.fromkeys(filter(None, words.phrases))),
        authors=tuple(dict.fromkeys(filter(None, words.authors))),
        emails=tuple(dict.fromkeys(words.emails)),
        addresses=tuple(dict.fromkeys(words.addresses)),
        list_name=list_name,
        topic=topic,
        before=days.get("before"),
        after=days.get("after"),
    )
    if text.strip() and query.is_empty:
        raise Refusal("There is no word in that to look for.")
    return query


class _Words:
    """What was typed of the words of a post, and of who wrote it."""

    def __init__(self) -> None:
        self.phrases: list[Phrase] = []
        self.authors: list[Phrase] = []
        self.emails: list[str] = []
        self.addresses: list[tuple[str, Phrase]] = []

    def by(self, author: str) -> None:
        """Look for an author, by address or name."""
        if email := _email(author):
            self.emails.append(email)
        else:
            self.authors.append(tuple(stems.of(author.partition("@")[0])))

    def say(self, value: str) -> None:
        """Look for words, or for what has to do with an address."""
        phrase = tuple(stems.of(value))
        if email := _email(value):
            self.addresses.append((email, phrase))
        else:
            self.phrases.append(phrase)


def _email(value: str) -> str:
    """Return the address that was typed, as it is stored; empty if it is none."""
    match = _ADDRESS.fullmatch(value)
    return match[1].lower() if match else ""


def _topic(value: str) -> Topic:
    topic = topics.named(value.strip("[]"))
    if topic is None:
        raise Refusal("“{value}” is no topic. There is: {known}.", value=value, known=_TOPICS)
    return topic


def _day(value: str) -> date:
    nordic = _NORDIC_DAY.fullmatch(value)
    match = _DAY.fullmatch(value)
    try:
        if nordic is not None:
            day, month, year = (int(part) for part in nordic.groups())
            return _sane(date(year, month, day))
        if match is not None:
            year, month, day = (int(part or 1) for part in match.groups())
            return _sane(date(year, month, day))
    except ValueError:
        pass
    raise Refusal("“{value}” is no day. Write it like this: 2026-09-01, or 2026-09.", value=value)


def _sane(day: date) -> date:
    """Refuse the first and last days there are: they have no midnight in every time zone."""
    if not date.min + timedelta(days=2) < day < date.max - timedelta(days=2):
        raise ValueError("out of range")
    return day
