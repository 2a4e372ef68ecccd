"""The page of people, and choosing what it shows of oneself."""

from community import people
from tests.web.conftest import House, sent


def test_people_are_found_by_name_and_field_as_they_show_themselves(sqlite_house: House) -> None:
    house = sqlite_house
    ada, bo = house.people["ada"], house.people["bo"]
    for who in (ada, bo):
        house.store.run_sync(people.set_fields, ("1.3",), by=who, now=house.clock.now())
    shown = {"listed": "yes", "department": "no", "language": "no", "email": "yes"}
    line = "Ask me about <b>lasers</b>"
    assert sent(house, "bo", "/persons/0/introduce", line=line, back="/me", **shown)[0] == 303
    browser = house.signed_in(ada)

    for page in ("/people", "/people?q=bo"):
        text = browser.get(page).text
        assert "Bo Lie" in text
        assert "Ask me about &lt;b&gt;lasers&lt;/b&gt;" in text
        assert "bo.lie@example.org" in text
    assert "Nobody here shows the name" in browser.get("/people?q=zzz").text
    assert "Ask me about &lt;b&gt;" in house.signed_in(bo).get("/me").text
    assert house.browser().get("/people").status_code == 303
