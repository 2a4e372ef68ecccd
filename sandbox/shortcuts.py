"""The shortcuts of an app's manifest: Slack offers them in menus, of messages and anywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: One entry of `features.shortcuts`, its keys in the order in which Slack writes them.
ENTRY = re.compile(
    r"- name: (?P<name>.+)\n"
    r"\s+type: (?P<kind>global|message)\n"
    r"\s+callback_id: (?P<callback_id>\S+)\n"
    r"\s+description: (?P<does>.+)"
)


@dataclass(frozen=True, kw_only=True)
class Shortcut:
    """One line of a menu; `kind` is `global` or `message`."""

    name: str
    kind: str
    callback_id: str
    does: str


def of_manifest(manifest: str) -> tuple[Shortcut, ...]:
    """Return the shortcuts of an app's manifest (YAML), in its order."""
    return tuple(Shortcut(**found.groupdict()) for found in ENTRY.finditer(manifest))
