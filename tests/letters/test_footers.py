from dataclasses import replace

import pytest

from community.policies import Policy
from letters import footers
from tests.builders import a_house

LINK = "https://samband.example.org/posts/17/choices"
LIST = "postdocs@lists.example.org"
ENGLISH = (
    "This came because you are on postdocs@lists.example.org.",
    "Reply: to the author alone. Reply all: to the whole list.",
    "Digest instead, pause, mute this thread, or leave:",
)
NORWEGIAN = (
    "Dette kommer fordi du er med i postdocs@lists.example.org.",
    "Svar: bare til forfatteren. Svar alle: til hele listen.",
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
        ("both", (*(line for both in zip(ENGLISH, NORWEGIAN, strict=True) for line in both), LINK)),
    ],
)
def test_the_list_chooses_the_language(footer: str, said: tuple[str, ...]) -> None:
    assert words(Policy(footer=footer)) == said


def test_own_words_take_the_place_of_ours_and_the_way_to_all_choices_stays() -> None:
    policy = Policy(footer="nb", footer_words="Støyfri sone")

    assert words(policy) == ("Støyfri sone", *NORWEGIAN[1:], LINK)
    assert words(replace(policy, footer="off")) == ()


def test_it_says_where_an_answer_goes() -> None:
    lines = words(Policy(footer="both", reply_to="list"))

    assert "Reply: to the whole list. The author alone: by the page below." in lines
    assert "Svar: til hele listen. Bare forfatteren: fra siden nedenfor." in lines


def test_what_the_list_itself_writes_is_answered_to_its_coordinators() -> None:
    policy, house = Policy(footer="both"), a_house()

    lines = footers.words(policy, list_address=LIST, post_id=17, house=house, is_of_house=True)

    assert "Reply: to the coordinators. Reply all: to the whole list." in lines
    assert "Svar: til koordinatorene. Svar alle: til hele listen." in lines
    assert "".join(lines).isascii()


@pytest.mark.parametrize("reply_to", ["author", "list"])
@pytest.mark.parametrize("footer", ["en", "nb", "both"])
def test_our_own_words_can_be_written_into_every_mail(footer: str, reply_to: str) -> None:
    lines = words(Policy(footer=footer, reply_to=reply_to))

    assert "".join(lines).isascii()
    assert max(map(len, lines)) <= 72
