"""Threat 30: whatever a mail or a name says, in Slack it is words, and pings and hides nothing."""

import itertools

import pytest

from bot.blocks import kit, letters
from bot.blocks.kit import Json
from letters.letter import Letter
from sandbox.mentions import marks

BROADCASTS = ("<!channel>", "<!here>", "<!everyone>", "<!channel|all>", "<! channel>", "<!>")
MENTIONS = ("<@U0ADA>", "<@W0ADA|ada>", "<#C0LUNCH>", "<#C0LUNCH|lunch>", "<!subteam^S1|@mods>")
DATES = ("<!date^1392734382^{date}|now>", "<!date^1392734382^{date}^https://evil.example|uni>")
LINKS = (
    "<https://evil.example|https://uni.example>",
    "<mailto:a@evil.example|help@uni.example>",
    "<tel:112|call>",
    "<slack://open?team=T1|open>",
    "[uni](https://evil.example)",
    "https://uni.example@evil.example/",
    "https://uni.example%2f@evil.example",
    "https://évil.example/ https://xn--vil-9la.example",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
)
ESCAPED = (
    "&lt;!channel&gt;",
    "&amp;lt;!channel&amp;gt;",
    "&#60;!channel&#62;",
    "&#x3C;!here&#x3E;",
    "\\u003c!channel\\u003e",
    "%3C!channel%3E",
    "＜!channel＞",
    "<\u200b!channel>",
    "<\x00!channel>",
    "<\n!channel>",
    "<!cha\u00adnnel>",
    "\u202e>lennahc!<",
)
MARKS = (
    "*bold* _it_ ~no~ `code`",
    "```\n<!channel>\n```",
    "`<!here>`",
    "> <!everyone>",
    "* *<!channel>* *",
    ":tada: :skin-tone-2: :+1:",
    ":" * 200,
    "@channel @here @everyone @ada #general",
)
NAUGHTY = (
    "",
    " ",
    "undefined",
    "null",
    "NaN",
    "-1/0",
    "0x0",
    "true",
    "1;DROP TABLE person",
    "' OR 1=1 -- 1",
    "<script>alert('x')</script>",
    "<img src=x onerror=alert(1)>",
    "{{7*7}} ${7*7} %s %d {0} {name}",
    "../../../../etc/passwd%00",
    "\x00\x01\x08\x1b[31m\x7f",
    "\ufeff\ufffe\u2028\u2029\u0085",
    "Ω≈ç√∫˜µ≤≥÷ ﷽ 𝕋𝕙𝕖 田中さん 사회과학원 مُنَاقَشَة",
    "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮",
    "👾 🙇 👩🏽 👨‍🦰 1️⃣ 🇳🇴",
    "\U000e0001\U000e007f",
)
HOSTILE = tuple(dict.fromkeys((*BROADCASTS, *MENTIONS, *DATES, *LINKS, *ESCAPED, *MARKS, *NAUGHTY)))
#: Each beside another, so that what one opens the next may close.
PAIRED = tuple(f"{one} {two}" for one, two in itertools.pairwise((*HOSTILE, HOSTILE[0])))


def test_there_are_as_many_as_were_promised() -> None:
    assert len(HOSTILE) >= 60


@pytest.mark.parametrize("kind", ["alone", "paired", "in the middle"])
def test_hostile_words_stay_words_in_every_piece(kind: str) -> None:
    found = {
        text: made
        for words in (PAIRED if kind == "paired" else HOSTILE)
        if (made := marks(_pieces(text := f"a{words}b" if "m" in kind else words), text=""))
    }

    assert found == {}


def test_hostile_words_stay_words_in_a_letter_and_in_its_notification() -> None:
    found = {}
    for words in (*HOSTILE, *PAIRED):
        letter = Letter(
            language="en",
            subject=words,
            paragraphs=(words,),
            facts=((words, words),),
            quote=words,
            why=words,
        )
        shown = letters.shown(letter)
        found[words] = marks(shown.blocks, shown.text)

    assert {words: made for words, made in found.items() if made} == {}


def test_what_slack_would_read_is_seen() -> None:
    section: Json = {"type": "section", "text": {"type": "mrkdwn", "text": "<!here> <@U1>"}}
    hidden = {"type": "link", "url": "https://evil.example", "text": "uni"}
    loud = {"type": "plain_text", "text": ":tada:"}

    assert marks([section, hidden, loud], "<!channel>") == [
        "!channel",
        "!here",
        "@U1",
        "https://evil.example|uni",
        ":tada:",
    ]


def _pieces(words: str) -> list[Json]:
    return [
        kit.header(words),
        kit.words(words),
        kit.linked(words),
        kit.small(words),
        *kit.facts([(words, words)]),
        kit.line(words),
        kit.text(words),
        kit.button(words, "meetup.join", "1", ask=kit.dialog(words, words, words, words)),
        kit.menu("field", [("1.2", words)]),
        kit.overflow("post.more", [("1", words)]),
        kit.modal("meetup.propose", words, [kit.words(words)], submit=words, close=words),
    ]
