"""What moderators read of a post in their queue before they decide."""

from dataclasses import replace

from community.cases import Proof
from tests import builders
from tests.web.conftest import House


def test_queue_says_by_whom_for_whom_and_whether_that_is_proved(house: House) -> None:
    list_id = builders.a_list(house.store)
    mail = replace(builders.a_mail(), proof=Proof.FAIL, fields=("1.3",), to_addresses=())
    nobody = replace(
        builders.a_mail(text="Who am I?", is_unreadable=True), from_addresses=(), proof=Proof.NONE
    )
    for each in (mail, nobody):
        builders.a_post(house.store, list_id, each)

    page = house.signed_in(house.people["mona"]).get("/held")

    forged, unread = page.text.split('<article class="card held"')[1:]
    assert "The domain of ada.holm@example.org denies it" in forged
    assert "<dt>For the fields</dt><dd>" in forged
    assert "physical sciences" in forged.casefold()
    assert "&lt;&gt;" not in unread
    assert "<dt>From</dt><dd>–</dd>" in unread
    assert "It is not proved" not in unread
    assert "It is shown as it came" in unread
