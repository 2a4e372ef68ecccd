"""A hundred thousand old mails go into the archive of a list, by the command; killed on the way.

`samband list import-mbox` runs in a process of its own, is killed when half of the mails are there,
and begun again in the same way. Then it runs once more, with nothing left to do.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select

from bench import mails, rehearsing, results, town
from bench.results import Result
from community import lists
from community.posts import Post, PostSource
from community.store import Session, Store

MAILS = 100_000
COLUMNS = (
    ("seconds in all", "seconds", "{:.0f}"),
    ("CPU ms a mail", "cpu_ms", "{:.2f}"),
    ("killed at", "killed_at", "{:,.0f}"),
    ("once more, in s", "again_seconds", "{:.0f}"),
    ("posts", "posts", "{:,.0f}"),
    ("different mails", "different", "{:,.0f}"),
    ("at most MB", "peak_mb", "{:.0f}"),
)


def main() -> None:
    """Measure on both databases."""
    results.show((measure(kind) for kind in town.DATABASES), columns=COLUMNS)


def measure(kind: str, *, count: int = MAILS) -> Result:
    """Import an archive of so many mails, and kill the import on its way."""
    with tempfile.TemporaryDirectory(prefix="samband-bench-") as name, town.database(kind) as url:
        mbox = Path(name) / "archive.mbox"
        with mbox.open("wb") as file:
            rehearsing.archive(file, mails=count)
        store = Store(url)
        store.run_sync(lists.create, mails.LIST, by=None, now=town.EARLIER)
        begun, cpu = time.monotonic(), _cpu()
        killed_at = _killed_half_way(store, url, mbox, count)
        _imported(url, mbox)
        seconds, cpu = time.monotonic() - begun, _cpu() - cpu
        begun = time.monotonic()
        _imported(url, mbox)
        again = time.monotonic() - begun
        posts, different = store.read_sync(_kept)
        store.close()
    return Result(
        bench="mboxes",
        case=f"{kind}, {count:,} mails",
        figures={
            "seconds": seconds,
            "cpu_ms": cpu / count * 1e3,
            "killed_at": killed_at,
            "again_seconds": again,
            "posts": posts,
            "different": different,
            "peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        },
    )


def _killed_half_way(store: Store, url: str, mbox: Path, count: int) -> int:
    """Import until half of the mails are there, and kill -9; return how many there are."""
    with _begun(url, mbox) as process:
        while process.poll() is None and store.read_sync(_posts) < count // 2:
            time.sleep(0.05)
        process.kill()
    return store.read_sync(_posts)


def _imported(url: str, mbox: Path) -> None:
    with _begun(url, mbox) as process:
        if process.wait():
            raise RuntimeError("the import failed")


def _begun(url: str, mbox: Path) -> "subprocess.Popen[bytes]":
    settings = {
        "SAMBAND_DATABASE_URL": url,
        "SAMBAND_SECRET_KEY": "a key for the bench, long enough to be taken for one",
        "PYTHONPATH": os.getcwd(),
        "PATH": os.environ["PATH"],
    }
    command = (sys.executable, "-m", "app", "list", "import-mbox", mails.LIST, str(mbox))
    return subprocess.Popen(command, env=settings, cwd=mbox.parent, stdout=subprocess.DEVNULL)


def _posts(session: Session) -> int:
    return session.scalar(select(func.count(Post.id))) or 0


def _kept(session: Session) -> tuple[int, int]:
    """Return how many posts there are, and of how many different mails."""
    different = select(func.count(PostSource.sha256.distinct()))
    return _posts(session), session.scalar(different) or 0


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
