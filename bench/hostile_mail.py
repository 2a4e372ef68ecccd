"""Measures what it costs to read mails that are made to be dear."""

import time

from mailing import intake
from tests.mailing.hostile import HOSTILE


def main() -> None:
    """Print the CPU seconds of each, the dearest first; above 2 something has become worse."""
    spent = {}
    for name, raw in HOSTILE.items():
        started = time.process_time()
        intake.read(raw)
        spent[name] = time.process_time() - started
    for name, seconds in sorted(spent.items(), key=lambda each: -each[1]):
        print(f"{seconds:8.3f} s  {len(HOSTILE[name]) / 1e6:6.2f} MB  {name}")
