"""What a moderator's answer says: decisions, line by line, or words for people.

About posts (`read`) or about one person who wants to join (`read_about_one`). Pure; in time linear
to the text. A decision about posts is a line of nothing but words and numbers, in either order
("accept 1 3", "1 ok, 2 return too long"); behind `return` stands a reason. Where the first line is
none, or one post is named twice, all of it is passed on and decides nothing.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

from community.docket_replies import Said
from community.quotes import GAP, own_words

#: Higher numbers than this are in no docket.
MOST: Final = 200
MOST_SIGNS: Final = 2_000
MOST_LINE: Final = 500
WORDS: Final = {
    "accept": "accept",
    "approve": "accept",
    "ok": "accept",
    "godkjenn": "accept",
    "godkjent": "accept",
    "godta": "accept",
    "digest": "digest",
    "oppsamling": "digest",
    "return": "return",
    "returner": "return",
    "retur": "return",
    "discard": "discard",
    "forkast": "discard",
    "slett": "discard",
    "trust": "trust",
    "stol": "trust",
    "claim": "claim",
    "ta": "claim",
}
ALL: Final = ("all", "alle", "alt")
_NUMBERS = re.compile(r"(\d{1,3})(?:\s?[-–]\s?(\d{1,3}))?[.,;:)]?")
_LEADING = re.compile(r"[\s,;:]+")
#: What may stand between a number and its word, or between two decisions.
_BETWEEN = re.compile(r"(?:[\s,;:.!=–-]|\b(?:and|og)\s|&)*", re.IGNORECASE)
#: A decision that stands behind the reason of another: nobody can say where the reason ends.
_BURIED = re.compile(
    rf"[,;.]\s*(?:\d{{1,3}}\s*[:.)–-]?\s*(?:{'|'.join(WORDS)})"
    rf"|(?:{'|'.join(WORDS)})\s+\d{{1,3}})[\s.,;!]*(?:$|[,;])",
    re.IGNORECASE,
)
#: Our own signed addresses, which are not for everybody's eyes.
_ADDRESS = re.compile(r"\breply\+[^\s@<>]{1,120}@[^\s<>]{1,250}", re.IGNORECASE)


#: What a moderator answers about one person, alone in the first line.
YES: Final = (
    *("yes", "yes please", "approve", "approved", "accept", "accepted", "ok", "okay"),
    *("let them join", "let them in", "slipp inn"),
    *("ja", "ja takk", "ja gjerne", "godkjenn", "godkjent", "godta"),
)
#: Behind these a reason may stand; behind the first only after a sign: "no problem" is no no.
NO: Final = ("no", "nope", "no thanks", "say no", "nei", "nei takk", "si nei")
REJECT: Final = ("reject", "rejected", "decline", "declined", "avslå", "avslag", "avvis", "avvist")
_NO: Final = re.compile(
    rf"(?:(?:{'|'.join(sorted(NO, key=len, reverse=True))})(?:\s*[.,;:!]|\s+[-–—]|$)"
    rf"|(?:{'|'.join(REJECT)})\b[.,;:!]?)\s*(?P<reason>.*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an answer says."""

    #: None where it is no decision.
    said: tuple[Said, ...]
    text: str


def read(text: str, *, name: str = "") -> Answer:
    """Read the text of a mail that answers a docket; a line of `name` alone begins a signature."""
    own = _own(text)
    said = _decisions(_unsigned(own, name))
    return Answer(said=tuple(said) if _is_clear(said) else (), text=own[:MOST_SIGNS])


def read_about_one(text: str, *, name: str = "") -> Answer:
    """Read the text of a mail that says yes or no to one person: a word in the first line.

    Behind a no stands the reason, in its line and those below. A yes with more words in its line,
    or a no below it, is none.
    """
    own = _own(text)
    first, *below = [line.strip().strip("*_>").strip() for line in _unsigned(own, name)] or [""]
    no, others = _NO.fullmatch(first), [_NO.fullmatch(line) for line in below]
    is_yes = first.rstrip(".!, ").casefold() in YES
    said: tuple[Said, ...] = ()
    if is_yes and not any(others):
        said = (Said(verb="accept"),)
    elif no is not None and not any(line.rstrip(".!, ").casefold() in YES for line in below):
        reason = "\n".join((no["reason"], *(line for line in below if line != GAP))).strip()
        said = (Said(verb="decline", reason=reason[:MOST_SIGNS]),)
    return Answer(said=said, text=own[:MOST_SIGNS])


def _own(text: str) -> str:
    own = own_words(text)
    return _ADDRESS.sub(GAP, "" if own == GAP else own).strip()


def _unsigned(own: str, name: str) -> list[str]:
    lines = own.split("\n")
    names = {name.casefold(), name.casefold().partition(" ")[0]} - {""}
    signed = (n for n, line in enumerate(lines) if line.strip(" ,-–.").casefold() in names)
    return lines[: next(signed, len(lines))]


def _decisions(lines: list[str]) -> list[Said]:
    found: list[Said] = []
    for line in lines:
        said = _line(line)
        if said and (not found or all(map(_is_exact, said))):
            found += said
        elif not found:
            return []
        elif found[-1].verb == "return" and line.strip() != GAP:
            found[-1] = replace(found[-1], reason=f"{found[-1].reason}\n{line}")
    return [replace(each, reason=each.reason.strip()[:MOST_SIGNS]) for each in found]


def _is_exact(said: Said) -> bool:
    return bool(said.numbers) or said.is_all


def _is_clear(said: list[Said]) -> bool:
    """Say whether each decision names its posts, and none is named twice."""
    if len(said) < 2:
        return True
    named = Counter(number for each in said for number in set(each.numbers))
    return all(each.numbers for each in said) and max(named.values()) == 1


def _line(line: str) -> list[Said]:
    """Read a line that is nothing but decisions; none where anything else is in it."""
    left = line.strip().strip("*_>").strip()
    if len(left) > MOST_LINE:
        return []
    found: list[Said] = []
    is_before = left[:1].isdigit()
    while left:
        said, left = _first(left, is_before=is_before)
        if said is None or (found and not _is_exact(said)):
            return []
        found.append(said)
    return found


def _first(left: str, *, is_before: bool) -> tuple[Said | None, str]:
    """Read the first decision of a line, its numbers before its word or behind; and what is left.

    None where there is none, or where nobody can say where its reason ends.
    """
    numbers: tuple[int, ...] = ()
    is_all = False
    if is_before:
        numbers, left = _numbers(left)
        left = left[_BETWEEN.match(left).end() :]  # type: ignore[union-attr]  # it always matches
    word, _, left = left.partition(" ")
    verb = WORDS.get(word.strip("*_.,:;!").casefold(), "")
    if not verb or is_before is not bool(numbers):
        return None, ""
    if not is_before:
        numbers, is_all, left = _all_or_numbers(left)
    if verb != "return":
        left = left[_BETWEEN.match(left).end() :]  # type: ignore[union-attr]
        return Said(verb=verb, numbers=numbers, is_all=is_all), left
    reason = left.strip() if is_before else left
    if _BURIED.search(reason):
        return None, ""
    return Said(verb=verb, numbers=numbers, is_all=is_all, reason=reason), ""


def _all_or_numbers(behind: str) -> tuple[tuple[int, ...], bool, str]:
    """Return which numbers stand in front, whether all are meant, and what is left."""
    left = behind.strip().rstrip("!").strip()
    word = left.split(" ", 1)[0].rstrip(".,:;").casefold() if left else ""
    if word in ALL:
        return (), True, _LEADING.sub("", left[len(word) :], count=1).lstrip(".")
    numbers, left = _numbers(left)
    return numbers, False, left


def _numbers(left: str) -> tuple[tuple[int, ...], str]:
    """Return which numbers stand in front, and what is left."""
    numbers: list[int] = []
    while found := _NUMBERS.match(left):
        behind_it = left[found.end() :]
        if behind_it and not behind_it[0].isspace() and left[found.end() - 1] not in ".,;:)":
            break  # "3D printers" is a reason
        first, last = int(found.group(1)), int(found.group(2) or found.group(1))
        numbers += range(first, min(last, MOST) + 1)
        left = behind_it.strip()
        for joining in ("and ", "og ", "& "):
            left = left.removeprefix(joining)
    return tuple(numbers[:MOST]), left
