"""When is an app done? Slack does not say, so people's acts in the sandbox wait for quiet."""

from __future__ import annotations

import asyncio

from sandbox.web_api import WebApi

#: However busy the loop is, an act ends after so many times its patience.
MOST_PATIENCES = 5
#: Tasks that last as long as a connection: of the sandbox's servers, and of clients of Slack.
LASTING = (
    "RequestHandler",
    "_handle_client",
    "SocketMode.hold",
    "SocketMode._read",
    "monitor_current_session",
    "receive_messages",
)


class Quiet:
    """Tell when the app has done what one act of a member made it do.

    That is: no call is being answered, and every task that was started since the act began has
    ended, or nothing came for `patience_seconds` (a task that goes on for good).
    """

    def __init__(self, api: WebApi, *, patience_seconds: float) -> None:
        self._api = api
        self._patience_seconds = patience_seconds
        self._before = asyncio.all_tasks()

    async def wait(self) -> None:
        """Return when it is quiet."""
        try:
            async with asyncio.timeout(MOST_PATIENCES * self._patience_seconds):
                while not await self._is_quiet():
                    pass
        except TimeoutError:
            return

    async def _is_quiet(self) -> bool:
        finished = self._api.finished
        tasks = self._started()
        if tasks:
            await asyncio.wait(
                tasks, timeout=self._patience_seconds, return_when=asyncio.FIRST_COMPLETED
            )
            went_on = any(task.done() for task in tasks) or finished != self._api.finished
            return not went_on and not self._api.running
        # Let what is ready run once more: an answer just given may start the next call.
        await asyncio.sleep(0.01)
        return not self._api.running and finished == self._api.finished and not self._started()

    def _started(self) -> set[asyncio.Task[object]]:
        me = asyncio.current_task()
        return {
            task
            for task in asyncio.all_tasks() - self._before
            if task is not me and not any(name in repr(task.get_coro()) for name in LASTING)
        }
