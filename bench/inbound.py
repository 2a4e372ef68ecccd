"""Posts into a list that holds all of them: how many are accepted a second, each safe on disk."""

import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from bench import floors, mails, results, serving, sinking, town
from bench.results import Result
from community.store import Store

POSTS = 500
CONNECTIONS = (1, 8)
MEMBERS = 100


def main() -> None:
    """Measure with one connection and with eight, on both databases."""
    results.show(_measured(), columns=COLUMNS)


COLUMNS = (
    ("of file + fsync + rename", "of_disk", "{:.2f}"),
    ("accepted a second", "per_second", "{:,.0f}"),
    ("files a second", "disk_per_second", "{:,.0f}"),
    ("CPU ms", "cpu_ms", "{:.1f}"),
    ("ready in s", "ready_seconds", "{:.1f}"),
    ("idle MB", "idle_mb", "{:.0f}"),
    ("idle CPU %", "idle_cpu_percent", "{:.1f}"),
)


def _measured() -> Iterator[Result]:
    for kind in town.DATABASES:
        for connections in CONNECTIONS:
            yield _measure(kind, connections)


def _measure(kind: str, connections: int) -> Result:
    with (
        tempfile.TemporaryDirectory(prefix="samband-bench-") as name,
        sinking.running() as sink,
        town.database(kind) as url,
    ):
        folder = Path(name)
        floor = floors.disk(folder, files=POSTS)
        store = Store(url)
        town.populate(store, MEMBERS, policy=("newcomer_posts=10000",))
        store.close()
        with serving.running(url, relay_port=sink.port, folder=folder) as running:
            idle_mb, cpu = running.rss_mb, running.cpu_seconds
            time.sleep(5)
            idle_cpu, cpu = running.cpu_seconds - cpu, running.cpu_seconds
            seconds = _flood(running.lmtp_port, connections)
            cpu = running.cpu_seconds - cpu
    return Result(
        bench="inbound",
        case=f"{kind}, {connections} connections",
        figures={
            "of_disk": POSTS / seconds / floor.per_second,
            "per_second": POSTS / seconds,
            "disk_per_second": floor.per_second,
            "cpu_ms": cpu / POSTS * 1_000,
            "ready_seconds": running.ready_seconds,
            "idle_mb": idle_mb,
            "idle_cpu_percent": idle_cpu / 5 * 100,
        },
    )


def _flood(port: int, connections: int) -> float:
    """Hand in all posts; return how long it took."""
    faults: list[Exception] = []

    def lane(first: int) -> None:
        try:
            _hand_in(port, range(first, POSTS, connections))
        except (OSError, AssertionError) as fault:
            faults.append(fault)

    begun = time.monotonic()
    threads = [threading.Thread(target=lane, args=(at,)) for at in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return time.monotonic() - begun


def _hand_in(port: int, numbers: range) -> None:
    with socket.create_connection(("127.0.0.1", port), 60) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        said = line.makefile("rb")
        _expect(said.readline(), b"220")
        line.sendall(b"LHLO bench\r\n")
        while said.readline()[3:4] == b"-":
            pass
        for number in numbers:
            for command, code in (
                (f"MAIL FROM:<{mails.AUTHOR}>\r\n".encode(), b"250"),
                (f"RCPT TO:<{mails.LIST}>\r\n".encode(), b"250"),
                (b"DATA\r\n", b"354"),
                (mails.post(number) + b".\r\n", b"250"),
            ):
                line.sendall(command)
                _expect(said.readline(), code)


def _expect(answer: bytes, code: bytes) -> None:
    if not answer.startswith(code):
        raise ConnectionError(answer.decode(errors="replace"))
