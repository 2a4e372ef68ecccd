"""The letter to a newcomer of a list asks what has no answer yet, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime

from community.deliveries import Chosen
from community.lists import MailingList
from community.people import Reader, Role
from community.subscriptions import Mode
from community.welcomes import Welcome
from letters import welcomes
from letters.letter import Letter
from tests.builders import a_house

LIST = "postdocs@lists.example.org"
NEW = Welcome(
    mailing_list=MailingList(
        id=1, address=LIST, policy_changes={}, created_at=datetime(2027, 1, 4, tzinfo=UTC)
    ),
    chosen=Chosen(mode=Mode.EACH, paused_until=None),
    has_language=False,
    has_fields=False,
    has_mode=False,
)
TO = Reader(
    person_id=1,
    name="Ada Holm",
    language="en",
    email="ada.holm@example.org",
    slack_id="U1",
    roles=frozenset({Role.MEMBER}),
    fields=(),
)


def written(view: Welcome, to: Reader = TO) -> Letter:
    letter = welcomes.welcome(view, to, a_house())
    assert letter is not None
    return letter


def names(letter: Letter) -> list[str]:
    return [one.action for one in letter.buttons]


def test_each_question_stands_with_its_press_as_long_as_it_has_no_answer() -> None:
    everything = written(NEW)
    mentor = written(NEW, replace(TO, roles=frozenset()))
    weekly = Chosen(mode=Mode.WEEKLY, paused_until=None)
    norwegian = written(
        replace(NEW, has_language=True, has_fields=True, chosen=weekly), replace(TO, language="nb")
    )

    assert everything.paragraphs[-1] == (
        "One press for each question, and you are set.\n"
        "– Which language do you want us to write in?\n"
        "– What do you do research in?\n"
        f"– How much mail do you want from {LIST}? Now each post comes as a mail of its own, "
        "at once."
    )
    ways = ["mailing_list.digest", "mailing_list.weekly"]
    assert names(everything) == ["person.norwegian", "person.set_fields", *ways]
    assert names(mentor) == ["person.norwegian", *ways]
    assert norwegian.paragraphs[-1].splitlines()[1:] == [f"– Hvor mye e-post vil du ha fra {LIST}?"]
    assert names(norwegian) == ways


def test_who_has_answered_everything_is_asked_nothing() -> None:
    letter = written(replace(NEW, has_language=True, has_fields=True, has_mode=True))

    assert (letter.buttons, len(letter.paragraphs)) == ((), len(written(NEW).paragraphs) - 1)
    assert letter.stop is not None
    assert welcomes.welcome(replace(NEW, chosen=None), TO, a_house()) is None
