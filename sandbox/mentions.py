"""What Slack would make of words: mentions, links whose words hide their address, emoji. Pure.

Source: Slack's page on formatting text. Only `mrkdwn` is read so, and the `text` of a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.records import Json

#: `<!channel>`, `<@U1>`, `<#C1>`, `<!subteam^S1>`, `<!date^…>`, `<https://a|b>`.
ANGLED = re.compile(r"<([^<>]+)>")
#: Elements of rich text that ping or draw.
PINGS = ("user", "usergroup", "channel", "broadcast", "team", "emoji")
EMOJI = re.compile(r":[a-z0-9_+'-]+:")


def marks(blocks: list[Json], text: str) -> list[str]:
    """Return everything in a message or view that is more than words."""
    return [*_in_mrkdwn(text), *(mark for block in blocks for mark in _inside(block))]


def _inside(thing: object) -> Iterator[str]:
    if isinstance(thing, list):
        for each in thing:
            yield from _inside(each)
    if isinstance(thing, dict):
        yield from _own(thing)
        for value in thing.values():
            yield from _inside(value)


def _own(thing: Json) -> Iterator[str]:
    kind, words = thing.get("type"), thing.get("text")
    if kind == "mrkdwn":
        yield from _in_mrkdwn(str(words))
    elif kind == "plain_text" and thing.get("emoji", True):
        yield from EMOJI.findall(str(words))
    elif kind in PINGS:
        yield str(kind)
    elif kind == "link" and words not in (None, thing["url"]):
        yield f"{thing['url']}|{words}"


def _in_mrkdwn(text: str) -> Iterator[str]:
    yield from ANGLED.findall(text)
