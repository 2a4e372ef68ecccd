"""Lists as Mailman keeps them, read into what we can use: `config.pck` of 2.1, JSON and CSV of 3.

Pure.
A pickle can name any function and have it called. Ours is read by a machine that knows plain
containers alone: whatever else it names becomes an inert `Record`, and what would call anything is
refused.
"""

import csv
import io
import json
import pickle  # read by `_Inert` alone, which calls nothing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from community.errors import N_, Refusal
from community.lists import Mode

MOST_BYTES: Final = 50 * 1024 * 1024
_FORBIDDEN: Final = N_("This is no list of Mailman 2.1: it names {what}, which no such list does.")

#: What else stands in such files, and is of no interest.
_PLAIN: Final = (("__builtin__", "object"), ("__builtin__", "set"), ("__builtin__", "frozenset"))
#: Bits of a member's options in Mailman 2.1.
_DISABLED, _MODERATE = 1, 128
#: What a setting of Mailman is called with us, and which value becomes which; what is in no table
#: has no home here, and is named.
_SETTINGS_2: Final[Mapping[str, tuple[str, Mapping[object, str]]]] = {
    "generic_nonmember_action": ("nonmembers", {1: "hold", 2: "reject", 3: "reject"}),
    "subscribe_policy": ("join", {0: "open", 1: "confirm", 2: "approve", 3: "approve"}),
    "from_is_list": ("from_munging", {0: "dmarc", 1: "always", 2: "always"}),
    "reply_goes_to_list": ("reply_to", {0: "author", 1: "list"}),
}
_SETTINGS_3: Final[Mapping[str, tuple[str, Mapping[object, str]]]] = {
    "default_nonmember_action": (
        "nonmembers",
        {"hold": "hold", "reject": "reject", "discard": "reject"},
    ),
    "subscription_policy": (
        "join",
        {
            "open": "open",
            "confirm": "confirm",
            "moderate": "approve",
            "confirm_then_moderate": "approve",
        },
    ),
    "dmarc_mitigate_action": ("from_munging", {"munge_from": "dmarc", "wrap_message": "dmarc"}),
    "reply_goes_to_list": ("reply_to", {"no_munging": "author", "point_to_list": "list"}),
}
#: Settings that people miss when they are gone; all others are about pages and mails of Mailman.
_MISSED: Final = (
    *("owner", "moderator", "default_member_moderation", "accept_these_nonmembers", "ban_list"),
    *("max_message_size", "max_num_recipients", "subject_prefix", "header_filter_rules", "topics"),
    *("default_member_action", "acceptable_aliases", "emergency", "filter_content", "msg_footer"),
    *("owners", "moderators", "bans", "header_matches"),
)
#: Columns of a CSV, as several programs call them.
_COLUMNS: Final[Mapping[str, str]] = {
    "email": "email",
    "address": "email",
    "subscribed_address": "email",
    "display_name": "name",
    "name": "name",
    "delivery_mode": "mode",
    "mode": "mode",
    "delivery_status": "status",
    "status": "status",
    "moderation_action": "action",
    "moderation": "action",
    "role": "role",
}


@dataclass(frozen=True, kw_only=True)
class OldMember:
    """Somebody on a list elsewhere."""

    email: str
    #: Empty where the list knows none.
    name: str
    #: How the posts came; none where they did not.
    mode: Mode
    #: Whether every post of theirs waited, or was refused.
    is_held: bool = False


@dataclass(frozen=True, kw_only=True)
class OldList:
    """A list elsewhere, as far as it can be one here."""

    members: tuple[OldMember, ...]
    #: `key=value` of our policy.
    policy: tuple[str, ...] = ()
    #: What has no home here: the setting and its value, shortened.
    homeless: tuple[tuple[str, str], ...] = ()


@dataclass
class Record:
    """What was an object of Mailman; it does nothing."""

    parts: tuple[object, ...] = ()

    def __setstate__(self, state: object) -> None:
        """Take no notice of what it was."""


def _reconstructed(*parts: object) -> Record:
    return Record(parts=parts)


class _Inert(pickle.Unpickler):
    """Reads plain containers; names outside Mailman are refused."""

    def find_class(self, module: str, name: str) -> Any:
        """Return what stands for a named thing: never the thing itself."""
        if (module, name) == ("copy_reg", "_reconstructor"):
            return _reconstructed
        if module.partition(".")[0] == "Mailman" or (module, name) in _PLAIN:
            return Record
        raise Refusal(_FORBIDDEN, what=f"{module}.{name}"[:100])


def read_pickle(raw: bytes) -> OldList:
    """Read the `config.pck` of a list of Mailman 2.1.

    Raises:
        Refusal: it is none, is too large, or would call what no list calls.
    """
    _check_size(raw)
    try:
        found = _Inert(io.BytesIO(raw), encoding="latin-1").load()
    except Refusal:
        raise
    except Exception:  # the library says that a broken pickle may raise anything
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("members"), dict):
        raise Refusal("This is no list of Mailman 2.1 (config.pck).")
    config = {str(key): value for key, value in found.items()}
    policy, homeless = _settings(config, _SETTINGS_2)
    daily = [_member_2(config, email, Mode.DAILY) for email in _table(config, "digest_members")]
    each = [_member_2(config, email, Mode.EACH) for email in _table(config, "members")]
    return OldList(members=(*each, *daily), policy=policy, homeless=homeless)


def read_json(raw: bytes) -> OldList:
    """Read a list of Mailman 3 as its REST interface says it: `config`, and `members` or `entries`.

    Raises:
        Refusal: it is no such thing.
    """
    _check_size(raw)
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refusal("This is no list of Mailman 3 (JSON).")
    entries = found.get("members", found.get("entries"))
    if isinstance(entries, dict):
        entries = entries.get("entries")
    if not isinstance(entries, list):
        raise Refusal("The file has no “members”.")
    config = found.get("config")
    policy, homeless = _settings(config if isinstance(config, dict) else {}, _SETTINGS_3)
    rows = [
        {_COLUMNS.get(str(key), ""): _text(value) for key, value in entry.items()}
        for entry in entries
        if isinstance(entry, dict)
    ]
    return OldList(members=_members_3(rows), policy=policy, homeless=homeless)


def read_csv(raw: bytes) -> OldList:
    """Read the members of a list of Mailman 3 as CSV; its first line names the columns.

    Raises:
        Refusal: there is no column of addresses.
    """
    _check_size(raw)
    lines = csv.reader(io.StringIO(raw.decode("utf-8-sig", "replace")))
    try:
        every = list(lines)
    except csv.Error:
        every = []
    named = [_COLUMNS.get("_".join(cell.lower().split()), "") for cell in (every or [[]])[0]]
    if "email" not in named:
        raise Refusal("The first line must name the columns, and one must be email.")
    rows = [dict(zip(named, cells, strict=False)) for cells in every[1:] if any(cells)]
    return OldList(members=_members_3(rows))


def _check_size(raw: bytes) -> None:
    if len(raw) > MOST_BYTES:
        raise Refusal("The file is too large.")


def _settings(
    config: Mapping[str, object], known: Mapping[str, tuple[str, Mapping[object, str]]]
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return our policy, and what has no home."""
    policy, homeless = [], []
    for setting, value in config.items():
        key, values = known.get(setting, ("", {}))
        ours = values.get(value) if isinstance(value, int | str) else None
        if ours is not None:
            policy.append(f"{key}={ours}")
        elif (key or setting in _MISSED) and value:
            homeless.append((setting, _text(value)[:80]))
    return tuple(policy), tuple(sorted(homeless))


def _table(config: Mapping[str, object], name: str) -> dict[str, object]:
    found = config.get(name)
    return {_text(key): value for key, value in found.items()} if isinstance(found, dict) else {}


def _member_2(config: Mapping[str, object], email: str, mode: Mode) -> OldMember:
    options = _table(config, "user_options").get(email, 0)
    bits = options if isinstance(options, int) else 0
    status = _table(config, "delivery_status").get(email)
    code = status[0] if isinstance(status, tuple) and status else 0
    return OldMember(
        email=email,
        name=_text(_table(config, "usernames").get(email, "")).strip(),
        mode=Mode.NONE if code or bits & _DISABLED else mode,
        is_held=bool(bits & _MODERATE),
    )


def _members_3(rows: list[dict[str, str]]) -> tuple[OldMember, ...]:
    return tuple(
        OldMember(
            email=row.get("email", "").strip(),
            name=row.get("name", "").strip(),
            mode=_mode_3(row.get("mode", ""), row.get("status", "")),
            is_held=row.get("action", "").strip().lower() in ("hold", "reject", "discard"),
        )
        for row in rows
        if row.get("role", "member").strip().lower() in ("", "member")
    )


def _mode_3(mode: str, status: str) -> Mode:
    if status.strip().lower().removeprefix("deliverystatus.") not in ("", "enabled"):
        return Mode.NONE
    return Mode.DAILY if "digest" in mode.lower() else Mode.EACH


def _text(value: object) -> str:
    """Return something as text; Mailman 2.1 wrote bytes of its own character set."""
    if isinstance(value, str):
        try:
            return value.encode("latin-1").decode("utf-8")
        except ValueError:
            return value
    if isinstance(value, list | tuple):
        return ", ".join(_text(each) for each in value[:20] if isinstance(each, str | int))
    return str(value) if isinstance(value, int | float) else ""
