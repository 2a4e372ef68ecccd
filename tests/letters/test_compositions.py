"""What is said of a post before it is sent: what the rules will do, why, and who gets it."""

from dataclasses import replace
from datetime import UTC, datetime

from community.cases import Decision
from community.compositions import Composed
from community.meters import Meter
from community.policies import Policy
from community.prospects import Prospect
from letters import compositions
from tests.builders import a_house

AT = datetime(2027, 2, 3, 15, 0, tzinfo=UTC)
MAIL = Composed(
    author_name="Ada Holm",
    author_email="ada@example.org",
    to="postdocs@lists.example.org",
    subject="Lunch",
    text="At noon?",
    message_id="<1@lists.example.org>",
    answers=(),
    at=AT,
)
OUT = Prospect(
    mail=MAIL,
    list_name="postdocs",
    decision=Decision.ACCEPT,
    rule="accepted",
    policy=Policy().values(),
    meter=Meter(threads_left=2, threads_per_day=4, mails_left=9, mails_per_week=10),
    at_once=312,
    in_digest=40,
    by_line=0,
    fields=(),
    is_contained=False,
    digest_at=AT,
    deadline_at=None,
    outcome="digest",
)


def test_a_post_that_goes_out_says_when_and_to_how_many() -> None:
    assert compositions.outlook("en", OUT, a_house()) == (
        "It goes out in 2 minutes; until then you can take it back.",
        "312 people get it as a mail and 40 in a digest.",
    )
    assert compositions.outlook("nb", replace(OUT, at_once=1), a_house()) == (
        "Det går ut om 2 minutter; til da kan du trekke det tilbake.",
        "1 får det som e-post og 40 i en oppsamling.",
    )
    assert compositions.left("en", OUT).startswith("2 of 4 new threads left today")


def test_a_post_that_waits_says_why_and_what_time_does() -> None:
    held = replace(OUT, decision=Decision.HOLD, rule="newcomer", deadline_at=AT)

    assert compositions.outlook("en", held, a_house())[:3] == (
        "It waits for a moderator first.",
        "Your first posts to a list wait for a moderator.",
        "If nobody decides by Wed 3 Feb, 16:00: it goes into the next digest.",
    )


def test_a_post_beyond_the_budget_says_when_the_digest_comes() -> None:
    later = replace(OUT, decision=Decision.DIGEST, rule="budget", at_once=0, in_digest=352)

    assert compositions.outlook("en", later, a_house()) == (
        "It goes into the next digest, Wed 3 Feb, 16:00.",
        "The list has carried what it carries at once today or this week.",
        "352 people get it in a digest.",
    )


def test_a_post_that_would_come_back_says_what_to_do_instead() -> None:
    back = replace(OUT, decision=Decision.RETURN, rule="closed")

    assert compositions.outlook("en", back, a_house()) == (
        "It does not go to the list as it is.",
        "A moderator has closed this thread.",
        "Write to the person whom you answer, or begin a new thread if there is news.",
    )


def test_an_answer_in_a_long_thread_says_who_gets_a_line() -> None:
    apart = replace(OUT, is_contained=True, at_once=3, in_digest=0, by_line=309)

    assert compositions.outlook("en", apart, a_house())[1:] == (
        "3 people get it as a mail and 309 one line in a digest.",
        "This thread goes on for those who write in it or follow it. For all, begin a new thread.",
    )
