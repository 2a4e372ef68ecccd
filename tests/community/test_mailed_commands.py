"""What people ask a list by mail: words that mean something elsewhere are answered here too."""

from datetime import datetime

from community import mailed_commands
from community.cases import Proof
from community.mailed_commands import Asker, Wish
from community.store import Store
from tests import builders


def test_a_yes_to_nothing_is_answered_with_what_can_be_asked(store: Store, now: datetime) -> None:
    ada = builders.a_person(store)
    list_id = builders.a_list(store, ada)
    email = "ada.holm@example.org"

    for number, value in enumerate(("", "17-abc")):
        asker = Asker(email=email, name="Ada", proof=Proof.PASS, fingerprint=f"f{number}")
        wish = Wish(word="confirm", value=value, language="en")
        store.run_sync(mailed_commands.obey, list_id, wish, asker, now=now)
        said = builders.letter(store, "mailing_list.answer", ada)
        assert said is not None
        assert "help" in " ".join(said.paragraphs)
