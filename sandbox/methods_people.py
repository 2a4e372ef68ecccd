"""Slack's auth.*, team.*, bots.* and users.* methods on the workspace's memory."""

from __future__ import annotations

from sandbox.calls import Call, SlackError
from sandbox.memory import Memory
from sandbox.methods_chat import page_of
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


def team(memory: Memory, call: Call) -> Json:
    """Describe the workspace."""
    name = memory.team_name
    return {"team": {"id": memory.team_id, "name": name, "domain": name.lower()}}


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
    """Return a member as users.* show one."""
    shown: Json = {
        "id": member.id,
        "team_id": memory.team_id,
        "name": member.name,
        "deleted": member.deleted,
        "real_name": member.real_name,
        "tz": member.tz,
        "profile": profile_json(member),
        "is_bot": member.is_bot,
        "is_restricted": member.is_restricted,
        "is_ultra_restricted": False,
        "is_app_user": False,
        "is_email_confirmed": bool(member.email),
    }
    if with_locale:
        shown["locale"] = member.locale
    return shown


def profile_json(member: Member) -> Json:
    """Return a member's profile; a bot's has no address."""
    shown: Json = {"real_name": member.real_name, "display_name": member.name}
    if member.email:
        shown["email"] = member.email
    return shown


def user(memory: Memory, call: Call) -> Json:
    """Return one member."""
    member = _member(memory, call.text("user"))
    return {"user": user_json(member, memory, with_locale=call.flag("include_locale"))}


def user_by_email(memory: Memory, call: Call) -> Json:
    """Return the member with that address; deactivated ones are not found, as in Slack."""
    email = call.text("email").casefold()
    for member in memory.members.values():
        if member.email.casefold() == email and not member.deleted:
            return {"user": user_json(member, memory)}
    raise SlackError("users_not_found")


def users(memory: Memory, call: Call) -> Json:
    """Return all members, in pages."""
    locale = call.flag("include_locale")
    shown = [user_json(m, memory, with_locale=locale) for m in memory.members.values()]
    return page_of(call, "members", shown)


def profile(memory: Memory, call: Call) -> Json:
    """Return one member's profile."""
    key = call.maybe("user") or memory.bot.id
    return {"profile": profile_json(_member(memory, key))}


def do_not_disturb(memory: Memory, call: Call) -> Json:
    """Return when a member's notifications rest; pauses by hand are seen by that member alone."""
    member = _member(memory, call.maybe("user") or memory.bot.id)
    return {
        "dnd_enabled": member.dnd_ends > 0,
        # Slack answers 1 where there is no schedule.
        "next_dnd_start_ts": member.dnd_starts or 1,
        "next_dnd_end_ts": member.dnd_ends or 1,
    }
