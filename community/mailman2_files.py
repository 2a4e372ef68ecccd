"""A list of Mailman 2.1, read from its `config.pck`. Pure.

How a pickle is read stands in `mailman_pickles.py`.
"""

from collections.abc import Mapping
from typing import Final

from community import mailman_files, mailman_pickles
from community.errors import Refusal
from community.mailman_files import OldList, OldMember, Settings
from community.mailman_pickles import Broken
from community.subscriptions import Mode

#: Bits of a member's options in Mailman 2.1.
_DISABLED, _MODERATE = 1, 128
_SETTINGS: Final[Settings] = {
    "generic_nonmember_action": ("nonmembers", {1: "hold", 2: "reject", 3: "reject"}),
    "subscribe_policy": ("join", {0: "open", 1: "confirm", 2: "approve", 3: "approve"}),
    "dmarc_moderation_action": ("from_munging", {0: "", 1: "dmarc", 2: "dmarc"}),
    "from_is_list": ("from_munging", {0: "", 1: "always", 2: "always"}),
    "reply_goes_to_list": ("reply_to", {0: "author", 1: "list"}),
}


def read_pickle(raw: bytes) -> OldList:
    """Read the `config.pck` of a list of Mailman 2.1.

    Raises:
        Refusal: it is none, is too large, or would call what no list calls.
    """
    mailman_files.check_size(raw)
    try:
        found = mailman_pickles.load(raw)
    except Broken:
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("members"), dict):
        raise Refusal("This is no list of Mailman 2.1 (config.pck).")
    config = {key: value for key, value in found.items() if isinstance(key, str)}
    policy, homeless = mailman_files.settings(config, _SETTINGS)
    daily = [_member(config, email, Mode.DAILY) for email in _table(config, "digest_members")]
    each = [_member(config, email, Mode.EACH) for email in _table(config, "members")]
    banned, patterns = mailman_files.bans(config.get("ban_list"))
    return OldList(
        members=(*each, *daily), policy=policy, banned=banned, homeless=(*homeless, *patterns)
    )


def _table(config: Mapping[str, object], name: str) -> dict[str, object]:
    found = config.get(name)
    there = found.items() if isinstance(found, dict) else ()
    return {mailman_files.text(key): value for key, value in there}


def _member(config: Mapping[str, object], email: str, mode: Mode) -> OldMember:
    options = _table(config, "user_options").get(email, 0)
    bits = options if isinstance(options, int) else 0
    status = _table(config, "delivery_status").get(email)
    code = status[0] if isinstance(status, tuple) and status else 0
    return OldMember(
        email=email,
        name=mailman_files.text(_table(config, "usernames").get(email, "")).strip(),
        mode=Mode.NONE if code or bits & _DISABLED else mode,
        is_held=bool(bits & _MODERATE),
    )
