"""Mentoring on pages."""

from community import (
    expectations,
    meetings,
    mentoring,
)
from tests.web.conftest import House, sent


def test_coordinator_makes_a_pair_and_the_mentor_books(house: House) -> None:
    two = {"postdoc_id": str(house.people["ada"]), "mentor_id": str(house.people["mia"])}
    made = sent(house, "kari", "/mentorships", **two)
    again = sent(house, "kari", "/mentorships", **two)
    form = {"starts_at_day": "2027-02-10", "starts_at_time": "13:00", "back": "/mentorships"}
    booked = sent(house, "mia", "/mentorships/1/book", **form)
    foreign = sent(house, "bo", "/mentorships/1/book", **form)

    meeting = house.store.read_sync(meetings.of_pair, 1)
    assert made == (303, "/mentorships?done=mentorship.pair")
    assert again[0] == 422
    nobody = {"postdoc_id": "999999", "mentor_id": two["mentor_id"]}
    status, page = sent(house, "kari", "/mentorships", **nobody)
    assert (status, "There is no such person" in page) == (422, True)
    assert booked == (303, "/mentorships?done=mentorship.book")
    assert foreign[0] == 404
    assert meeting is not None
    assert meeting.starts_at.isoformat() == "2027-02-10T12:00:00+00:00"


def test_pairs_of_others_are_shown_to_coordinators_alone(sqlite_house: House) -> None:
    ada, mia = sqlite_house.people["ada"], sqlite_house.people["mia"]
    sqlite_house.store.run_sync(
        expectations.begin,
        postdoc_id=ada,
        mentor_id=mia,
        by=sqlite_house.people["kari"],
        now=sqlite_house.clock.now(),
    )

    pages = {
        who: sqlite_house.signed_in(sqlite_house.people[who]).get("/mentorships").text
        for who in ("ada", "bo", "mia", "kari")
    }

    shown = {who: "Mia Dahl" in page or "Ada Holm" in page for who, page in pages.items()}
    assert shown == {"ada": True, "bo": False, "mia": True, "kari": True}
    assert len(sqlite_house.store.read_sync(mentoring.active)) == 1
