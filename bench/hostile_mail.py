"""Measures what the forty worst mails cost from the wire to the facts, in CPU seconds."""

import time

from mailing import gate, intake
from mailing.endofdata import EndOfData
from mailing.envelopes import Limits
from tests.mailing.worst import WORST

CHUNK_OCTETS = 64 * 1024


def main() -> None:
    """Print the CPU seconds of each, the dearest first; above 1 something has become worse."""
    spent = {}
    for name, worst in WORST.items():
        started = time.process_time()
        _come_in(worst.raw)
        spent[name] = time.process_time() - started
    for name, seconds in sorted(spent.items(), key=lambda each: -each[1]):
        print(f"{seconds:8.3f} s  {len(WORST[name].raw) / 1e6:6.2f} MB  {name}")


def _come_in(raw: bytes) -> None:
    """Do all that the door and the reader do; the same work as in the service and its child."""
    wire = raw.replace(b"\r\n.", b"\r\n..") + b".\r\n"
    end = EndOfData(max_octets=Limits().max_octets)
    for at in range(0, len(wire), CHUNK_OCTETS):
        end.feed(wire[at : at + CHUNK_OCTETS])
    if not end.is_too_big and gate.check(mail := end.mail()) is None:
        intake.read(mail)
