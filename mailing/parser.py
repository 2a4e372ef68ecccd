"""Has mails read in child processes, so that none can stall or kill the service.

`reception.py` asks. A child that dies, fails or takes too long is replaced; what it was reading
comes back as `Unread`, and the mail is put aside with its bytes. A child that cannot even be
started is a fault of ours and rises: the sender's server keeps the mail (A3).
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from pydantic import TypeAdapter

from community.unreadables import Unreadable
from mailing import parsing_child
from mailing.parsing_child import READERS, Limits

Found = TypeVar("Found")

#: So many mails are read at once; while one stalls, its neighbours flow through the other.
CHILDREN = 2
#: A child is killed by its own clocks; this is for one that is stopped with them.
GRACE_SECONDS = 2.0
COMMAND = (sys.executable, "-P", "-m", parsing_child.__name__)
#: Who has hung up is about to die by itself, also on a machine with much to do; so long it may.
DYING_SECONDS = 5.0
#: Whoever comes so late to look at a clock has stood still, and maybe all others with it.
STILL_SECONDS = 0.5
#: What a pipe holds.
MOST_AT_ONCE = 64 * 1024
CLOCKS = (-signal.SIGALRM, -signal.SIGXCPU)


class Unread(Exception):
    """A mail that no child could read; the message says why, in a few words for the log."""

    def __init__(self, words: str, why: Unreadable) -> None:
        super().__init__(words)
        self.why = why


class NotStarted(Exception):
    """No child comes up: that says nothing about the mail."""


class Parser:
    """Reads mails, each within its limits."""

    def __init__(
        self,
        *,
        command: tuple[str, ...] = COMMAND,
        limits: Limits | None = None,
        children: int = CHILDREN,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        limits = limits or Limits()
        self._command = (*command, str(limits.memory_bytes), str(limits.seconds))
        self._seconds, self._grace = limits.seconds, grace_seconds
        self._free = asyncio.Semaphore(children)
        self._idle: list[_Child] = []
        # Of its own: the loop's common ones may all wait for us. They only start and end children.
        self._threads = ThreadPoolExecutor(children, "mail-parser")

    async def ask(self, reader: Callable[..., Found], raw: bytes, **words: str) -> Found:
        """Have a mail read by one of READERS as `reader(raw, **words)`, but elsewhere.

        Raises:
            Unread: the mail takes more than its share, or kills who reads it.
            NotStarted, OSError: no child comes up.
        """
        name = next(name for name, known in READERS.items() if known is reader)
        question = {"reader": name, "octets": len(raw), "words": words}
        line = json.dumps(question).encode("ascii") + b"\n"
        async with self._free:
            try:
                answer = await self._answered(line, raw)
            except _Died:
                # Killed from outside, for once; or by this mail, which then kills the next too.
                answer = await self._second_try(line, raw)
        return _understood(answer, reader)

    async def aclose(self) -> None:
        """End the children; the next mail would start new ones."""
        while self._idle:
            await self._in_thread(self._idle.pop().end)

    def _in_thread(self, work: Callable[..., Found], *words: object) -> "asyncio.Future[Found]":
        return asyncio.get_running_loop().run_in_executor(self._threads, work, *words)

    async def _second_try(self, line: bytes, raw: bytes) -> bytes:
        try:  # not by one that may have been killed together with the first
            return await self._answered_by(await self._fresh(), line, raw)
        except _Died as death:
            raise Unread(f"the reader died of it ({death.code})", Unreadable.DEADLY) from None

    async def _answered(self, line: bytes, raw: bytes) -> bytes:
        child = self._idle.pop() if self._idle else await self._fresh()
        return await self._answered_by(child, line, raw)

    async def _answered_by(self, child: "_Child", line: bytes, raw: bytes) -> bytes:
        """Wait for an answer; the time in which this process stood still is not the child's."""
        loop = asyncio.get_running_loop()
        due, stood_still = loop.time() + self._seconds, False

        def look_again() -> None:
            nonlocal stood_still
            stood_still = loop.time() > due + STILL_SECONDS
            clock.reschedule(loop.time() + self._grace)

        looking = loop.call_at(due, look_again)
        try:
            async with asyncio.timeout(None) as clock:
                answer = await child.ask(line, raw)
        except asyncio.CancelledError:  # who asked has gone; the child is busy all the same
            await self._killed(child)
            raise
        except (EOFError, OSError) as error:  # a TimeoutError is an OSError
            is_late = isinstance(error, TimeoutError)
            code = await self._killed(child, seconds=0.0 if is_late else DYING_SECONDS)
            if is_late or (code in CLOCKS and not stood_still):
                raise Unread("it took too long", Unreadable.SLOW) from None
            raise _Died(code) from None
        finally:
            looking.cancel()
        if answer.startswith(b'{"found"'):
            self._idle.append(child)
        else:  # it ends, or has said what nobody asked: its next answer might be to another mail
            await self._in_thread(child.end)
        return answer

    async def _fresh(self) -> "_Child":
        starting = self._in_thread(_Child, self._command)
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            await asyncio.wait([starting])
            if starting.exception() is None:
                self._idle.append(starting.result())
            raise

    async def _killed(self, child: "_Child", *, seconds: float = 0.0) -> int:
        code = await self._in_thread(child.kill, seconds)
        await self._in_thread(child.end)
        return code


class _Died(Exception):
    """A child ended without an answer."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _Child:
    """One child process; asked one thing at a time, by the loop itself: a thread costs more."""

    def __init__(self, command: tuple[str, ...]) -> None:
        root = str(Path(__file__).parent.parent)  # so that it is this very code that reads
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # It needs no settings, which hold our secrets. What is as large as a mail is given back
            # at once: glibc would keep it, in pieces too small for the next.
            env={"PYTHONPATH": root, "MALLOC_MMAP_THRESHOLD_": str(1024 * 1024)},
        )
        assert self._process.stdin is not None  # noqa: S101 - both were asked for
        assert self._process.stdout is not None  # noqa: S101
        self._to, self._from = self._process.stdin, self._process.stdout
        if self._from.readline() != parsing_child.READY:
            code = self.kill(DYING_SECONDS)
            self.end()
            raise NotStarted(f"the mail reader does not start ({code})")
        for pipe in (self._to, self._from):  # our ends only: the child waits at its own
            os.set_blocking(pipe.fileno(), False)

    async def ask(self, line: bytes, raw: bytes) -> bytes:
        """Put a question and wait for the answer; raises EOFError or OSError if the child dies."""
        if self._from.read(MOST_AT_ONCE) is not None:  # it has ended, or says what nobody asked
            self._process.kill()
            raise EOFError
        loop = asyncio.get_running_loop()
        heard: asyncio.Future[bytes] = loop.create_future()
        loop.add_reader(self._from, self._hear, [], heard)
        try:
            for octets in (line + raw,) if len(raw) < MOST_AT_ONCE else (line, raw):
                await self._tell(octets)
            answer = await heard
        finally:
            loop.remove_reader(self._from)
        if not answer.endswith(b"\n"):
            raise EOFError
        return answer

    async def _tell(self, octets: bytes) -> None:
        unsent = memoryview(octets)[self._to.write(octets) or 0 :]
        while unsent:  # more than the pipe holds: the child reads
            await self._room()
            unsent = unsent[self._to.write(unsent) or 0 :]

    async def _room(self) -> None:
        loop = asyncio.get_running_loop()
        there_is: asyncio.Future[None] = loop.create_future()
        loop.add_writer(self._to, _once, there_is)
        try:
            await there_is
        finally:
            loop.remove_writer(self._to)

    def _hear(self, so_far: list[bytes], heard: "asyncio.Future[bytes]") -> None:
        """Take what there is of an answer, which is one line; what dies says nothing more."""
        if heard.done():
            return
        octets = self._from.read(MOST_AT_ONCE)
        if octets is None:
            return
        so_far.append(octets)
        if not octets or octets.endswith(b"\n"):
            heard.set_result(b"".join(so_far))

    def kill(self, seconds: float) -> int:
        """Make sure that it is dead, if not by itself in so many seconds; say of what it died."""
        try:
            self._process.wait(seconds)  # its pipe closes a moment before it can be waited for
        except subprocess.TimeoutExpired:
            self._process.kill()
        return self._process.wait()

    def end(self) -> None:
        """Let it go, and see that it goes: what it has begun may not want to end."""
        for pipe in (self._to, self._from):
            with suppress(OSError):  # what was on the way to it is lost with it
                pipe.close()
        self.kill(0.2)


def _once(there_is: "asyncio.Future[None]") -> None:
    if not there_is.done():
        there_is.set_result(None)


def _understood(answer: bytes, reader: Callable[..., Found]) -> Found:
    """Turn an answer into what the reader returns; what a broken child says is believed nowhere."""
    try:
        said = json.loads(answer)
        if "failed" not in said:
            adapter: TypeAdapter[Found] = _adapter(reader)
            return adapter.validate_python(said["found"])
    except (ValueError, LookupError, TypeError):  # pydantic's ValidationError is a ValueError
        raise Unread("the reader answered nonsense", Unreadable.FAULT) from None
    why = Unreadable.MEMORY if said["failed"] == MemoryError.__name__ else Unreadable.FAULT
    raise Unread(f"the reader failed ({said['failed']})", why)


@cache
def _adapter(reader: Callable[..., object]) -> TypeAdapter[Any]:
    return TypeAdapter(get_type_hints(reader)["return"])
