"""The mail that asks whether a Slack user is you, and the welcome in Slack."""

from datetime import UTC, datetime

import pytest

from community.linking import LinkCard
from community.people import Reader
from letters import linking
from tests.builders import a_house


def reader(language: str) -> Reader:
    return Reader(
        person_id=1,
        name="Ada Holm",
        language=language,
        email="ada.holm@example.org",
        slack_id=None,
        roles=frozenset(),
        fields=(),
    )


def card(*, is_linked: bool = False, takes_over: bool = False) -> LinkCard:
    return LinkCard(
        request_id=4,
        good_until=datetime(2027, 2, 8, 9, 0, tzinfo=UTC),
        is_linked=is_linked,
        takes_over=takes_over,
    )


@pytest.mark.parametrize(("takes_over", "paragraphs"), [(False, 2), (True, 3)])
def test_link_says_what_the_button_does_and_until_when(takes_over: bool, paragraphs: int) -> None:
    letter = linking.link(card(takes_over=takes_over), reader("en"), a_house())

    assert letter is not None
    assert letter.subject == "Is this you in Slack?"
    assert letter.facts == (("Good until", "Mon 8 Feb, 10:00"),)
    assert [(one.action, one.object_id) for one in letter.buttons] == [("person.link", 4)]
    assert len(letter.paragraphs) == paragraphs
    assert "do nothing" in letter.paragraphs[-1]


def test_link_says_nothing_once_it_is_settled() -> None:
    assert linking.link(card(is_linked=True), reader("en"), a_house()) is None
