"""Slack's chat.*, reactions.* and conversations.* methods on the workspace's memory."""

from __future__ import annotations

from sandbox.blockkit import problems
from sandbox.calls import Call, SlackError
from sandbox.memory import Memory
from sandbox.records import Channel, Json, Message

MAX_POST = 40_000
MAX_UPDATE = 4_000
MAX_GROUP = 8


def _channel(memory: Memory, key: str) -> Channel:
    channel = memory.channel(key)
    hidden = channel is not None and channel.kind != "public"
    if channel is None or (hidden and memory.bot.id not in channel.members):
        raise SlackError("channel_not_found")
    return channel


def _blocks(call: Call) -> list[Json]:
    blocks = call.arguments.get("blocks") or []
    wrong = problems(blocks, "message")
    if wrong:
        raise SlackError("invalid_blocks", messages=wrong)
    return list(blocks)


def _words(call: Call, blocks: list[Json], most: int) -> str:
    text = call.maybe("text") or ""
    if not text and not blocks and not call.has("attachments"):
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
    channel = memory.open_conversation([key]) if member else _channel(memory, key)
    if channel.is_archived:
        raise SlackError("is_archived")
    if memory.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    blocks = _blocks(call)
    message = memory.post(
        Message(
            channel=channel.id,
            ts=memory.new_ts(),
            user=memory.bot.id,
            text=_words(call, blocks, MAX_POST),
            blocks=blocks,
            thread_ts=call.maybe("thread_ts"),
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


def post_ephemeral(memory: Memory, call: Call) -> Json:
    """Show a message to one member of a channel."""
    channel = _channel(memory, call.text("channel"))
    user = call.text("user")
    if user not in memory.members:
        raise SlackError("user_not_found")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    blocks = _blocks(call)
    message = memory.post(
        Message(
            channel=channel.id,
            ts=memory.new_ts(),
            user=memory.bot.id,
            text=_words(call, blocks, MAX_POST),
            blocks=blocks,
            only_for=user,
            thread_ts=call.maybe("thread_ts"),
        )
    )
    return {"message_ts": message.ts}


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
    given = "blocks" in call.arguments and call.arguments["blocks"] is not None
    # Without `blocks` a new text takes the blocks' place; with neither there is nothing to say.
    blocks = _blocks(call) if given else [] if call.has("text") else message.blocks
    text = _words(call, blocks, MAX_UPDATE) if call.has("text") or given else message.text
    memory.edit(message, text=text, blocks=blocks)
    return _said(memory, message)


def delete(memory: Memory, call: Call) -> Json:
    """Delete one of the bot's own messages."""
    message = _kept(memory, call)
    if message.user != memory.bot.id:
        raise SlackError("cant_delete_message")
    memory.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def add_reaction(memory: Memory, call: Call) -> Json:
    """Put the bot's emoji on a message, once."""
    channel = _channel(memory, call.text("channel"))
    message = memory.message(channel.id, call.text("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    users = message.reactions.setdefault(call.text("name").strip(":"), [])
    if memory.bot.id in users:
        raise SlackError("already_reacted")
    users.append(memory.bot.id)
    message.version = memory.changes.touch()
    return {}


def open_conversation(memory: Memory, call: Call) -> Json:
    """Open a DM or a group DM; the same members get the same one."""
    if call.has("channel"):
        return {"channel": channel_json(_channel(memory, call.text("channel")), memory)}
    users = list(dict.fromkeys(call.names("users")))
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > MAX_GROUP:
        raise SlackError("too_many_users")
    for user in users:
        _reachable(memory, user)
    found = memory.conversation(users)
    if found is None and call.flag("prevent_creation"):
        return {"no_op": True, "already_open": False, "channel": {}}
    channel = memory.open_conversation(users)
    shown = channel_json(channel, memory) if call.flag("return_im") else {"id": channel.id}
    known = {"no_op": True, "already_open": True} if found else {}
    return {**known, "channel": shown}


def _reachable(memory: Memory, user: str) -> None:
    member = memory.members.get(user)
    if member is None:
        raise SlackError("user_not_found")
    if member.deleted:
        raise SlackError("user_disabled")
    if member.is_bot:
        raise SlackError("cannot_dm_bot")


def channel_json(channel: Channel, memory: Memory) -> Json:
    """Return the channel as conversations.* show it."""
    shown: Json = {
        "id": channel.id,
        "name": channel.name,
        "is_channel": channel.kind in ("public", "private"),
        "is_group": channel.kind == "private",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "public",
        "is_archived": channel.is_archived,
        "is_member": memory.bot.id in channel.members,
        "num_members": len(channel.members),
    }
    if channel.kind == "im":
        del shown["name"]
        shown["user"] = next(user for user in channel.members if user != memory.bot.id)
    return shown


def conversation(memory: Memory, call: Call) -> Json:
    """Return one channel."""
    return {"channel": channel_json(_channel(memory, call.text("channel")), memory)}


def conversations(memory: Memory, call: Call) -> Json:
    """Return the channels of the types asked for, in pages."""
    names = {"public": "public_channel", "private": "private_channel"}
    wanted = call.names("types") or ["public_channel"]
    seen = [
        channel_json(channel, memory)
        for channel in memory.channels.values()
        if names.get(channel.kind, channel.kind) in wanted
        and (channel.kind == "public" or memory.bot.id in channel.members)
        and not (call.flag("exclude_archived") and channel.is_archived)
    ]
    return page_of(call, "channels", seen)


def conversation_members(memory: Memory, call: Call) -> Json:
    """Return the member ids of a channel, in pages."""
    return page_of(call, "members", _channel(memory, call.text("channel")).members)


def history(memory: Memory, call: Call) -> Json:
    """Return the messages of a channel, newest first."""
    channel = _channel(memory, call.text("channel"))
    if memory.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    oldest, latest = call.maybe("oldest") or "0", call.maybe("latest") or "9"
    said = [
        message.as_json(memory.bot)
        for message in reversed(memory.messages)
        if message.channel == channel.id and message.only_for is None
        if oldest <= message.ts <= latest or (call.flag("inclusive") and message.ts == oldest)
    ]
    return {**page_of(call, "messages", said), "has_more": False}


def page_of(call: Call, name: str, items: list[Json] | list[str]) -> Json:
    """Return one page of a list and the cursor of the next."""
    start = call.number("cursor", 0)
    limit = call.number("limit", 100) or 100
    after = start + limit
    cursor = str(after) if after < len(items) else ""
    return {name: items[start:after], "response_metadata": {"next_cursor": cursor}}
