"""What is due, as coordinators see it."""

from tests import builders
from tests.web.conftest import House


def test_due_says_when_what_and_why(sqlite_house: House) -> None:
    builders.a_meetup(sqlite_house.store, sqlite_house.people["ada"], topic="Lunch <at> noon")

    page = sqlite_house.signed_in(sqlite_house.people["kari"]).get("/due").text

    assert "Lunch &lt;at&gt; noon" in page
    assert "The meetup is over then." in page
    assert "Kari Berg" not in page  # who has just asked for a sign-in link
