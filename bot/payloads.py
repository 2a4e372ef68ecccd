"""What Slack sends, looked at before anything is done about it: is it whole, and what is its id?

Each type is asked for what its listeners read before they know who did it. Whatever is signed is
looked at: an endpoint that speaks like Slack may leave things out, or send what is no payload.

Source: Slack's guides "Handling user interaction", "Slash commands" and "Events API".
"""

import hashlib
import json
import secrets
from typing import Final

from bot.blocks.kit import Json

Place = tuple[str | int, ...]

_USER: Final = ("user", "id")
_VIEW: Final = (("view", "id"), ("view", "callback_id"))
#: By type: where words must stand.
WHOLE: Final[dict[str, tuple[Place, ...]]] = {
    "block_actions": (_USER, ("actions", 0, "action_id")),
    "view_submission": (_USER, *_VIEW),
    "view_closed": (_USER, *_VIEW),
    "shortcut": (_USER, ("callback_id",)),
    "message_action": (_USER, ("callback_id",)),
    "event_callback": (("event", "type"),),
    "url_verification": (("challenge",),),
    "app_rate_limited": (),
}
#: The same by the type of an event.
EVENTS: Final[dict[str, tuple[Place, ...]]] = {
    "app_home_opened": (("event", "user"),),
    "team_join": (("event", "user", "id"),),
    "user_change": (("event", "user", "id"),),
}
#: A slash command, and Slack's question whether our certificate is good, have no type.
UNTYPED: Final[dict[str, tuple[Place, ...]]] = {"command": (("user_id",),), "ssl_check": ()}


def is_whole(body: object) -> bool:
    """Say whether this is a payload of a kind that we know, with all that it takes to begin."""
    if not isinstance(body, dict):
        return False
    places = _places(body)
    return places is not None and all(_has_words(body, place) for place in places)


def _places(body: Json) -> tuple[Place, ...] | None:
    for name, places in UNTYPED.items():
        if name in body:
            return places
    kind = str(body.get("type"))
    if kind != "event_callback":
        return WHOLE.get(kind)
    event = body.get("event")
    return WHOLE[kind] + EVENTS.get(str(event.get("type")) if isinstance(event, dict) else "", ())


def _has_words(body: Json, place: Place) -> bool:
    found: object = body
    for step in place:
        if isinstance(step, str):
            found = found.get(step) if isinstance(found, dict) else None
        else:
            found = found[step] if isinstance(found, list) and len(found) > step else None
    return isinstance(found, str) and bool(found)


def key_of(body: Json) -> str:
    """Return what tells a payload from its repetition: Slack's own id of it, if there is one (M4).

    Others than Slack may give none. Then what differs from one press to the next makes it; a
    payload that has nothing of the kind is taken as said once more, not as a repetition.
    """
    if body.get("type") == "view_submission":
        # One view can be several forms after another: the preview takes the draft's place.
        # The hash is of what the view showed; a form that was refused was not done.
        view = body["view"]
        return f"slack:{view['id']}:{view['callback_id']}:{view.get('hash', '')}"
    given = body.get("trigger_id") or body.get("event_id")
    if given:
        return f"slack:{given}"
    pressed: Json = (body.get("actions") or [{}])[0]
    if not (body.get("response_url") or pressed.get("action_ts")):
        return f"slack:{secrets.token_hex(16)}"
    written = json.dumps(body, sort_keys=True)
    return f"slack:{hashlib.sha256(written.encode()).hexdigest()}"
