"""The file that keeps a token which expires, and what it is renewed with; for our eyes alone.

Whoever renews holds the lock: the token to renew with is good for one use. Knows nothing of Slack's
libraries, so that the doctor can look.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

#: A token is renewed so long before it expires: an hour of trouble is then no trouble.
AHEAD: Final = timedelta(hours=1)
#: More than a pair needs; taken before Slack is asked, so that a full disk loses nothing.
ROOM_CHARACTERS: Final = 4096


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A token, and the one that buys the next."""

    token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    #: The fingerprint of the refresh token in the settings that this pair descends from.
    begun_with: str = ""

    def is_due(self, now: datetime) -> bool:
        """Say whether it is time for the next pair."""
        return now >= self.expires_at - AHEAD


class TokenFile:
    """A pair on disk, replaced in one step and readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Pair | None:
        """Return the pair, or None when there is no file yet.

        Raises:
            OSError: it cannot be read.
            ValueError: there is something else in it.
        """
        try:
            text = self.path.read_text("utf-8")
        except FileNotFoundError:
            return None
        try:
            kept = json.loads(text)
            expires_at = datetime.fromisoformat(kept["expires_at"])
            pair = Pair(
                token=str(kept["token"]),
                refresh_token=str(kept["refresh_token"]),
                expires_at=expires_at,
                begun_with=str(kept.get("begun_with", "")),
            )
        except (KeyError, TypeError, ValueError):
            expires_at = None
        if expires_at is None or expires_at.tzinfo is None:
            # Not the parser's own words, which may quote the file.
            raise ValueError("there is no token, refresh_token and expires_at with a zone in it")
        return pair

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the file against every other process and thread; wait for it."""
        lock = os.open(_beside(self.path, "lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    @contextmanager
    def replacing(self) -> Iterator[Callable[[Pair], None]]:
        """Make room for a new pair, and give what saves it; only under the lock.

        Raises: OSError when there is no room or no right to write, before anything is asked.
        """
        draft = _beside(self.path, "draft")
        draft.unlink(missing_ok=True)  # of a process that was killed
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            _write(file, " " * ROOM_CHARACTERS)

            def save(pair: Pair) -> None:
                _write(file, _as_json(pair).ljust(ROOM_CHARACTERS - 1) + "\n")
                os.replace(draft, self.path)
                _sync_folder(self.path.parent)

            yield save
        finally:
            os.close(file)
            draft.unlink(missing_ok=True)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(f"{path.name}.{ending}")


def _as_json(pair: Pair) -> str:
    kept = {
        "token": pair.token,
        "refresh_token": pair.refresh_token,
        "expires_at": pair.expires_at.isoformat(),
        "begun_with": pair.begun_with,
    }
    return json.dumps(kept)


def _write(file: int, text: str) -> None:
    """Write from the beginning, and return when it is on the disk."""
    content = text.encode()
    if os.pwrite(file, content, 0) != len(content):
        raise OSError("only a part was written")
    os.fsync(file)


def _sync_folder(folder: Path) -> None:
    """See to it that a new name outlasts a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
