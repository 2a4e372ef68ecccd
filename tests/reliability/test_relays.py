"""R9: a relay that fails once, at each verb in each way, to both senders: where the copies end.

D1: each is relayed once, or refused with the relay's words. D2: a second copy comes only where the
relay took the mail and its answer was lost. D4: what is refused is refused to whom it was said.
"""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from community.store import Store
from tests.mailing import certificate
from tests.mailing.relay_double import CUT, DRIP, SILENT
from tests.reliability.sending import PATIENCE, PEOPLE, SECONDS, Ends, OnceFaulty, Town

pytestmark = pytest.mark.anyio

ALL_ONCE = Ends(states={"done": 3}, copies={1: 3})
ONE_REFUSED = Ends(states={"done": 2, "failed": 1}, copies={1: 2, 0: 1})
ONE_TWICE = Ends(states={"done": 3}, copies={1: 2, 2: 1})

LATER, NO, GOODBYE, NONSENSE = "451 4.3.0 later", "554 5.7.1 no", "421 4.3.2 closing", "hello?"
FAULTS = (LATER, NO, GOODBYE, SILENT, CUT, NONSENSE)
#: What the relay usually says, for those that say it in an odd way.
USUAL = {"GREETING": "220", "STARTTLS": "220", "AUTH": "235", "DATA": "354", "QUIT": "221"}
VERBS = ("GREETING", "EHLO", "STARTTLS", "MAIL", "RCPT", "DATA", "DOT", "QUIT")
#: Where the relay has a certificate and wants a login.
SAFE_VERBS = ("EHLO", "STARTTLS", "AUTH", "MAIL", "DATA", "DOT", "QUIT")
SENDERS = {
    "pipelined": ("PIPELINING", "SIZE 1000000", "8BITMIME", "SMTPUTF8"),
    "one by one": ("SIZE 1000000", "8BITMIME", "SMTPUTF8"),
}
#: Where a 5xx is about the recipient or the mail, and not about us.
BLAMED = ("RCPT", "DATA", "DOT")


Cell = tuple[str, str, str, bool, Ends]


def _cells(verbs: tuple[str, ...], *, has_tls: bool = False) -> list[Cell]:
    """List verb, recipient, answer, whether the relay has the mail all the same, and the ends."""
    cells = []
    for verb in verbs:
        for has in PEOPLE if verb == "RCPT" else ("",):
            for answer in FAULTS:
                is_refused = answer == NO and verb in BLAMED
                cells.append((verb, has, answer, False, ONE_REFUSED if is_refused else ALL_ONCE))
            # An EHLO that offers nothing ends a line that must be safe.
            if verb not in (("EHLO",) if has_tls else ("STARTTLS",)):
                code = USUAL.get(verb, "250")
                odd = (f"{DRIP}{code} ok", f"{code}-one\r\n{code}-two\r\n{code} three")
                cells += [(verb, has, answer, True, ALL_ONCE) for answer in odd]
    lost = (SILENT, CUT, NONSENSE, GOODBYE)
    return cells + [("DOT", "", answer, True, ONE_TWICE) for answer in lost]


CELLS = _cells(VERBS)
SAFE_CELLS = _cells(SAFE_VERBS, has_tls=True)


def test_the_matrix_has_eighty_cells() -> None:
    assert len(CELLS) >= 80
    assert len(SAFE_CELLS) >= 55


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
            post_id = await town.send(url, seconds=_patience(answer))
        ends[verb, has, answer, is_taken] = town.ends(post_id, relay.taken())
    store.close()

    assert ends == {cell[:4]: cell[4] for cell in CELLS}


@pytest.mark.parametrize("sender", SENDERS)
async def test_r9_d1_d2_d4_the_same_by_a_line_that_is_safe_and_logged_in(
    sqlite_template: Path, tmp_path: Path, now: datetime, sender: str
) -> None:
    store = Store(f"sqlite:///{shutil.copyfile(sqlite_template, tmp_path / 'samband.db')}")
    town = Town(store, now)
    served, trusted = certificate.contexts(tmp_path)
    ends = {}
    for verb, has, answer, is_taken, _ in SAFE_CELLS:
        relay = OnceFaulty(verb, answer, has=has, is_taken=is_taken)
        relay.double.script, relay.double.extensions = relay.script, SENDERS[sender]
        relay.double.tls = served
        async with relay.double.running():
            url = f"smtp://samband:secret@127.0.0.1:{relay.double.port}"
            post_id = await town.send(url, tls=trusted, seconds=_patience(answer))
        ends[verb, has, answer, is_taken] = town.ends(post_id, relay.taken())
        in_clear = {line.split()[0] for said in relay.double.said for line in _before_tls(said)}
        assert in_clear <= {"EHLO", "HELO", "STARTTLS", "QUIT"}
    store.close()

    assert ends == {cell[:4]: cell[4] for cell in SAFE_CELLS}


def _patience(answer: str) -> float:
    return SECONDS if answer == SILENT else PATIENCE


def _before_tls(said: list[str]) -> list[str]:
    """Return what was said on a line before it was safe."""
    return said[: said.index("STARTTLS")] if "STARTTLS" in said else said
