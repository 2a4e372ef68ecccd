"""What was written in Slack, as it can stand in a mail."""

import pytest

from bot import mrkdwn

NAMES = {"U1": "Ada Holm", "U3": ""}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", ""),
        ("Hei <@U1> og <@U2> og <@U3|bo>", "Hei @Ada Holm og @… og @bo"),
        ("in <#C1|general> or <#C2>", "in #general or #…"),
        ("<!channel> <!here> <!everyone>", "@channel @here @everyone"),
        ("<!subteam^S1|@postdocs> <!subteam^S2> at <!date^1^{time}|noon>", "@postdocs  at noon"),
        (
            "<https://a.example/x> <https://a.example/y|here>",
            "https://a.example/x here (https://a.example/y)",
        ),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("1 &lt; 2 &amp;&amp; *bold* `code`", "1 < 2 && *bold* `code`"),
        ("&lt;!channel&gt; is no mark", "<!channel> is no mark"),
    ],
)
def test_words_are_what_people_read(written: str, read: str) -> None:
    assert mrkdwn.words(written, NAMES) == read


def test_people_who_are_mentioned_are_found_once() -> None:
    assert mrkdwn.people_in("<@U1> <@U2|bo> <@U1> <@U3>") == ("U1", "U2", "U3")


def test_a_quote_marks_every_line() -> None:
    assert mrkdwn.quoted("One\n\nTwo") == "> One\n>\n> Two"
