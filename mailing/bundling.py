"""Has things that wait at the same moment taken together, by one act in one transaction.

While one group is being committed the next gathers, so that nobody waits for company. Used by the
reception, for posts.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

import structlog

from community.clock import Clock
from community.store import DATABASE_AWAY, Store

log = structlog.get_logger()

Thing = TypeVar("Thing")
Outcome = TypeVar("Outcome")

#: So many go together at most, and so many octets of them; one goes however large it is.
MOST: Final = 64
MOST_OCTETS: Final = 8 * 1024 * 1024


class Bundles(Generic[Thing, Outcome]):
    """What waits for `act(session, things, *, now)`, which says of each what came of it.

    A Refusal among that is raised for whoever asked.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        act: Callable[..., list[Outcome]],
        *,
        octets: Callable[[Thing], int],
    ) -> None:
        self._store, self._clock, self._act, self._octets = store, clock, act, octets
        self._waiting: list[tuple[Thing, asyncio.Future[Outcome]]] = []
        self._taking: asyncio.Task[None] | None = None

    async def take(self, thing: Thing) -> Outcome:
        """Have it taken along with what waits; return after the commit, raise what went wrong."""
        taken: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((thing, taken))
        if self._taking is None or self._taking.done():
            self._taking = asyncio.create_task(self._take_all())
        return await taken

    async def _take_all(self) -> None:
        while self._waiting:
            group = self._next()
            outcomes = await self._outcomes([thing for thing, _ in group])
            for (_, taken), outcome in zip(group, outcomes, strict=True):
                if taken.done():  # who asked has gone; it is taken all the same
                    continue
                if isinstance(outcome, BaseException):
                    taken.set_exception(outcome)
                else:
                    taken.set_result(outcome)

    def _next(self) -> list[tuple[Thing, asyncio.Future[Outcome]]]:
        octets = count = 0
        for thing, _ in self._waiting[:MOST]:
            octets += self._octets(thing)
            if count and octets > MOST_OCTETS:
                break
            count += 1
        group, self._waiting = self._waiting[:count], self._waiting[count:]
        return group

    async def _outcomes(self, things: Sequence[Thing]) -> Sequence[Outcome | BaseException]:
        """Take them together; where that goes wrong each by itself, so that none spoils another."""
        if len(things) > 1:
            try:
                return await self._run(things)
            except DATABASE_AWAY as away:  # and each by itself would wait as long
                return [away] * len(things)
            except Exception:
                log.warning("bundle.broke", things=len(things))  # nothing of it was kept
        alone = (self._run([thing]) for thing in things)
        came = await asyncio.gather(*alone, return_exceptions=True)
        return [each if isinstance(each, BaseException) else each[0] for each in came]

    async def _run(self, things: Sequence[Thing]) -> list[Outcome]:
        return await self._store.run(self._act, things, now=self._clock.now())
