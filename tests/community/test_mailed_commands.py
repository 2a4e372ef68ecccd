"""What people ask a list by mail: words that mean something elsewhere are answered here too."""

from datetime import date, datetime

import pytest

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


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2027-08-16", date(2027, 8, 16)),
        ("12-03", date(2026, 12, 3)),
        ("11-22", date(2026, 11, 22)),
        ("03-12", date(2027, 3, 12)),
        ("02-29", date(2028, 2, 29)),
    ],
)
def test_a_day_without_a_year_is_the_next_one(value: str, day: date) -> None:
    assert mailed_commands.day_meant(value, date(2026, 11, 22)) == day


@pytest.mark.parametrize("value", ["", "02-31", "2027-02-31", "soon"])
def test_what_names_no_day_is_none(value: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says, nobody reads it
        mailed_commands.day_meant(value, date(2026, 11, 22))
