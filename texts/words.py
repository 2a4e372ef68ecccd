"""Say a sentence in a language, with its facts filled in. Letters and doors call this.

A sentence is our own: written in English in the source, `{name}` where a fact goes, and
`{name:thread|threads}` where a number goes with what is counted. A fact is somebody else's: it is
put in as it is, and never read as a format.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, tzinfo
from functools import lru_cache
from string import Formatter

from texts.catalogue import catalogue
from texts.languages import Language
from texts.moments import clock_time, day, listed, moment, number


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for the mark
    """Mark a message for translation where it stands; whoever shows it calls `say`."""
    return message


def say(language: Language, message: str, /, **facts: object) -> str:
    """Return the message in the language, its `{placeholders}` filled with the facts.

    Moments, days, clock times, numbers and lists of strings are written as the language does;
    anything else by `str`. Moments must be local.

    Raises: KeyError if a placeholder has no fact; TypeError if a fact is None or a bool, which
    have no words; ValueError if a moment is not local.
    """
    return _filled(language, catalogue(language).gettext(message), facts)


def say_many(language: Language, one: str, many: str, n: int, /, **facts: object) -> str:
    """Return the form for n things in the language; `{n}` is n, the other facts as in `say`."""
    return _filled(language, catalogue(language).ngettext(one, many, n), {**facts, "n": n})


def local(facts: Mapping[str, object], zone: tzinfo) -> dict[str, object]:
    """Return the facts with every moment in the zone: `say(…, **local(refusal.facts, zone))`."""
    return {
        name: fact.astimezone(zone) if isinstance(fact, datetime) else fact
        for name, fact in facts.items()
    }


def placeholders(message: str) -> set[str]:
    """Return the names of the facts that a message needs."""
    return {name for _, name, _ in _parts(message) if name}


def _filled(language: Language, message: str, facts: Mapping[str, object]) -> str:
    said: list[str] = []
    after_day = False
    for literal, name, counted in _parts(message):
        # "It closes {day}." must not end in two full stops after "tir. 1. des.".
        said.append(literal[1:] if after_day and literal.startswith(".") else literal)
        words = in_words(language, facts[name]) if name else ""
        if counted and name:
            words = f"{words} {counted[facts[name] != 1]}"
        after_day = words.endswith(".") and isinstance(facts.get(name or ""), date)
        said.append(words)
    return "".join(said)


@lru_cache(maxsize=4096)
def _parts(message: str) -> tuple[tuple[str, str | None, list[str]], ...]:
    """Take a message apart: what stands before a fact, its name, one and many of what it counts."""
    parts = []
    for literal, name, spec, conversion in Formatter().parse(message):
        counted = spec.split("|") if spec else []
        if name is not None and (conversion or not name.isidentifier() or len(counted) == 1):
            raise ValueError(f"a placeholder is a name in braces, or with one|many: {message}")
        parts.append((literal, name, counted))
    return tuple(parts)


def in_words(language: Language, fact: object) -> str:
    """Return a fact as the language writes it; raises as `say` does."""
    match fact:
        case str():
            return str(fact)
        case None | bool():
            raise TypeError(f"{fact} cannot be said: choose another message instead")
        case int() | float():
            return number(language, fact)
        case datetime():
            return moment(language, fact)
        case date():
            return day(language, fact)
        case time():
            return clock_time(language, fact)
        case list() | tuple():
            return listed(language, [str(item) for item in fact])
        case _:
            return str(fact)
