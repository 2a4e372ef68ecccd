"""The bot's token: one that stays until an administrator changes it.

`bot/renewing.py` has the other kind, which Slack changes twice a day.
"""

import asyncio
from pathlib import Path
from typing import Protocol


class BotToken(Protocol):
    """What the client of the Web API asks before each call, and when Slack refuses one."""

    @property
    def trouble(self) -> str:
        """Say what stands in the way of the next token; empty while all is well."""
        ...

    async def current(self) -> str:
        """Return the token to call with; empty when there is none."""
        ...

    async def another(self, refused: str) -> bool:
        """Look for another token than the one that Slack refused; say whether there is one now."""
        ...


class LastingToken:
    """A token that does not expire; one from a file is read again when Slack refuses it."""

    def __init__(self, token: str, file: Path | None = None) -> None:
        self.trouble = ""
        self._token, self._file = token, file

    async def current(self) -> str:
        """Return the token as it was read last."""
        return self._token

    async def another(self, refused: str) -> bool:
        """Read the file again; a token that is not whole yet is found at the next refusal."""
        if self._file is not None and self._token == refused:
            self._token = await asyncio.to_thread(word_in, self._file) or refused
        return self._token != refused


def word_in(file: Path) -> str:
    """Return the one word in a file, or nothing where that is not what stands in it."""
    try:
        words = file.read_text("ascii").split()
    except (OSError, UnicodeDecodeError):
        return ""
    return words[0] if len(words) == 1 else ""
