"""Headers by which a list knows a suspect mail, as its policy names them: `X-Spam-Flag: yes*`.

A pattern is a name and a value in which `*` is any text; nothing else has a meaning, so that no
policy can make a mail cost more than its length (threat 15). Names and values are compared without
case, as they stand in the mail.
"""

import re
from functools import lru_cache
from typing import Final

#: No header is looked for beyond this.
MOST_OCTETS: Final = 64 * 1024
_FOLDED: Final = re.compile(rb"\r?\n[ \t]+")
_END: Final = re.compile(rb"\r?\n\r?\n")


@lru_cache(maxsize=64)
def patterns(written: str) -> tuple[tuple[str, str], ...]:
    """Read the patterns of a policy: name and value; what has no name is left out."""
    parts = (each.partition(":") for each in written.split(";"))
    found = ((name.strip().casefold(), value.strip().casefold()) for name, _, value in parts)
    return tuple((name, value or "*") for name, value in found if name)


def is_suspect(raw: bytes, written: str) -> bool:
    """Say whether a header of the mail fits one of the patterns."""
    wanted = patterns(written)
    if not wanted:
        return False
    head = raw[:MOST_OCTETS]
    end = _END.search(head)
    head = head[: end.start()] if end else head
    plain = head.lower()
    wanted = tuple(each for each in wanted if _is_named(each[0], plain))
    if not wanted:  # as of nearly every mail: most name none of them
        return False
    lines = _FOLDED.sub(b" ", head).splitlines()
    for line in lines:
        name, _, value = line.decode("latin-1").casefold().partition(":")
        if any(name.strip() == of and fits(value.strip(), pattern) for of, pattern in wanted):
            return True
    return False


def _is_named(name: str, plain: bytes) -> bool:
    return not name.isascii() or name.encode("ascii") in plain


def fits(value: str, pattern: str) -> bool:
    """Say whether a value fits a pattern, from its first sign to its last."""
    first, *rest = pattern.split("*")
    if not rest:
        return value == pattern
    *between, last = rest
    if not value.startswith(first):
        return False
    at = len(first)
    for piece in between:
        found = value.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return len(value) - len(last) >= at and value.endswith(last)
