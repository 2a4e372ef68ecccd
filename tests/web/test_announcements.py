"""Announcements on pages."""

from community import (
    announcements,
)
from tests.web.conftest import House, form_token, posted


def test_announcement_is_drafted_looked_at_scheduled_and_cancelled(house: House) -> None:
    english = {"title_en": "Grants", "body_en": "Apply <b>now</b>.", "audience": "postdocs"}
    kari = house.signed_in(house.people["kari"])
    moment = {"send_at_day": "2027-02-02", "send_at_time": "10:00"}

    drafted = kari.post("/announcements", data={**english, "form_token": form_token(kari)})
    there = drafted.headers["location"]
    page = kari.get(there).text
    refused = kari.post(
        "/announcements/1/schedule", data={**moment, "form_token": form_token(kari)}
    )

    assert there == "/announcements/1?done=announcement.draft"
    assert "4 people get it" in page
    assert "2 in English" in page
    assert "2 in Norwegian" in page
    assert "Apply &lt;b&gt;now&lt;/b&gt;." in page
    assert refused.status_code == 422

    both = {**english, "title_nb": "Midler", "body_nb": "Søk nå."}
    assert posted(kari, "/announcements", **both) == 303
    assert posted(kari, "/announcements/2/schedule", **moment) == 303
    assert house.store.read_sync(announcements.card, 2).state == "scheduled"
    assert posted(kari, "/announcements/2/cancel", back="/announcements/2") == 303
    assert house.store.read_sync(announcements.card, 2).state == "cancelled"
    assert kari.get("/announcements/99").status_code == 404
