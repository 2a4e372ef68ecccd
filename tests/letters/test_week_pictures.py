"""The picture of a rehearsal: every week has its bar, at its height, in both languages."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from community import rehearsals
from community.calendar import Calendar
from community.policies import Policy
from community.rehearsals import Rehearsal
from letters import week_pictures
from tests.community.test_replays import DAY, MONDAY, a_mail
from texts import LANGUAGES, Language

NAMESPACE = "{http://www.w3.org/2000/svg}"
FULL_PX = week_pictures.HEIGHT - 56 - 34


def rehearsed(*a_week: int, threads_per_day: int = 100) -> Rehearsal:
    """Rehearse weeks of so many mails each, all on a Monday."""
    mails = [
        a_mail(100 * week + n, MONDAY + 7 * week * DAY + n * timedelta(minutes=1), writer=f"w{n}")
        for week, count in enumerate(a_week)
        for n in range(count)
    ]
    policy = Policy(threads_per_day=threads_per_day, mails_per_member_per_week=100)
    found = rehearsals.of_mails(mails, policy, Calendar())
    assert found is not None
    return found


def bars(svg: str, colour: str) -> list[float]:
    """Return the heights of all bars of one colour, legend left out."""
    return [
        float(rect.attrib["height"])
        for rect in ElementTree.fromstring(svg).iter(f"{NAMESPACE}rect")  # noqa: S314 - our own
        if rect.attrib["fill"] == colour and "rx" not in rect.attrib
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_week_has_its_bars_at_their_heights(language: Language) -> None:
    svg = week_pictures.draw(language, rehearsed(10, 5, threads_per_day=4))

    assert bars(svg, week_pictures.WITHOUT[1]) == [FULL_PX, FULL_PX / 2]
    assert bars(svg, week_pictures.AT_ONCE[1]) == [FULL_PX * 0.4, FULL_PX * 0.4]
    assert bars(svg, week_pictures.DIGESTS[1]) == [FULL_PX * 0.1, FULL_PX * 0.1]


def test_many_weeks_share_bars_of_their_average() -> None:
    svg = week_pictures.draw("en", rehearsed(*[2] * 300))

    assert bars(svg, week_pictures.WITHOUT[1]) == [FULL_PX] * 100


def test_a_file_brings_its_colours_and_a_page_gives_them() -> None:
    found = rehearsed(3)

    assert "prefers-color-scheme:dark" in week_pictures.draw("en", found, is_file=True)
    assert "<style>" not in week_pictures.draw("en", found)


def test_the_picture_says_in_words_what_it_shows() -> None:
    found = rehearsed(8, 8, threads_per_day=4)

    label = re.search('aria-label="([^"]*)"', week_pictures.draw("nb", found))

    assert label is not None
    assert label.group(1) == ("E-poster i uken til hvert medlem. I snitt 10 med reglene, 16 uten.")


@pytest.mark.parametrize(("most", "end"), [(0, 1), (1, 1), (3, 4), (5, 10), (41, 100), (399, 400)])
def test_the_axis_ends_at_a_round_number(most: float, end: float) -> None:
    assert week_pictures._round_up(most) == end
