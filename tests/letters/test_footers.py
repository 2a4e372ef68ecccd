from dataclasses import replace

import pytest

from community.policies import Policy
from letters import footers
from tests.builders import a_house

LINK = "https://samband.example.org/posts/17/choices"
LIST = "postdocs@lists.example.org"
ENGLISH = (
    "This came because you are on postdocs@lists.example.org.",
    "Digest instead, pause, mute this thread, or leave:",
)
NORWEGIAN = (
    "Dette kommer fordi du er med i postdocs@lists.example.org.",
    "Velg oppsamling eller pause, demp dette emnet, eller meld deg av:",
)


def words(policy: Policy) -> tuple[str, ...]:
    return footers.words(policy, list_address=LIST, post_id=17, house=a_house())


@pytest.mark.parametrize(
    ("footer", "said"),
    [
        ("off", ()),
        ("en", (*ENGLISH, LINK)),
        ("nb", (*NORWEGIAN, LINK)),
        ("both", (ENGLISH[0], NORWEGIAN[0], ENGLISH[1], NORWEGIAN[1], LINK)),
    ],
)
def test_the_list_chooses_the_language(footer: str, said: tuple[str, ...]) -> None:
    assert words(Policy(footer=footer)) == said


def test_own_words_take_the_place_of_ours_and_the_way_to_all_choices_stays() -> None:
    policy = Policy(footer="nb", footer_words="Støyfri sone")

    assert words(policy) == ("Støyfri sone", NORWEGIAN[1], LINK)
    assert words(replace(policy, footer="off")) == ()


@pytest.mark.parametrize("footer", ["en", "nb", "both"])
def test_our_own_words_can_be_written_into_every_mail(footer: str) -> None:
    assert "".join(words(Policy(footer=footer))).isascii()
    assert max(map(len, words(Policy(footer=footer)))) <= 72
