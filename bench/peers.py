"""Other list managers beside us, where they are installed: the same post, members, sink and minute.

`BENCH_MLMMJ` names the folder under which mlmmj is installed, `BENCH_MAILMAN` the virtual
environment of Mailman's core; one that is not there is left out with a word.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import fanout, handing_in, inbound, mailman, mlmmj, results, sinking
from bench.results import Result
from bench.sinking import Sink

MEMBERS = 1_000


def main() -> None:
    """Measure one fan-out and the way in, ours and theirs."""
    results.show(_measured(), columns=COLUMNS)


COLUMNS = (("theirs a second", "theirs", "{:,.0f}"), ("ours a second", "ours", "{:,.0f}"),
           ("ours of theirs", "ratio", "{:,.1f}"))  # fmt: skip


def _measured() -> Iterator[Result]:
    for delay_ms in (0, 5):
        ours = fanout.measure("sqlite", size=MEMBERS, delay_ms=delay_ms).figures["per_second"]
        for name, rate in _fan_outs(delay_ms):
            yield _result(f"fan-out to {MEMBERS:,}, {name}", rate, ours, delay_ms=delay_ms)
    if mailman.is_installed():
        for connections in inbound.CONNECTIONS:
            figures = inbound.measure("sqlite", connections).figures
            ours = figures["per_second"]
            taken, held, cpu_ms = _mailman_takes(connections)
            case = f"{connections} connections, Mailman 3"
            yield _result(f"posts accepted, {case}", taken, ours)
            yield _result(f"posts held and shown, {case}", held, ours)
            for_cpu = f"the same for a second of CPU, {case}"
            yield _result(for_cpu, 1_000 / cpu_ms, 1_000 / figures["cpu_ms"])


def _result(case: str, theirs: float, ours: float, *, delay_ms: int = 0) -> Result:
    figures = {"theirs": theirs, "ours": ours, "ratio": ours / theirs}
    return Result(bench="peers", case=case, delay_ms=delay_ms, figures=figures)


def _fan_outs(delay_ms: int) -> Iterator[tuple[str, float]]:
    if mlmmj.is_installed():
        # It writes in small pieces: with a sink of the ordinary kind it does 23 mails a second.
        with sinking.running(delay_ms, acks_quickly=True) as sink, _folder() as name:
            begun = mlmmj.posted(Path(name), relay_port=sink.port, members=MEMBERS)
            yield "mlmmj", MEMBERS / _until_all_came(sink, begun)
    else:
        print("mlmmj is not installed here (BENCH_MLMMJ); left out")
    if mailman.is_installed():
        with sinking.running(delay_ms) as sink, _folder() as name:
            running = mailman.Mailman(Path(name), relay_port=sink.port)
            try:
                running.make_list(MEMBERS)
                sink.came()
                handing_in.Line(running.lmtp_port).hand_in(0)
                yield "Mailman 3", MEMBERS / _until_all_came(sink, time.monotonic())
            finally:
                running.stop()
    else:
        print("Mailman is not installed here (BENCH_MAILMAN); left out")


def _mailman_takes(connections: int) -> tuple[float, float, float]:
    """Return the posts it accepts a second, those moderators can see a second, and its CPU."""
    with sinking.running() as sink, _folder() as name:
        running = mailman.Mailman(Path(name), relay_port=sink.port)
        try:
            running.make_list(inbound.MEMBERS, holds=True)
            cpu, begun, port = running.cpu_seconds, time.monotonic(), running.lmtp_port
            posts, authors = inbound.POSTS, inbound.MEMBERS
            seconds = handing_in.flood(port, posts=posts, connections=connections, authors=authors)
            while running.held() < posts:
                time.sleep(0.1)
            cpu_ms = (running.cpu_seconds - cpu) / posts * 1_000
            return posts / seconds, posts / (time.monotonic() - begun), cpu_ms
        finally:
            running.stop()


def _until_all_came(sink: Sink, begun: float) -> float:
    """Wait for a mail to each member; return the seconds from `begun` to the last."""
    sink.wait_for(MEMBERS)
    return sink.came().last_at - begun


def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="samband-bench-", ignore_cleanup_errors=True)
