"""A hundred thousand mails of an archive go before the rules: cut, read, judged, summed up, drawn.

The archive is made anew, with a fixed seed: ten years of threads, answers and absence notes by 400
people. Its making is not measured.
"""

import random
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import BinaryIO

from bench import results
from bench.results import Result
from community import rehearsals
from community.calendar import Calendar
from community.policies import Policy
from letters import week_pictures
from mailing import mboxes, rereading

MAILS = 100_000
PEOPLE = 400
YEARS = 10
LINE = b"the list moved to a new house last night and all its letters came along\n"
COLUMNS = (
    ("seconds", "seconds", "{:.1f}"),
    ("CPU seconds", "cpu_seconds", "{:.1f}"),
    ("CPU us a mail", "cpu_us", "{:.0f}"),
    ("MB more", "more_mb", "{:.0f}"),
    ("mails a week without", "without", "{:.1f}"),
    ("with the rules", "under", "{:.1f}"),
)


def main() -> None:
    """Make an archive and rehearse the default policy on it."""
    results.show(_measured(), columns=COLUMNS)


def archive(file: BinaryIO, *, mails: int = MAILS, seed: int = 1) -> None:
    """Write an archive of so many mails, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    begun = datetime(2017, 1, 2, 8, 0, tzinfo=UTC)
    step = timedelta(days=365 * YEARS) / mails
    for number in range(mails):
        came_at = begun + number * step + chance.random() * step
        file.write(_mail(number, came_at, chance))


def _mail(number: int, came_at: datetime, chance: random.Random) -> bytes:
    writer = int(chance.paretovariate(1.0) * 3) % PEOPLE  # few write much
    answered = number - chance.randrange(1, 30) if number > 30 and chance.random() < 0.7 else None
    away = chance.random() < 0.02
    subject = "Automatic reply: away" if away else f"Thread {answered or number}"
    reply = f"In-Reply-To: <{answered}.bench@d00.example.net>\n" if answered else ""
    head = (
        f"From m{writer}@d00.example.net {came_at:%a %b %e %H:%M:%S %Y}\n"
        f"From: Member {writer} <m{writer}@d00.example.net>\nTo: list@lists.example.org\n"
        f"Subject: {subject}\nDate: {format_datetime(came_at)}\n{reply}"
        f"Message-ID: <{number}.bench@d00.example.net>\nMIME-Version: 1.0\n"
        'Content-Type: text/plain; charset="utf-8"\n\n'
    )
    return head.encode() + LINE * chance.randrange(3, 60) + b"\n"


def _measured() -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.mbox"
        with path.open("wb") as file:
            archive(file)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began, cpu = time.perf_counter(), time.process_time()
        with path.open("rb") as file:
            suspect = Policy().suspect_headers
            filed = mboxes.read(file, most_bytes=rereading.MOST_BYTES)
            mails = rereading.in_order(filed, suspect_headers=suspect, passed=lambda _: None)
            found = rehearsals.of_mails(mails, Policy(), Calendar())
        if found is None:
            raise RuntimeError("the archive has no mails")
        week_pictures.draw("en", found, is_file=True)
        cpu, seconds = time.process_time() - cpu, time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        yield Result(
            bench="rehearsing",
            case=f"{found.mails:,} mails",
            figures={
                "seconds": seconds,
                "cpu_seconds": cpu,
                "cpu_us": cpu / found.mails * 1e6,
                "more_mb": (after - before) / 1024,
                "without": found.without,
                "under": found.under,
            },
        )
