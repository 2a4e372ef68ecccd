"""Slack's auth.*, bots.*, dnd.* and users.* methods on the workspace's memory."""

from __future__ import annotations

from sandbox.calls import Call, SlackError
from sandbox.memory import Memory
from sandbox.records import Json, Member, bot_id_of


def test_auth(memory: Memory, call: Call) -> Json:
    """Say who the token belongs to."""
    return {
        "url": "http://sandbox.invalid/",
        "team": memory.team_name,
        "user": memory.bot.name,
        "team_id": memory.team_id,
        "user_id": memory.bot.id,
        "bot_id": bot_id_of(memory.bot),
        "is_enterprise_install": False,
    }


def bot(memory: Memory, call: Call) -> Json:
    """Describe the bot."""
    asked = call.maybe("bot")
    if asked not in (None, bot_id_of(memory.bot)):
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": bot_id_of(memory.bot),
            "deleted": False,
            "name": memory.bot.real_name,
            "app_id": memory.app_id,
            "user_id": memory.bot.id,
        }
    }


def _member(memory: Memory, key: str) -> Member:
    if key not in memory.members:
        raise SlackError("user_not_found")
    return memory.members[key]


def user_json(member: Member, memory: Memory, *, with_locale: bool = False) -> Json:
    """Return a member as `users.info` and events show one; a bot has no address."""
    profile = {"real_name": member.real_name, "display_name": member.name}
    if member.email:
        profile["email"] = member.email
    shown: Json = {
        "id": member.id,
        "team_id": memory.team_id,
        "name": member.name,
        "deleted": member.deleted,
        "real_name": member.real_name,
        "tz": member.tz,
        "profile": profile,
        "is_bot": member.is_bot,
        "is_restricted": member.is_restricted,
        "is_ultra_restricted": False,
        "is_app_user": False,
        "is_email_confirmed": bool(member.email),
    }
    if with_locale:
        shown["locale"] = member.locale
    return shown


def user(memory: Memory, call: Call) -> Json:
    """Return one member."""
    member = _member(memory, call.text("user"))
    return {"user": user_json(member, memory, with_locale=call.flag("include_locale"))}


def do_not_disturb(memory: Memory, call: Call) -> Json:
    """Return when a member's notifications rest; pauses by hand are seen by that member alone."""
    member = _member(memory, call.maybe("user") or memory.bot.id)
    return {
        "dnd_enabled": member.dnd_ends > 0,
        # Slack answers 1 where there is no schedule.
        "next_dnd_start_ts": member.dnd_starts or 1,
        "next_dnd_end_ts": member.dnd_ends or 1,
    }
