"""What comes back to us from Slack by way of a member: ids in buttons and forms, read with care.

Slack signs its requests, so nobody else can make them; the acts check every right all the same
(threat 31).
"""

import json
import re

from bot.blocks.kit import Json
from community.errors import Refusal

_NUMBER = re.compile(r"\d{1,18}", re.ASCII)


def number(value: object) -> int:
    """Return a whole number that came as text, or refuse: it is not of our making."""
    if not _NUMBER.fullmatch(str(value)):
        raise of_older_version()
    return int(str(value))


def of_older_version() -> Refusal:
    """Return the no to a press on something that this version of the bot does not know."""
    return Refusal("This button is of an older version. Type /postdoc to see what you can do.")


def kept(view: Json) -> Json:
    """Return what a form kept for us."""
    found = json.loads(view.get("private_metadata") or "{}")
    return found if isinstance(found, dict) else {}


def chosen(element: Json) -> str:
    """Return what was pressed: a button's value, or the choice in a menu."""
    option = element.get("selected_option") or {}
    return str(option.get("value") or element.get("value") or "")
