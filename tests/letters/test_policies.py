"""The policy in words: each key has a meaning, each choice says what it does, in both languages."""

from dataclasses import fields

import pytest

from community.policies import CHOICES, Policy
from letters import policies
from texts import Language


def test_every_key_has_its_meaning() -> None:
    assert set(policies.MEANINGS) == {each.name for each in fields(Policy)}


@pytest.mark.parametrize("tongue", ["en", "nb"])
def test_every_choice_says_what_it_does(tongue: Language) -> None:
    bare = [
        value for key in CHOICES for value, words in policies.choices(tongue, key) if value == words
    ]

    assert bare == []
