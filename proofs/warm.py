"""A process that has loaded the service and forks it on demand: a start then takes 50 ms, not 2 s.

`python -m proofs.warm` takes one order a line (JSON) and answers each by a line; `house.py` writes
them. What is forked does what `samband serve` does, but with a clock that may be ahead, and on a
PostgreSQL that need not be honest about power cuts (the tests' own is not).
"""

import asyncio
import gc
import json
import os
import signal
import sys
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import structlog
from sqlalchemy import event
from sqlalchemy.pool import Pool

import migrations
from app import roles, safety, wiring
from app.serve import stop_signal
from community.clock import SystemClock
from config import loading, logging
from config import settings as config

log = structlog.get_logger()


@dataclass(frozen=True)
class AheadClock:
    """The system's clock, set ahead: what waits for the end of a lease need not be waited for."""

    by: timedelta

    def now(self) -> datetime:
        """Return the moment."""
        return SystemClock().now() + self.by


def start(order: dict[str, Any]) -> dict[str, Any]:
    """Fork the service; answer when it is ready, or has failed to become so."""
    ready, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ready)
        code = 1
        try:
            _become(order, tell)
            code = 0
        finally:
            os._exit(code)
    os.close(tell)
    is_ready = os.read(ready, 1) == b"r"
    os.close(ready)
    if not is_ready:
        os.waitpid(pid, 0)
    return {"pid": pid if is_ready else 0}


def _become(order: dict[str, Any], tell: int) -> None:
    os.setpgid(0, 0)  # so that it can be killed with all its children
    with open(order["log"], "ab") as output, open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    settings = loading.load(order["settings"], env_file=None)
    logging.configure("json")
    url = settings.database_url.get_secret_value()
    clock = AheadClock(timedelta(seconds=order["ahead_seconds"]))
    with safety.sole_process(url):
        migrations.upgrade(url)
        asyncio.run(_serve(order, settings, clock, tell))


async def _serve(
    order: dict[str, Any], settings: config.Settings, clock: AheadClock, tell: int
) -> None:
    told = stop_signal()
    if order["synchronous"]:
        _weaken(order["synchronous"])
    store = wiring.store_of(settings)
    parts = wiring.parts(settings, store, clock)
    for deliverer in parts.deliverers:
        deliverer.lanes = order["lanes"] or deliverer.lanes
    async with roles.running(parts, frozenset(order["roles"])):
        os.write(tell, b"r")
        await told.wait()
    await parts.relay.aclose()
    store.close()


def _weaken(synchronous: str) -> None:
    """Make every connection to SQLite so safe and no safer: a proof must find that."""

    @event.listens_for(Pool, "checkout")
    def _set(connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA synchronous={synchronous}")


def call(order: dict[str, Any]) -> dict[str, Any]:
    """Fork, call a function there, and answer with how the process ended."""
    module, _, name = order["function"].partition(":")
    function = getattr(import_module(module), name)  # loaded here, once for all
    gc.freeze()  # and shared with what is forked, not copied for looking at it
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            with open(order["log"], "ab") as output:
                os.dup2(output.fileno(), 1)
                os.dup2(output.fileno(), 2)
            logging.configure("json")
            function(**order["words"])
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return {"code": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}


def end(order: dict[str, Any]) -> dict[str, Any]:
    """Send a signal to one process, or to it and its children; answer with how it ended."""
    send = os.killpg if order["group"] else os.kill
    send(order["pid"], order["signal"])
    return {"code": os.waitstatus_to_exitcode(os.waitpid(order["pid"], 0)[1])}


def main() -> None:
    """Follow orders until the standard input ends; then end what was forked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us says when
    alive: set[int] = set()
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] == "start":
            answer = start(order)
            alive.add(answer["pid"])
        elif order["do"] == "call":
            answer = call(order)
        else:
            answer = end(order)
            alive.discard(order["pid"])
        print(json.dumps(answer), flush=True)
    for pid in alive - {0}:
        os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
