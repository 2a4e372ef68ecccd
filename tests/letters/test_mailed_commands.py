"""What an answer to a mailed wish offers that could not be done at once."""

from datetime import datetime

import pytest

from community import mailed_commands
from community.cases import Proof
from community.mailed_commands import Asker, Wish
from community.store import Store
from mailing.commands import read
from tests import builders


@pytest.mark.parametrize(
    ("written", "filled"),
    [
        ("pause until 16 August", (("until_day", "2027-08-16"), ("until_time", "00:00"))),
        ("pause until 2027-12-03", (("until_day", "2027-12-03"), ("until_time", "00:00"))),
        ("pause", ()),
        ("topic job digest", (("topic", "job"), ("mode", "digest"))),
        ("none", ()),
    ],
)
def test_the_button_for_what_is_not_proved_keeps_what_was_named(
    store: Store, now: datetime, written: str, filled: tuple[tuple[str, str], ...]
) -> None:
    ada = builders.a_person(store)
    list_id = builders.a_list(store, ada)
    word, value = read(written) or ("", "")
    wish = Wish(word=word, value=value, language="en")
    asker = Asker(email="ada.holm@example.org", name="Ada", proof=Proof.NONE, fingerprint="f")

    store.run_sync(mailed_commands.obey, list_id, wish, asker, now=now)

    said = builders.letter(store, "mailing_list.answer", ada)
    assert said is not None
    [button] = said.buttons
    assert (button.action, button.filled) == (f"mailing_list.{word}", filled)
