"""Walks the mails of `mails/dockets/`: what moderators' programs make of an answer to a docket."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest

from community import dockets, holds
from community.cases import Proof
from community.docket_replies import Said
from community.store import Store
from mailing import intake
from mailing.handovers import docket_reply
from mailing.listener import Envelope
from mailing.parser import Parser
from mailing.proving import Vouching
from mailing.replies import TAKEN
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, told
from tests.mailing.mails import FOLDER, mail
from tests.mailing.test_reception import reception

pytestmark = pytest.mark.anyio

MONA = "mona.vik@example.org"
OK_1, OK_ALL = Said(verb="accept", numbers=(1,)), Said(verb="accept", is_all=True)
TOO_LONG = Said(verb="return", numbers=(2,), reason="too long")
#: What each says; what is no decision is passed on in its own words.
SAID: dict[str, tuple[Said, ...] | str] = {
    "away": (Said(verb="accept"),),
    "contradicting": "accept all\ndiscard 2",
    "forged": (OK_ALL,),
    "gmail": (OK_1, TOO_LONG),
    "gmail-nb": (Said(verb="digest", numbers=(1, 2)),),
    "iphone": (OK_1, TOO_LONG),
    "iphone-nb": (
        Said(verb="return", numbers=(2,), reason="For langt, og godkjenn gjerne etterpå."),
    ),
    "outlook": (OK_1, TOO_LONG),
    "outlook-nb-html": (
        OK_1,
        Said(verb="return", numbers=(2,), reason="for langt, kutt til ett avsnitt"),
    ),
    "outlook-phone": (TOO_LONG,),
    "stranger": (OK_ALL,),
    "thunderbird-below": (Said(verb="discard", numbers=(2,)),),
    "unclear": "1 is ok with me I think, but is 2 not too long?\n\nMona",
}
#: What decides nothing, and whether the other moderators read it.
UNDECIDED = {"away": 0, "contradicting": 1, "forged": 0, "stranger": 0, "unclear": 1}


def test_each_program_says_what_its_moderator_wrote() -> None:
    found: dict[str, tuple[Said, ...] | str] = {}
    for path in (FOLDER / "dockets").glob("*.eml"):
        facts = intake.read(path.read_bytes(), sender=MONA, authserv_id="mx.example.org")
        given = docket_reply(facts)
        found[path.stem] = given.said or given.text
        assert given.proof is (Proof.FAIL if path.stem == "forged" else Proof.PASS)

    assert found == SAID


@pytest.fixture
async def parser() -> AsyncIterator[Parser]:
    parser = Parser()
    yield parser
    await parser.aclose()


async def test_what_is_unclear_automatic_or_anothers_decides_nothing(
    store: Store, now: datetime, parser: Parser
) -> None:
    list_id = a_list(store, a_person(store))
    a_moderator(store)
    jon = a_moderator(store, "Jon Vik", slack_id="U1")
    made = [a_post(store, list_id, a_mail("eve@b.example", subject=s), now=now) for s in "AB"]
    store.run_sync(dockets.ask, list_id, detail="", due_at=now, now=now)
    door = reception(store, now, parser, Vouching(authserv_id="mx.example.org"))
    address = f"reply+{door.tokens.stamp('docket', 1)}@lists.example.org"

    async def take(name: str) -> list[str]:
        envelope = Envelope(sender=MONA, recipient=address, raw=mail(f"dockets/{name}"))
        assert await door.take(envelope) == TAKEN
        return [store.read_sync(holds.card, post).state for post in made]

    heard = 0
    for name, more in UNDECIDED.items():
        assert await take(name) == ["held", "held"]
        heard += more
        assert told(store, "docket.note") == [(jon, "slack")] * heard
    assert await take("outlook") == ["released", "returned"]
