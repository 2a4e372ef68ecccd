from datetime import datetime

import pytest

from community import profiles, ways
from community.errors import Refusal
from community.people import Address, Category
from community.profiles import Profile
from community.store import Session, Store
from tests.builders import EARLIER, a_list, a_person


def test_profile_has_what_is_stored(store: Store, now: datetime) -> None:
    ada = a_person(store, fields=("1.2",), slack_id="U1AA")
    a_list(store, ada)
    store.run_sync(ways.mute, Category.MEETUP, by=ada, now=now)

    def know(session: Session) -> None:
        session.add(Address(person_id=ada, email="a@old.example.org", is_primary=False))

    store.run_sync(know)

    assert store.read_sync(profiles.profile, ada) == Profile(
        person_id=ada,
        name="Ada Holm",
        state="active",
        emails=("ada.holm@example.org", "a@old.example.org"),
        roles=("member",),
        fields=("1.2",),
        language="en",
        department="",
        faculty="",
        campus="",
        starts_on=None,
        ends_on=None,
        slack_id="U1AA",
        supervisor_email=None,
        joined_at=EARLIER,
        lists=("postdocs@lists.example.org",),
        stopped=("meetup",),
    )


def test_find_refuses_an_address_that_nobody_has(store: Store) -> None:
    with pytest.raises(Refusal) as refusal:
        store.read_sync(profiles.find, "X@example.org")

    assert str(refusal.value) == "Nobody has the address x@example.org."
