"""Asks DNS for the keys of signatures, and remembers the answers as long as they hold.

All names of one mail are asked for at once, and the mail waits for them no longer than a few
seconds: a name without an answer by then has none for this mail.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from community.clock import Clock
from mailing.checking import MOST_KEYS, Answers
from mailing.dns import NoAnswer, Texts

log = structlog.get_logger()

#: Returns the TXT records of a name and their time, or raises NoAnswer.
Asked = Callable[[str], Awaitable[Texts]]

WAIT_SECONDS = 3.0
#: How long an answer is remembered, whatever it says itself; one without records says nothing.
LEAST_KEPT, MOST_KEPT = timedelta(minutes=5), timedelta(hours=1)
MOST_NAMES = 1_000
#: What comes back from a process that has read a stranger's mail: nothing else is asked for.
_NAME = re.compile(r"[a-z0-9_.-]{1,253}")


class Keys:
    """The keys that domains publish."""

    def __init__(self, ask: Asked, clock: Clock, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self._ask, self._clock, self._wait_seconds = ask, clock, wait_seconds
        self._known: OrderedDict[str, tuple[datetime, list[str]]] = OrderedDict()

    async def answers(self, names: Sequence[str]) -> Answers:
        """Return the records of each name; None for one that gives no answer in time."""
        asking = {
            name: asyncio.create_task(self._texts(name))
            for name in names[:MOST_KEYS]
            if _NAME.fullmatch(name)
        }
        if asking:
            await asyncio.wait(asking.values(), timeout=self._wait_seconds)
        late = [task for task in asking.values() if not task.done()]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return {name: None if task.cancelled() else task.result() for name, task in asking.items()}

    async def _texts(self, name: str) -> list[str] | None:
        now = self._clock.now()
        known = self._known.get(name)
        if known is not None and now < known[0]:
            return known[1]
        try:
            texts = await self._ask(name)
        except NoAnswer as reason:
            log.warning("dkim.no_answer", reason=str(reason))
            return None
        kept = min(max(timedelta(seconds=texts.seconds), LEAST_KEPT), MOST_KEPT)
        self._known[name] = (now + kept, texts.found)
        self._known.move_to_end(name)
        while len(self._known) > MOST_NAMES:
            self._known.popitem(last=False)
        return texts.found
