"""The one table of what can be done with one press."""

import inspect
from datetime import datetime

import pytest

from community import ways
from community.lifecycle import LIVES
from community.people import Category
from community.store import Store
from community.ways import Way
from letters.action import Action
from letters.actions import ACTIONS, button, mute
from letters.letter import Button
from tests.builders import a_person
from texts import LANGUAGES, say
from texts.words import placeholders


def _words(action: Action) -> list[str]:
    return [action.label, action.ask, action.done, *(field.label for field in action.inputs)]


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_every_act_takes_an_object_who_acts_now_and_what_is_filled_in(name: str) -> None:
    action = ACTIONS[name]
    filled_in = {field.name: "" for field in action.inputs}

    # Raises TypeError when a door could not call it so.
    inspect.signature(action.act).bind(None, 1, by=1, now=None, **filled_in)


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_every_action_has_words_without_placeholders_in_both_languages(name: str) -> None:
    words = _words(ACTIONS[name])

    assert all(words)
    assert [sentence for sentence in words if placeholders(sentence)] == []
    for language in LANGUAGES:
        assert all(say(language, sentence) for sentence in words)


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_labels_fit_a_slack_button_and_questions_ask(name: str) -> None:
    action = ACTIONS[name]

    for language in LANGUAGES:
        assert len(say(language, action.label)) <= 75
        assert say(language, action.ask).count("?") >= 1


def test_names_are_a_noun_and_a_verb_of_the_one_vocabulary() -> None:
    nouns = {name.partition(".")[0] for name in ACTIONS}
    verbs = {name.partition(".")[2] for name in ACTIONS}

    assert nouns <= {*LIVES, "mailing_list", "thread", "digest", "address_request", "onboarding"}
    assert all(verb.replace("_", "").isalpha() and verb.islower() for verb in verbs)


def test_button_is_labelled_in_the_readers_language() -> None:
    assert button("en", "meetup.join", 7) == Button(
        label="Join", action="meetup.join", object_id=7, style="primary"
    )
    assert button("nb", "meetup.join", 7).label == say("nb", "Join")


@pytest.mark.parametrize("category", [Category.MEETUP, Category.GATHERING, Category.ANNOUNCEMENT])
def test_mute_stops_one_kind_of_message_for_who_presses(
    store: Store, now: datetime, category: Category
) -> None:
    ada = a_person(store)

    for _ in range(2):
        store.run_sync(ACTIONS[f"{category}.mute"].act, 1, by=ada, now=now)

    comes = store.read_sync(ways.of_person, ada)
    assert [each for each, way in comes.items() if way is Way.NONE] == [category]
    assert mute(category) is not mute(category)
