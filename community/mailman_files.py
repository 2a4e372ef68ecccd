"""Lists as Mailman keeps them: what of a list comes with it, and what has no place here.

Pure. The files of Mailman 2.1 are read by `mailman2_files.py`, those of 3 by `mailman3_files.py`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from community.errors import Refusal
from community.subscriptions import Mode

MOST_BYTES: Final = 50 * 1024 * 1024
#: How all addresses of a domain are banned: a pattern that says no more than that.
_DOMAIN: Final = re.compile(r"\^(?:\[\^@\]\+|\.[*+])?@((?:[\w-]+\\?\.)+[\w-]+)\$?")
#: What a setting of Mailman is called with us, and which value becomes which (empty: as it is
#: here); what is in no table has no home here, and is named.
Settings = Mapping[str, tuple[str, Mapping[object, str]]]
#: Settings that people miss when they are gone; all others are about pages and mails of Mailman.
_MISSED: Final = (
    *("owner", "moderator", "default_member_moderation", "accept_these_nonmembers"),
    *("hold_these_nonmembers", "reject_these_nonmembers", "discard_these_nonmembers"),
    *("max_message_size", "max_num_recipients", "subject_prefix", "header_filter_rules", "topics"),
    *("default_member_action", "acceptable_aliases", "emergency", "filter_content", "msg_footer"),
    *("owners", "moderators", "header_matches"),
)
#: What such a setting is where it says nothing.
_UNSAID: Final[tuple[object, ...]] = (None, "", 0, [], "defer")


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
    #: Addresses and domains (`@elsewhere.example`) that may not write.
    banned: tuple[str, ...] = ()
    #: What has no home here: the setting and its value, shortened.
    homeless: tuple[tuple[str, str], ...] = ()


def check_size(raw: bytes) -> None:
    """Refuse a file that is too large for any list."""
    if len(raw) > MOST_BYTES:
        raise Refusal("The file is too large.")


def settings(
    config: Mapping[str, object], known: Settings
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return our policy as `key=value`, and what has no home."""
    policy: dict[str, str] = {}
    there = [name for name in _MISSED if config.get(name) not in _UNSAID]
    homeless = [(name, text(config[name])[:80]) for name in there]
    for setting, (key, values) in known.items():
        value = config.get(setting)
        ours = values.get(value) if isinstance(value, int | str) else ""
        if ours:
            policy[key] = ours
        elif ours is None:
            homeless.append((setting, text(value)[:80]))
    return tuple(f"{key}={ours}" for key, ours in policy.items()), tuple(sorted(homeless))


def bans(found: object) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return the addresses and domains that were banned, and the patterns that are neither."""
    named, patterns = [], []
    for each in found if isinstance(found, list) else ():
        written = text(each).strip()
        domain = _DOMAIN.fullmatch(written)
        if domain is not None:
            named.append("@" + domain[1].replace("\\", ""))
        elif written.startswith("^"):
            patterns.append(written)
        elif written:
            named.append(written)
    return tuple(named), (("bans", ", ".join(patterns)[:80]),) if patterns else ()


def text(value: object) -> str:
    """Return something as text; Mailman 2.1 wrote bytes of its own character set."""
    if isinstance(value, str):
        try:
            return value.encode("latin-1").decode("utf-8")
        except ValueError:
            return value
    if isinstance(value, list | tuple):  # of rules, which are tuples themselves, the first words
        firsts = (each[0] if isinstance(each, tuple) and each else each for each in value[:20])
        return ", ".join(text(each) for each in firsts if isinstance(each, str | int))
    is_plain = isinstance(value, float) or (isinstance(value, int) and value.bit_length() < 100)
    return str(value) if is_plain else ""
