"""Addresses that mail does not reach, as coordinators see them."""

from datetime import datetime

from bot.blocks import addresses
from community.shared_returns import SharedTally
from community.suppressions import AddressCard
from tests.builders import a_house


def a_card(state: str, now: datetime) -> AddressCard:
    return AddressCard(
        address_id=7,
        person_id=1,
        name="Ada Holm",
        email="ada.holm@example.org",
        state=state,
        suppression_id=3,
        since=now,
        status="5.1.1",
        diagnostic="User unknown " + "x" * 1000,
    )


def test_each_address_shows_whose_it_is_why_since_when_and_its_button(now: datetime) -> None:
    shown = addresses.listing("en", [a_card("suppressed", now)], a_house())

    words = str(shown.blocks)
    assert "Ada Holm <ada.holm@example.org>" in words
    assert "Gets no mail: it comes back. Mon 1 Feb, 10:00" in words
    assert "the other mail server knows no such address (5.1.1)" in words
    assert "User unknown" in words
    assert "'action_id': 'address.restore'" in words
    assert "'value': '7'" in words


def test_a_probed_one_is_said_to_be_asked(now: datetime) -> None:
    shown = addresses.listing("nb", [a_card("probed", now)], a_house())

    assert "vi har sendt en prøve" in str(shown.blocks)


def test_an_empty_list_says_so() -> None:
    shown = addresses.listing("en", [], a_house())

    assert "Mail reaches everybody, as far as we know." in str(shown.blocks)


def test_what_came_back_of_shared_mails_stands_above_by_list(now: datetime) -> None:
    shared = [SharedTally(list_address="postdocs@lists.example.org", count=3)]

    shown = addresses.listing("nb", [a_card("probed", now)], a_house(), shared=shared)

    words = str(shown.blocks)
    assert words.index("3 e-poster som mange lesere delte, har kommet i retur") < words.index("Ada")
    assert "postdocs@lists.example.org" in words
