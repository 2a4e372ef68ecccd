"""Reads what an SMTP server says: replies of one or more lines, in order, as they come.

One call of `next` for each command that was said. There is one timer for a line and not one for a
reply, because a reply is the rule and silence the exception.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

MOST_OCTETS = 64 * 1024
MOST_LINES = 1_000


class Answer(NamedTuple):
    """One reply. The code is -1 for a line that is no reply (RFC 5321 §4.2)."""

    code: int
    text: str


@lru_cache(256)  # most replies are the same few, thousands of times
def _parsed(line: bytes) -> tuple[Answer, bool]:
    """Read one line; also say whether another follows it in the same reply."""
    code, line = line[:3], line.removesuffix(b"\r")
    if not code.isdigit() or len(code) != 3 or line[3:4] not in (b" ", b"-", b""):
        return Answer(-1, "no reply"), False
    answer = Answer(int(code), line[4:].decode("utf-8", errors="replace"))
    return answer, line[3:4] == b"-"


class Reader:
    """The replies of one connection."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *, on_silence: Callable[[], None]) -> None:
        self._loop = loop
        self._on_silence = on_silence
        self._answers: deque[Answer] = deque()
        self._rest = b""
        self._begun: list[str] = []
        self._awaited: asyncio.Future[None] | None = None
        self._until = 0.0
        self._end = float("inf")
        self._timer: asyncio.TimerHandle | None = None
        self.is_closed = False
        #: Whether it was closed because no reply came in time.
        self.is_silent = False

    @property
    def waiting(self) -> int:
        """How many replies have come that nobody has asked for yet."""
        return len(self._answers)

    def open_a_mail(self) -> bool:
        """Take the answers to MAIL, RCPT and DATA if all three have come and are yes."""
        answers = self._answers
        if len(answers) != 3:
            return False
        (sender, _), (recipient, _), (go_on, _) = answers
        if not (200 <= sender < 300 and 200 <= recipient < 300 and 300 <= go_on < 400):
            return False
        answers.clear()
        return True

    def must_end_by(self, moment: float) -> None:
        """Wait for no reply beyond this moment of the loop's clock."""
        self._end = moment

    async def next(self, seconds: float) -> Answer | None:
        """Return the next reply; None if the line was cut or stayed silent for so long."""
        while not self._answers:
            if self.is_closed:
                return None
            self._awaited = self._loop.create_future()
            self._until = min(self._loop.time() + seconds, self._end)
            if self._timer is None or self._timer.when() > self._until:
                self._wind(self._until)
            await self._awaited
        return self._answers.popleft()

    def feed(self, octets: bytes) -> None:
        """Take what has come."""
        *lines, self._rest = (self._rest + octets).split(b"\n")  # some relays forget the CR
        for line in lines:
            answer, goes_on = _parsed(line)
            if goes_on or self._begun:
                self._take(answer, goes_on=goes_on)
            else:
                self._answers.append(answer)
        if len(self._rest) > MOST_OCTETS or len(self._begun) > MOST_LINES:
            self._answers.append(Answer(-1, "endless"))
            self._rest, self._begun = b"", []
        if self._answers:
            self._wake()

    def _take(self, answer: Answer, *, goes_on: bool) -> None:
        """Take a line of a reply that has several."""
        self._begun.append(answer.text)
        if goes_on:
            return
        if answer.code >= 0:
            answer = Answer(answer.code, "\n".join(self._begun))
        self._begun = []
        self._answers.append(answer)

    def close(self) -> None:
        """Note that nothing more will come; what has come can still be read."""
        self.is_closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._wake()

    def _wake(self) -> None:
        if self._awaited is not None and not self._awaited.done():
            self._awaited.set_result(None)
        self._awaited = None

    def _wind(self, until: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(until, self._look)

    def _look(self) -> None:
        """Cut the line if somebody has waited too long; else look again when that could be so."""
        self._timer = None
        if self._awaited is None:
            return
        if self._loop.time() < self._until:
            self._wind(self._until)
            return
        self.is_silent = True
        self.close()
        self._on_silence()
