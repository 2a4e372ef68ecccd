"""R9: a relay that fails once, at each verb in each way, to both senders: where the copies end.

D1: each is relayed once, or refused with the relay's words. D2: a second copy comes only where the
relay took the mail and its answer was lost. D4: what is refused is refused to whom it was said.
"""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from community.store import Store
from tests.mailing.relay_double import CUT, DRIP, SILENT
from tests.reliability.sending import PEOPLE, Ends, OnceFaulty, Town

pytestmark = pytest.mark.anyio

ALL_ONCE = Ends(states={"done": 3}, copies={1: 3})
ONE_REFUSED = Ends(states={"done": 2, "failed": 1}, copies={1: 2, 0: 1})
ONE_TWICE = Ends(states={"done": 3}, copies={1: 2, 2: 1})

LATER, NO, GOODBYE, NONSENSE = "451 4.3.0 later", "554 5.7.1 no", "421 4.3.2 closing", "hello?"
FAULTS = (LATER, NO, GOODBYE, SILENT, CUT, NONSENSE)
#: What the relay usually says, for those that say it in an odd way.
USUAL = {"GREETING": "220", "DATA": "354", "QUIT": "221"}
VERBS = ("GREETING", "EHLO", "STARTTLS", "MAIL", "RCPT", "DATA", "DOT", "QUIT")
SENDERS = {
    "pipelined": ("PIPELINING", "SIZE 1000000", "8BITMIME", "SMTPUTF8"),
    "one by one": ("SIZE 1000000", "8BITMIME", "SMTPUTF8"),
}
#: Where a 5xx is about the recipient or the mail, and not about us.
BLAMED = ("MAIL", "RCPT", "DATA", "DOT")


def _cells() -> list[tuple[str, str, str, bool, Ends]]:
    """List verb, recipient, answer, whether the relay has the mail all the same, and the ends."""
    cells = []
    for verb in VERBS:
        for has in PEOPLE if verb == "RCPT" else ("",):
            for answer in FAULTS:
                is_refused = answer == NO and verb in BLAMED
                cells.append((verb, has, answer, False, ONE_REFUSED if is_refused else ALL_ONCE))
            if verb != "STARTTLS":  # nobody here could go on with TLS
                code = USUAL.get(verb, "250")
                odd = (f"{DRIP}{code} ok", f"{code}-one\r\n{code}-two\r\n{code} three")
                cells += [(verb, has, answer, True, ALL_ONCE) for answer in odd]
    lost = (SILENT, CUT, NONSENSE, GOODBYE)
    return cells + [("DOT", "", answer, True, ONE_TWICE) for answer in lost]


CELLS = _cells()


def test_the_matrix_has_eighty_cells() -> None:
    assert len(CELLS) >= 80


@pytest.mark.parametrize("sender", SENDERS)
async def test_r9_d1_d2_d4_every_copy_ends_as_documented_whatever_the_relay_does(
    sqlite_template: Path, tmp_path: Path, now: datetime, sender: str
) -> None:
    store = Store(f"sqlite:///{shutil.copyfile(sqlite_template, tmp_path / 'samband.db')}")
    town = Town(store, now)
    ends = {}
    for verb, has, answer, is_taken, _ in CELLS:
        relay = OnceFaulty(verb, answer, has=has, is_taken=is_taken)
        relay.double.script, relay.double.extensions = relay.script, SENDERS[sender]
        async with relay.double.running() as url:
            post_id = await town.send(url)
        ends[verb, has, answer, is_taken] = town.ends(post_id, relay.taken())
    store.close()

    assert ends == {cell[:4]: cell[4] for cell in CELLS}
