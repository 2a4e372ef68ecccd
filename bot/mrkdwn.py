"""Reads what somebody wrote in Slack as plain words: names for mentions, addresses for links. Pure.

Slack passes text on with marks of its own (`<@U1>`, `<https://…|here>`, `&amp;`); in a mail nobody
could read them. What a member types after `/postdoc` is read by `typed.py`.
Source: Slack's reference, "Formatting message text".
"""

import html
import re
from collections.abc import Mapping
from typing import Final

_MARK: Final = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
#: `<!subteam^S1|@name>`, `<!date^…|noon>` carry their words behind the bar.
_CALLED: Final = ("channel", "here", "everyone")


def people_in(text: str) -> tuple[str, ...]:
    """Return the Slack ids of whom a text mentions, each once."""
    found = [who for sign, who, _ in _MARK.findall(text) if sign == "@"]
    return tuple(dict.fromkeys(found))


def words(text: str, names: Mapping[str, str]) -> str:
    """Return a text as people read it; `names` are of people, by their Slack ids."""

    def read(match: re.Match[str]) -> str:
        sign, target, label = match[1], match[2], match[3] or ""
        if sign == "@":
            return f"@{(names.get(target) or label).lstrip('@') or '…'}"
        if sign == "#":
            return f"#{label or '…'}"
        if sign == "!":
            return label or (f"@{target}" if target in _CALLED else "")
        return _linked(target.removeprefix("mailto:"), label)

    return html.unescape(_MARK.sub(read, text)).strip()


def _linked(url: str, label: str) -> str:
    return url if not label or label in url else f"{label} ({url})"


def quoted(text: str) -> str:
    """Return a text marked as somebody else's, as mail programs do it."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
