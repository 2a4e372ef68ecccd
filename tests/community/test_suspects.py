"""Headers that a policy suspects: a name, and a value in which * is any text."""

import fnmatch
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.policies import Policy
from community.suspects import fits, is_suspect, patterns

USUAL = Policy().suspect_headers


@pytest.mark.parametrize(
    ("head", "suspected"),
    [
        (b"Subject: Lunch\r\nX-Spam-Flag: YES", True),
        (b"x-spam-flag:  yes, score=7.1", True),
        (b"X-Spam-Flag: NO", False),
        (b"X-Spam-Status: Yes,\r\n score=9", True),
        (b"X-Spam-Status:\r\n\tYes, score=9", True),
        (b"X-Spam-Status: No, score=-2", False),
        (b"X-Spam: Yesterday", True),
        (b"Subject: X-Spam-Flag: YES", False),
        (b"", False),
    ],
)
def test_the_usual_filters_marks_are_known(head: bytes, suspected: bool) -> None:
    assert is_suspect(head + b"\r\n\r\nX-Spam-Flag: YES\r\n", USUAL) is suspected


def test_what_stands_in_the_text_does_not_count() -> None:
    assert is_suspect(b"Subject: Lunch\n\nX-Spam-Flag: YES\n", USUAL) is False


def test_a_pattern_without_a_value_is_any_value_and_one_without_a_name_none() -> None:
    assert patterns("X-Mailer; : yes;;Precedence:bulk") == (
        ("x-mailer", "*"),
        ("precedence", "bulk"),
    )
    assert is_suspect(b"X-Mailer: Bulk 3\r\n\r\n", "X-Mailer") is True
    assert is_suspect(b"X-Mailer: Bulk 3\r\n\r\n", "") is False


@given(st.text("ab", max_size=12), st.text("ab*", max_size=8))
def test_a_star_is_any_text(value: str, pattern: str) -> None:
    expected = re.fullmatch(fnmatch.translate(pattern), value) is not None

    assert fits(value, pattern) is expected


def test_many_stars_cost_no_more_than_the_length() -> None:
    assert fits("a" * 60_000, "*a" * 50 + "*b") is False
