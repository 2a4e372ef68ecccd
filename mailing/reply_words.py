"""What a moderator's answer says: a decision in its first line, or words for people.

Pure; in time linear to the text. Only a first line that is nothing but a word, numbers and, behind
`return`, a reason is a decision: everything else is passed on and decides nothing.
"""

import re
from dataclasses import dataclass
from typing import Final

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
_NUMBERS = re.compile(r"(\d{1,3})(?:\s?[-–]\s?(\d{1,3}))?[.,;:]?")
_LEADING = re.compile(r"[\s,;:]+")
#: Our own signed addresses, which are not for everybody's eyes.
_ADDRESS = re.compile(r"\breply\+[^\s@<>]{1,120}@[^\s<>]{1,250}", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an answer says."""

    #: A key of `docket_replies.VERBS`; empty where it is no decision.
    verb: str
    numbers: tuple[int, ...]
    is_all: bool
    reason: str
    text: str


def read(text: str) -> Answer:
    """Read the text of a mail that answers a docket."""
    own = own_words(text)
    own = _ADDRESS.sub(GAP, "" if own == GAP else own).strip()
    first, _, rest = own.partition("\n")
    word, _, behind = first.strip().strip("*_>").strip().partition(" ")
    verb = WORDS.get(word.strip("*_.,:;!").casefold(), "")
    if verb and len(first) <= MOST_LINE:
        numbers, is_all, left = _numbers(behind)
        reason = (
            "\n".join(part for part in (left, rest.strip()) if part) if verb == "return" else ""
        )
        if verb == "return" or not left:
            return Answer(
                verb=verb,
                numbers=numbers,
                is_all=is_all,
                reason=reason[:MOST_SIGNS] if verb == "return" else "",
                text=own[:MOST_SIGNS],
            )
    return Answer(verb="", numbers=(), is_all=False, reason="", text=own[:MOST_SIGNS])


def _numbers(behind: str) -> tuple[tuple[int, ...], bool, str]:
    """Return which numbers stand in front, whether all are meant, and what is left."""
    left = behind.strip().rstrip("!").strip()
    word = left.split(" ", 1)[0].rstrip(".,:;").casefold() if left else ""
    if word in ALL:
        return (), True, _LEADING.sub("", left[len(word) :], count=1).lstrip(".")
    numbers: list[int] = []
    while found := _NUMBERS.match(left):
        behind_it = left[found.end() :]
        if behind_it and not behind_it[0].isspace() and left[found.end() - 1] not in ".,;:":
            break  # "3D printers" is a reason
        first, last = int(found.group(1)), int(found.group(2) or found.group(1))
        numbers += range(first, min(last, MOST) + 1)
        left = behind_it.strip()
        for joining in ("and ", "og ", "& "):
            left = left.removeprefix(joining)
    return tuple(numbers[:MOST]), False, left
