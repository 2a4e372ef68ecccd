"""The service while it runs: the parts of every role, started and stopped in order.

`wiring.py` makes the parts; here they are put to work. `work_through` does at once what the loops
would do by and by, for the sandbox and the stories.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime

import structlog

from app.wiring import Parts
from community import due, queues, schedules
from community.channel_cards import ChannelCard
from community.outbox import Delivery, Notice
from community.queues import Queue
from community.store import Store
from scheduler.watching import Watch

log = structlog.get_logger()

ROLES = ("web", "mail", "worker", "clock", "bot")
#: More rounds than this without coming to rest means that something puts itself out for ever.
MOST_ROUNDS = 1_000


class Restless(Exception):
    """The work does not end."""


@asynccontextmanager
async def running(parts: Parts, roles: frozenset[str]) -> AsyncIterator[None]:
    """Run these roles until the context ends; what is being done is finished first."""
    async with AsyncExitStack() as stack:
        stack.push_async_callback(parts.parser.aclose)
        await stack.enter_async_context(_working(parts, roles))
        if "bot" in roles and parts.chat is not None:
            await stack.enter_async_context(parts.chat.connected())
        if "mail" in roles:
            for (host, port), listener in parts.listeners:
                await stack.enter_async_context(listener.listening(host, port))
            if parts.polling is not None:
                await stack.enter_async_context(parts.polling.running())
        if "web" in roles:
            await stack.enter_async_context(parts.pages.serving())
        if parts.chat is not None:
            stack.callback(parts.chat.hurry)  # before anything else ends, and waits for Slack
        yield


async def work_through(parts: Parts) -> int:
    """Do everything that is due at the clock's now; return how many things were done."""
    works: dict[Queue, Callable[[], Awaitable[int]]] = {Queue.TIME: parts.scheduler.sweep}
    works |= {Queue(each.name): each.drain for each in parts.deliverers}
    if parts.chat is not None:
        works[Queue.HOMES] = parts.chat.publisher.drain
    done = 0
    for _ in range(MOST_ROUNDS):
        # Whoever claims writes; asked is cheap.
        waiting = await parts.store.read(queues.due, now=parts.clock.now())
        counts = [await work() for queue, work in works.items() if queue in waiting]
        if not any(counts):
            return done
        done += sum(counts)
    raise Restless


async def next_moment(parts: Parts) -> datetime | None:
    """Return the next moment at which something is due, or None."""
    return await parts.store.read(schedules.next_moment)


async def give_back(store: Store, now: datetime) -> None:
    """Make what a killed process had claimed due again: on SQLite we are the only process."""
    for model in (Notice, ChannelCard, Delivery):
        given = await store.run(due.give_back, model, now=now)
        if given:
            log.warning("outbox.in_doubt", table=model.__tablename__, rows=given)


@asynccontextmanager
async def _working(parts: Parts, roles: frozenset[str]) -> AsyncIterator[None]:
    """Do what is due for the roles worker and clock, in tasks that finish what they have begun."""
    watch = Watch(parts.store, parts.clock)
    works: list[Coroutine[None, None, None]] = []
    if "worker" in roles and parts.store.is_sqlite:
        await give_back(parts.store, parts.clock.now())
    if "clock" in roles:
        await parts.scheduler.start()
        works.append(parts.scheduler.work(watch.bell(Queue.TIME)))
    if "worker" in roles:
        works += [each.work(watch.bell(Queue(each.name))) for each in parts.deliverers]
        if parts.chat is not None:
            works.append(parts.chat.publisher.work(watch.bell(Queue.HOMES)))
    if works:
        works.append(watch.run())
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        await parts.scheduler.stop()
