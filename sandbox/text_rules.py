"""The smallest rules of Block Kit: sizes, text objects, known keys; each says its own "no"."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.records import Json


def problem(words: str, at: str) -> str:
    """Return one error as Slack words it, with the place as a JSON pointer."""
    return f"[ERROR] {words} [json-pointer:{at}]"


def sized(value: object, at: str, *, least: int, most: int) -> Iterator[str]:
    """Refuse what is no string of `least` to `most` characters.

    They are counted as JavaScript does: an emoji beyond the basic plane counts two.
    """
    if not isinstance(value, str):
        yield problem("must be a string", at)
    elif len(value.encode("utf-16-le", "surrogatepass")) // 2 > most:
        yield problem(f"must be less than {most + 1} characters", at)
    elif len(value) < least:
        yield problem(f"must be more than {least - 1} characters", at)


def one_of(value: object, at: str, allowed: tuple[object, ...]) -> Iterator[str]:
    """Refuse a value that is none of the allowed ones."""
    if value not in allowed:
        yield problem(f"must be one of {', '.join(map(str, allowed))}", at)


def allowed_keys(thing: Json, keys: str, at: str) -> Iterator[str]:
    """Refuse keys that Slack does not know there."""
    for key in sorted(set(thing) - set(keys.split())):
        yield problem(f"invalid additional property: {key}", at)


def plain(value: object, at: str, most: int) -> Iterator[str]:
    """Refuse what is no plain_text object of 1 to `most` characters."""
    if isinstance(value, dict) and value.get("type") == "mrkdwn":
        yield problem("must be plain_text", f"{at}/type")
    else:
        yield from text_object(value, at, most)


def text_object(value: object, at: str, most: int) -> Iterator[str]:
    """Refuse what is no text object of 1 to `most` characters."""
    if not isinstance(value, dict):
        yield problem("must be a text object", at)
        return
    kind = value.get("type")
    yield from one_of(kind, f"{at}/type", ("plain_text", "mrkdwn"))
    yield from sized(value.get("text"), f"{at}/text", least=1, most=most)
    keys = "type text emoji" if kind == "plain_text" else "type text verbatim"
    yield from allowed_keys(value, keys, at)
