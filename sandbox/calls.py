"""One call of Slack's Web API: its arguments as Slack reads them, and the error it may end in."""

from __future__ import annotations

import json
from dataclasses import dataclass

from aiohttp import web

from sandbox.records import Json

#: Arguments that come as JSON text when the call is form-encoded.
JSON_ARGUMENTS = ("blocks", "view", "metadata")


class SlackError(Exception):
    """End a call with one of Slack's errors, and its messages where Slack gives some."""

    def __init__(self, error: str, *, messages: list[str] | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages or []

    def as_json(self) -> Json:
        """Return the answer's body."""
        answer: Json = {"ok": False, "error": self.error}
        if self.messages:
            answer["response_metadata"] = {"messages": self.messages}
            answer["errors"] = [words.removeprefix("[ERROR] ") for words in self.messages]
        return answer


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call that came in, kept for tests to look at."""

    method: str
    arguments: Json
    token: str | None
    at: float

    def has(self, name: str) -> bool:
        """Say whether the argument was given and is not empty."""
        return self.arguments.get(name) not in (None, "")

    def text(self, name: str) -> str:
        """Return an argument as text.

        Raises: SlackError(invalid_arguments) when it is missing.
        """
        if not self.has(name):
            words = f"[ERROR] missing required field: {name}"
            raise SlackError("invalid_arguments", messages=[words])
        return str(self.arguments[name])

    def maybe(self, name: str) -> str | None:
        """Return an argument as text, or None when it is missing."""
        return str(self.arguments[name]) if self.has(name) else None

    def flag(self, name: str) -> bool:
        """Return an argument as yes or no."""
        return str(self.arguments.get(name, "")).lower() in ("true", "1")

    def number(self, name: str, default: int) -> int:
        """Return an argument as a number, or the default when it is none."""
        given = str(self.arguments.get(name, ""))
        return int(given) if given.isdigit() else default

    def names(self, name: str) -> list[str]:
        """Return a comma-separated or JSON list."""
        given = self.arguments.get(name) or []
        parts = given.split(",") if isinstance(given, str) else given
        return [str(part).strip() for part in parts if str(part).strip()]


async def read_call(request: web.Request, *, at: float) -> Call:
    """Read a call as Slack does: JSON or form body or query; the token in a header or beside them.

    Raises: SlackError when the body cannot be read.
    """
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        arguments.update(_json_object(await request.text(), "invalid_json"))
    elif request.body_exists:
        arguments.update({key: str(value) for key, value in (await request.post()).items()})
    for name in JSON_ARGUMENTS:
        if isinstance(arguments.get(name), str) and arguments[name]:
            arguments[name] = _json(arguments[name], _error_for(name))
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    beside = arguments.pop("token", None)
    method = request.match_info["method"]
    return Call(method=method, arguments=arguments, token=token or beside, at=at)


def _error_for(name: str) -> str:
    return {"blocks": "invalid_blocks_format"}.get(name, "invalid_arguments")


def _json(text: str, error: str) -> object:
    try:
        return json.loads(text)
    except ValueError as wrong:
        raise SlackError(error) from wrong


def _json_object(text: str, error: str) -> Json:
    found = _json(text or "{}", error)
    if not isinstance(found, dict):
        raise SlackError("json_not_object")
    return found
