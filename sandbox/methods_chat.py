"""Slack's chat.* and conversations.* methods on the workspace's memory."""

from __future__ import annotations

from sandbox.blockkit import problems
from sandbox.calls import Call, SlackError
from sandbox.memory import Memory
from sandbox.records import Channel, Json, Message

MAX_POST = 40_000
MAX_UPDATE = 4_000


def _channel(memory: Memory, key: str) -> Channel:
    channel = memory.channel(key)
    hidden = channel is not None and channel.kind != "public"
    if channel is None or (hidden and memory.bot.id not in channel.members):
        raise SlackError("channel_not_found")
    return channel


def checked_blocks(blocks: object) -> list[Json]:
    """Return the blocks of a message when Slack would take them; none for None.

    Raises: SlackError.
    """
    given = blocks or []
    wrong = problems(given, "message")
    if wrong or not isinstance(given, list):
        raise SlackError("invalid_blocks", messages=wrong)
    return given


def _words(call: Call, blocks: list[Json], most: int) -> str:
    text = call.maybe("text") or ""
    if not text and not blocks:
        raise SlackError("no_text")
    if len(text) > most:
        raise SlackError("msg_too_long")
    return text


def post_message(memory: Memory, call: Call) -> Json:
    """Post a message; a member's id as channel means the DM, as in the real Slack."""
    key = call.text("channel")
    member = memory.members.get(key)
    if member is not None and (member.is_bot or member.deleted):
        raise SlackError("channel_not_found")
    channel = memory.open_direct(key) if member else _channel(memory, key)
    if channel.is_archived:
        raise SlackError("is_archived")
    if memory.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    blocks = checked_blocks(call.arguments.get("blocks"))
    message = memory.post(
        Message(
            channel=channel.id,
            ts=memory.new_ts(),
            user=memory.bot.id,
            text=_words(call, blocks, MAX_POST),
            blocks=blocks,
            metadata=call.arguments.get("metadata"),
        )
    )
    return _said(memory, message)


def _said(memory: Memory, message: Message) -> Json:
    return {
        "channel": message.channel,
        "ts": message.ts,
        "text": message.text,
        "message": message.as_json(memory.bot),
    }


def _kept(memory: Memory, call: Call) -> Message:
    channel = _channel(memory, call.text("channel"))
    message = memory.message(channel.id, call.text("ts"))
    if message is None or message.only_for is not None:
        raise SlackError("message_not_found")
    return message


def update(memory: Memory, call: Call) -> Json:
    """Change one of the bot's own messages; not an ephemeral one."""
    message = _kept(memory, call)
    if message.user != memory.bot.id:
        raise SlackError("cant_update_message")
    # Without `blocks` a new text takes the blocks' place.
    blocks = checked_blocks(call.arguments.get("blocks"))
    memory.edit(message, text=_words(call, blocks, MAX_UPDATE), blocks=blocks)
    return _said(memory, message)


def delete(memory: Memory, call: Call) -> Json:
    """Delete one of the bot's own messages."""
    message = _kept(memory, call)
    if message.user != memory.bot.id:
        raise SlackError("cant_delete_message")
    memory.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def open_direct(memory: Memory, call: Call) -> Json:
    """Open the DM with one member; each time it is the same."""
    users = call.names("users")
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 1:
        # The scope mpim:write, for which the manifest does not ask.
        raise SlackError("missing_scope")
    _reachable(memory, users[0])
    return {"channel": {"id": memory.open_direct(users[0]).id}}


def _reachable(memory: Memory, user: str) -> None:
    member = memory.members.get(user)
    if member is None:
        raise SlackError("user_not_found")
    if member.deleted:
        raise SlackError("user_disabled")
    if member.is_bot:
        raise SlackError("cannot_dm_bot")


def conversation(memory: Memory, call: Call) -> Json:
    """Describe one channel."""
    channel = _channel(memory, call.text("channel"))
    shown: Json = {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.kind in ("public", "private"),
        "is_group": channel.kind == "private",
        "is_im": channel.kind == "im",
        "is_private": channel.kind != "public",
        "is_archived": channel.is_archived,
        "is_member": memory.bot.id in channel.members,
        "num_members": len(channel.members),
    }
    if channel.kind == "im":
        del shown["name"]
        shown["user"] = next(user for user in channel.members if user != memory.bot.id)
    return {"channel": shown}


def history(memory: Memory, call: Call) -> Json:
    """Return a channel's messages after `oldest`, newest first; metadata where it is asked for."""
    channel = _channel(memory, call.text("channel"))
    if memory.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    oldest, limit = float(call.maybe("oldest") or 0), call.number("limit", 100)
    said = [
        message.as_json(memory.bot)
        for message in reversed(memory.messages)
        if message.channel == channel.id and message.only_for is None
        if float(message.ts) > oldest
    ]
    if not call.flag("include_all_metadata"):
        for shown in said:
            shown.pop("metadata", None)
    return {"messages": said[:limit], "has_more": len(said) > limit}
