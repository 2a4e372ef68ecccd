"""What is due, as coordinators see it."""

from community import expectations, freezes, outbox
from community.outbox import Channel
from community.people import Role
from tests import builders
from tests.builders import EARLIER
from tests.web.conftest import House
from web import due


def test_due_says_when_what_and_why(sqlite_house: House) -> None:
    builders.a_meetup(sqlite_house.store, sqlite_house.people["ada"], topic="Lunch <at> noon")

    page = sqlite_house.signed_in(sqlite_house.people["kari"]).get("/due").text

    assert "Lunch &lt;at&gt; noon" in page
    assert "The meetup is over then." in page
    assert "Kari Berg" not in page  # who has just asked for a sign-in link


def test_due_has_room_for_what_is_not_private(sqlite_house: House) -> None:
    store, now = sqlite_house.store, sqlite_house.clock.now()
    kari = sqlite_house.signed_in(sqlite_house.people["kari"])
    for person_id in range(due.MOST + 1):
        kind, whom = "sign_in.link", sqlite_house.people["ada"]
        store.run_sync(outbox.put, kind, person_id, whom, channel=Channel.MAIL, now=EARLIER)
    builders.a_meetup(store, sqlite_house.people["ada"], topic="Lunch at noon", now=now)

    assert "Lunch at noon" in kari.get("/due").text


def test_due_calls_what_has_no_name_by_what_happens(sqlite_house: House) -> None:
    store, people, now = sqlite_house.store, sqlite_house.people, sqlite_house.clock.now()
    mentor = builders.a_person(store, "Pål Moe", roles=(Role.MENTOR,))
    kari = people["kari"]
    store.run_sync(expectations.begin, postdoc_id=people["ada"], mentor_id=mentor, by=kari, now=now)

    page = sqlite_house.signed_in(kari).get("/due").text

    assert "Pål Moe" in page
    assert "mentorship 1" not in page


def test_u3_due_says_that_nothing_goes_out(house: House) -> None:
    kari = house.signed_in(house.people["kari"])
    words = "Nothing has gone out since"
    before = words in kari.get("/due").text

    house.store.run_sync(freezes.freeze, why=freezes.OLDER, now=house.clock.now())

    assert (before, words in kari.get("/due").text) == (False, True)
