"""A list of Mailman 3: as its REST interface says it in JSON, or its members as CSV. Pure."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Final

from community import mailman_files
from community.errors import Refusal
from community.mailman_files import OldList, OldMember, Settings
from community.subscriptions import Mode

_SETTINGS: Final[Settings] = {
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
    "dmarc_mitigate_action": (
        "from_munging",
        {"no_mitigation": "", "munge_from": "dmarc", "wrap_message": "dmarc"},
    ),
    "reply_goes_to_list": ("reply_to", {"no_munging": "author", "point_to_list": "list"}),
}
#: What is paged apart in the interface of Mailman 3, by the name of its field that says it.
_PAGED: Final = {"owners": "email", "moderators": "email", "header_matches": "header"}
_HELD: Final = ("hold", "reject", "discard")
#: What only a page of the interface has.
_PAGE: Final = frozenset({"entries", "total_size"})
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


def read_json(raw: bytes) -> OldList:
    """Read a list of Mailman 3 as its REST interface says it: `config`, and `members` or `entries`.

    Raises:
        Refusal: it is no such thing.
    """
    mailman_files.check_size(raw)
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Refusal("This is no list of Mailman 3 (JSON).")
    entries = _entries(found.get("members", found))
    if entries is None:
        raise Refusal("The file has no “members”.")
    config = found.get("config")
    settings = {**config} if isinstance(config, dict) else {}
    for setting, field in _PAGED.items():
        apart = [entry.get(field) for entry in _entries(found.get(setting)) or ()]
        settings.setdefault(setting, apart)
    policy, homeless = mailman_files.settings(settings, _SETTINGS)
    if settings.get("dmarc_mitigate_unconditionally") is True:
        policy = tuple(each.replace("from_munging=dmarc", "from_munging=always") for each in policy)
    barred = [entry.get("email") for entry in _entries(found.get("bans")) or ()]
    banned, patterns = mailman_files.bans(barred)
    usual = mailman_files.text(settings.get("default_member_action"))
    return OldList(
        members=_members([_row(entry) for entry in entries], usual=usual),
        policy=policy,
        banned=banned,
        homeless=(*homeless, *patterns),
    )


def _entries(found: object) -> list[dict[str, object]] | None:
    """Return what stands on pages of the interface, on one or several, or in a plain list.

    A page without anything has no entries, only their number.

    Raises:
        Refusal: there are more entries than these.
    """
    pages = _dicts(found if isinstance(found, list) else [found])
    if not any(_PAGE & page.keys() for page in pages):
        return pages if isinstance(found, list) else None
    rows = [row for page in pages for row in _dicts(page.get("entries"))]
    totals = [total for page in pages if isinstance(total := page.get("total_size"), int)]
    if totals and max(totals) > len(rows):
        raise Refusal(
            "The file has {there} of {total} entries: ask for every page of them.",
            there=str(len(rows)),
            total=mailman_files.text(max(totals)),
        )
    return rows


def _dicts(found: object) -> list[dict[str, object]]:
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _row(entry: Mapping[str, object]) -> dict[str, str]:
    """Return a member; their `address` is that of a page of the interface."""
    whole = dict(entry)
    preferences = whole.pop("preferences", None)
    if isinstance(preferences, dict):
        whole = preferences | whole
    if "email" in whole:
        whole.pop("address", None)
    return {_COLUMNS.get(str(key), ""): mailman_files.text(value) for key, value in whole.items()}


def read_csv(raw: bytes) -> OldList:
    """Read the members of a list of Mailman 3 as CSV.

    Its first line names the columns. The file that its pages give names none: it is one of
    addresses alone.

    Raises:
        Refusal: there is no column of addresses.
    """
    mailman_files.check_size(raw)
    lines = csv.reader(io.StringIO(raw.decode("utf-8-sig", "replace")))
    try:
        every = list(lines)
    except csv.Error:
        every = []
    first = every[0] if every else []
    named = [_COLUMNS.get("_".join(cell.lower().split()), "") for cell in first]
    if first and "@" in first[0]:
        named, every = ["email", "name"], [[], *every]
    if "email" not in named:
        raise Refusal("The first line must name the columns, and one must be email.")
    rows = [dict(zip(named, cells, strict=False)) for cells in every[1:] if any(cells)]
    return OldList(members=_members(rows))


def _members(rows: list[dict[str, str]], *, usual: str = "") -> tuple[OldMember, ...]:
    """Return the members; `usual` is what happens to posts of those of whom nothing is said."""
    return tuple(
        OldMember(
            email=row.get("email", "").strip(),
            name=row.get("name", "").strip(),
            mode=_mode(row.get("mode", ""), row.get("status", "")),
            is_held=(row.get("action", "").strip() or usual).lower() in _HELD,
        )
        for row in rows
        if row.get("role", "member").strip().lower() in ("", "member")
    )


def _mode(mode: str, status: str) -> Mode:
    if status.strip().lower().removeprefix("deliverystatus.") not in ("", "enabled"):
        return Mode.NONE
    return Mode.DAILY if "digest" in mode.lower() else Mode.EACH
