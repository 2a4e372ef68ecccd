"""What Slack sends is looked at before anything is done about it."""

import copy

import pytest

from bot.payloads import is_whole, key_of
from tests.bot.recorded import FOLDER, Payload
from tests.bot.slack_double import Json

SHAPES = sorted(path.stem for path in FOLDER.glob("*.json"))
#: What no listener asks for before it knows who it is.
BARE = {"app_rate_limited"}


def a_payload(shape: str) -> Json:
    element = {"type": "button", "action_id": "meetup.join", "value": "1", "action_ts": "1.2"}
    given = {"name": "x", "action": element, "element": element}
    return Payload(shape=shape, given=given).filled(1, url="http://slack", ids={})


@pytest.mark.parametrize("shape", SHAPES)
def test_every_recorded_payload_is_whole_and_none_is_without_what_makes_it(shape: str) -> None:
    payload = a_payload(shape)
    kind = "command" if "command" in payload else "type"

    assert is_whole(payload)
    assert not is_whole({key: value for key, value in payload.items() if key != kind})
    assert is_whole({kind: payload[kind]}) == (shape in BARE)


@pytest.mark.parametrize(
    "body", [None, [], [{}], "x", 5, {}, {"payload": "{}"}, {"type": ["block_actions"]}]
)
def test_what_is_no_payload_is_not_whole(body: object) -> None:
    assert not is_whole(body)


def test_a_press_without_a_name_and_an_event_without_a_user_are_not_whole() -> None:
    pressed, event = a_payload("message"), a_payload("user_change")
    actions: list[object] = [None, [], {}, [None], [{}], [{"action_id": ""}], [{"action_id": 5}]]
    events: list[object] = [
        None,
        [],
        {"type": "user_change"},
        {"type": "user_change", "user": {"id": None}},
    ]

    assert not any(is_whole(pressed | {"actions": each}) for each in actions)
    assert not any(is_whole(event | {"event": each}) for each in events)


def test_the_key_is_slacks_own_id_where_there_is_one() -> None:
    view = {"id": "V1", "callback_id": "meetup.propose", "hash": "1.a"}

    assert key_of({"trigger_id": "1.2.a", "response_url": "u"}) == "slack:1.2.a"
    assert key_of({"event_id": "Ev1"}) == "slack:Ev1"
    assert key_of({"type": "view_submission", "view": view}) == "slack:V1:meetup.propose:1.a"
    assert key_of({"type": "view_submission", "view": view, "trigger_id": "1"}) == (
        "slack:V1:meetup.propose:1.a"
    )


@pytest.mark.parametrize("shape", ["message", "command"])
def test_without_an_id_a_repetition_has_the_same_key_and_another_press_another(shape: str) -> None:
    first = a_payload(shape)
    del first["trigger_id"]
    second = copy.deepcopy(first) | {"response_url": "http://slack/other"}

    assert key_of(first) == key_of(copy.deepcopy(first))
    assert key_of(first) != key_of(second)


def test_without_anything_that_differs_words_typed_again_are_new_words() -> None:
    typed = {"command": "/postdoc", "text": "help", "user_id": "U0ADA"}

    assert key_of(typed) != key_of(typed)
