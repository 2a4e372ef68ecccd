"""The message to somebody new in Slack: what it asks, and what it says is answered."""

from dataclasses import replace

from community.onboarding import Onboarding
from community.people import Reader
from community.subscriptions import Mode
from letters import onboarding
from tests.builders import a_house

NEW = Onboarding(
    language="en",
    has_language=False,
    fields=(),
    asks_fields=True,
    list_addresses=("postdocs@lists.example.org",),
    mode=Mode.EACH,
    has_mode=False,
)
TO = Reader(
    person_id=1,
    name="Ada Holm",
    language="en",
    email="ada.holm@example.org",
    slack_id="U1",
    roles=frozenset(),
    fields=(),
)


def test_three_questions_each_with_one_press() -> None:
    letter = onboarding.welcome(NEW, TO, a_house())

    assert letter.subject == "Welcome to Samband"
    assert [(item.title, [one.label for one in item.buttons]) for item in letter.items] == [
        ("Which language do you want us to write in?", ["English", "Norsk (bokmål)"]),
        ("What do you do research in?", ["Say my fields"]),
        (
            "How much mail do you want from postdocs@lists.example.org?",
            ["Each post as a mail", "One digest a day", "One digest a week"],
        ),
    ]
    menu = letter.items[1].menu
    assert menu is not None
    assert len(menu.choices) == 42


def test_what_is_answered_is_said_and_the_end_says_what_to_do() -> None:
    done = replace(NEW, has_language=True, fields=("1.3",), has_mode=True)
    letter = onboarding.welcome(done, replace(TO, language="nb"), a_house())

    assert [(item.title[:2], item.facts, item.buttons, item.menu) for item in letter.items] == [
        ("✓ ", (("", "Norsk (bokmål)"),), (), None),
        ("✓ ", (("", "Fysikk"),), (), None),
        ("✓ ", (("", "Hvert innlegg som e-post"),), (), None),
    ]
    assert "/postdoc folk" in letter.paragraphs[-1]


def test_what_there_is_nothing_to_ask_about_is_left_out() -> None:
    mentor = replace(NEW, asks_fields=False, list_addresses=())
    other = replace(NEW, has_mode=True, mode=None)

    assert len(onboarding.welcome(mentor, TO, a_house()).items) == 1
    assert onboarding.welcome(other, TO, a_house()).items[2].facts == (("", "As you chose."),)
    assert replace(mentor, has_language=True).is_done
    assert not mentor.is_done
