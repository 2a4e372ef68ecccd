"""Group commit: the acts that wait for SQLite's one writer go together, and pay for one sync.

Each act has its savepoint and sees what those before it did, as if it were alone; who asked hears
of it only after the commit of all. Used by `store.py` alone.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from community.errors import Refusal

T = TypeVar("T")

#: So many go together: each waits for the commit of all.
MOST = 64

#: What an act returned, and whether it put something due.
Done = tuple[T, bool]
Outcome = Done[Any] | BaseException


@dataclass(frozen=True)
class _Waiting:
    act: Callable[[Session], object]
    done: "Future[Done[Any]]"


class _Spoilt(Exception):
    """An act of a group failed otherwise than by a Refusal: SQLite may have dropped all of it."""


class Commits:
    """The queue before the one writer."""

    def __init__(
        self,
        engine: Engine,
        info: Mapping[str, object],
        *,
        turn: Callable[[], AbstractContextManager[None]],
        alone: Callable[[Callable[[Session], object]], Done[object]],
    ) -> None:
        self._engine, self._info, self._turn, self._alone = engine, info, turn, alone
        self._waiting: deque[_Waiting] = deque()
        self._thread = ThreadPoolExecutor(1, "store-write")

    async def run(self, act: Callable[[Session], T]) -> Done[T]:
        """Have an act done, and return when it is committed; raise what it raises."""
        done: Future[Done[T]] = Future()
        self._waiting.append(_Waiting(act, done))
        self._thread.submit(self._write)  # does nothing when an earlier one has taken it along
        return await asyncio.wrap_future(done)

    def close(self) -> None:
        """Write what still waits, and end."""
        self._thread.shutdown()

    def _write(self) -> None:
        """Do the acts that wait, and tell each what came of it."""
        group = list(self._taken())
        for each, outcome in zip(group, self._outcomes(group), strict=True):
            if isinstance(outcome, BaseException):
                each.done.set_exception(outcome)
            else:
                each.done.set_result(outcome)

    def _taken(self) -> Iterator[_Waiting]:
        for _ in range(min(MOST, len(self._waiting))):
            each = self._waiting.popleft()
            if each.done.set_running_or_notify_cancel():
                yield each

    def _outcomes(self, group: list[_Waiting]) -> Iterator[Outcome]:
        """Do a group together; when one of it spoils that, do each of it alone."""
        if len(group) > 1:
            try:
                outcomes = self._together(group)
                yield from outcomes
                return
            except _Spoilt:
                pass  # nothing of it is kept, and an act may be done again
        for each in group:
            yield self._by_itself(each.act)

    def _by_itself(self, act: Callable[[Session], object]) -> Outcome:
        try:
            return self._alone(act)
        except BaseException as error:
            return error

    def _together(self, group: list[_Waiting]) -> list[Outcome]:
        with self._turn(), self._engine.connect() as connection:
            try:
                transaction = connection.begin()
            except Exception as away:  # nobody can write, and each by itself would wait as long
                return [away] * len(group)
            try:
                outcomes = [self._within(connection, each.act) for each in group]
                transaction.commit()
            except Exception as error:
                transaction.rollback()
                raise _Spoilt from error
            return outcomes

    def _within(self, connection: Connection, act: Callable[[Session], object]) -> Outcome:
        session = Session(
            connection,
            expire_on_commit=False,
            info=dict(self._info),
            join_transaction_mode="create_savepoint",
        )
        try:
            with session, session.begin():
                result = act(session)
        except Refusal as refusal:
            return refusal
        return result, "put" in session.info
