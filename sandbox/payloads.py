"""What Slack sends to an app: the payload of each kind of envelope, from plain values. Pure."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from sandbox.memory import Memory
from sandbox.records import Channel, Json, Member, Message, View, bot_id_of

VERIFICATION = "sandbox-verification"


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """Where and by whom something was done, with the handles that an answer may use."""

    member: Member
    trigger_id: str
    channel: Channel | None = None
    response_url: str | None = None


def base(memory: Memory) -> Json:
    """Return what every payload says about the team and the app."""
    return {
        "token": VERIFICATION,
        "api_app_id": memory.app_id,
        "team": {"id": memory.team_id, "domain": memory.team_name.lower()},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def member_json(member: Member, memory: Memory) -> Json:
    """Return the short `user` of an interactive payload."""
    return {
        "id": member.id,
        "username": member.name,
        "name": member.name,
        "team_id": memory.team_id,
    }


def channel_name(channel: Channel) -> str:
    """Return the name that payloads give a channel."""
    return {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)


def escaped(text: str, memory: Memory) -> str:
    """Return what a member typed as Slack passes it on: @name, #channel as links, <>& escaped."""
    members = {member.name: member.id for member in memory.members.values()}
    channels = {channel.name: channel.id for channel in memory.channels.values() if channel.name}

    def link(match: re.Match[str]) -> str:
        sign, name = match[1], match[2]
        found = (members if sign == "@" else channels).get(name)
        return f"<{sign}{found}|{name}>" if found else match[0]

    return re.sub(r"(?<!\S)([@#])([\w.-]*\w)", link, html.escape(text, quote=False))


def command(memory: Memory, occasion: Occasion, *, name: str, text: str) -> Json:
    """Return the form fields of a slash command."""
    channel = occasion.channel
    return {
        "token": VERIFICATION,
        "team_id": memory.team_id,
        "team_domain": memory.team_name.lower(),
        "channel_id": channel.id if channel else "",
        "channel_name": channel_name(channel) if channel else "",
        "user_id": occasion.member.id,
        "user_name": occasion.member.name,
        "command": name,
        "text": escaped(text, memory),
        "api_app_id": memory.app_id,
        "is_enterprise_install": "false",
        "response_url": occasion.response_url,
        "trigger_id": occasion.trigger_id,
    }


def pressed_in_message(
    memory: Memory, occasion: Occasion, *, message: Message, action: Json, values: Json
) -> Json:
    """Return the block_actions payload of a press in a message."""
    channel = memory.channels[message.channel]
    payload = {
        **base(memory),
        "type": "block_actions",
        "user": member_json(occasion.member, memory),
        "trigger_id": occasion.trigger_id,
        "response_url": occasion.response_url,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": message.only_for is not None,
        },
        "state": {"values": values},
        "actions": [action],
    }
    if message.only_for is None:
        # Slack does not keep ephemeral messages, so it cannot send one along.
        payload["message"] = message.as_json(memory.bot)
    return payload


def pressed_in_view(memory: Memory, occasion: Occasion, *, view: View, action: Json) -> Json:
    """Return the block_actions payload of a press in a modal or on the Home tab."""
    return {
        **base(memory),
        "type": "block_actions",
        "user": member_json(occasion.member, memory),
        "trigger_id": occasion.trigger_id,
        "container": {"type": "view", "view_id": view.id},
        "view": view_json(view, memory),
        "actions": [action],
    }


def submitted(memory: Memory, occasion: Occasion, view: View) -> Json:
    """Return the view_submission payload."""
    return {
        **base(memory),
        "type": "view_submission",
        "user": member_json(occasion.member, memory),
        "trigger_id": occasion.trigger_id,
        "view": view_json(view, memory),
        "response_urls": [],
    }


def closed(memory: Memory, member: Member, view: View, *, is_cleared: bool) -> Json:
    """Return the view_closed payload."""
    return {
        **base(memory),
        "type": "view_closed",
        "user": member_json(member, memory),
        "view": view_json(view, memory),
        "is_cleared": is_cleared,
    }


def shortcut(
    memory: Memory, occasion: Occasion, *, callback_id: str, message: Message | None
) -> Json:
    """Return the payload of a global shortcut, or of a message shortcut."""
    payload = {
        **base(memory),
        "type": "shortcut" if message is None else "message_action",
        "user": member_json(occasion.member, memory),
        "callback_id": callback_id,
        "trigger_id": occasion.trigger_id,
        "action_ts": memory.new_ts(),
    }
    if message is not None:
        channel = memory.channels[message.channel]
        payload["channel"] = {"id": channel.id, "name": channel_name(channel)}
        payload["message_ts"] = message.ts
        payload["message"] = message.as_json(memory.bot)
        payload["response_url"] = occasion.response_url
    return payload


def event(memory: Memory, inner: Json) -> Json:
    """Return the Events API wrapping of an event."""
    return {
        "token": VERIFICATION,
        "team_id": memory.team_id,
        "api_app_id": memory.app_id,
        "type": "event_callback",
        "event_id": memory.new_id("Ev"),
        "event_time": int(memory.clock.now().timestamp()),
        "event": inner,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": memory.team_id,
                "user_id": memory.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


def view_json(view: View, memory: Memory) -> Json:
    """Return the view as Slack sends it."""
    return {
        "private_metadata": "",
        "callback_id": "",
        "clear_on_close": False,
        "notify_on_close": False,
        "external_id": "",
        "close": None,
        "submit": None,
        **view.body,
        "id": view.id,
        "team_id": memory.team_id,
        "type": view.kind,
        "state": {"values": view.values},
        "hash": view.hash,
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": memory.app_id,
        "app_installed_team_id": memory.team_id,
        "bot_id": bot_id_of(memory.bot),
    }
