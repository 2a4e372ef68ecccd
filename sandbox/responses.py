"""What an app may say back without a token: through a response_url, or in an ack's payload."""

from __future__ import annotations

from sandbox.blockkit import problems
from sandbox.calls import SlackError
from sandbox.handles import ResponseAddress
from sandbox.memory import Memory
from sandbox.records import Json, Message
from sandbox.socket_mode import Ack


def apply_response(memory: Memory, address: ResponseAddress, said: Json) -> Message | None:
    """Show, change or remove a message as the response says; return what is now shown.

    Ephemeral unless it says `in_channel`.

    Raises: SlackError for blocks that Slack would refuse, or for nothing to say.
    """
    about = address.message_ts and memory.message(address.channel, address.message_ts)
    if said.get("delete_original"):
        if about:
            memory.delete(about)
        return None
    blocks, text = list(said.get("blocks") or []), str(said.get("text") or "")
    wrong = problems(blocks, "message")
    if wrong:
        raise SlackError("invalid_blocks", messages=wrong)
    if not text and not blocks:
        raise SlackError("no_text")
    if said.get("replace_original") and about:
        memory.edit(about, text=text, blocks=blocks)
        return about
    in_channel = said.get("response_type") == "in_channel"
    return memory.post(
        Message(
            channel=address.channel,
            ts=memory.new_ts(),
            user=memory.bot.id,
            text=text,
            blocks=blocks,
            only_for=None if in_channel else address.user,
            thread_ts=said.get("thread_ts"),
        )
    )


def show_ack(memory: Memory, ack: Ack, *, user: str, channel: str, spoken: str) -> None:
    """Show what the ack of a command says, or Slack's own words when there was none."""
    said = ack.payload
    if ack.error is not None:
        said = {"text": f'{spoken} failed with the error "{ack.error}"'}
    if said:
        now = memory.clock.now()
        apply_response(memory, ResponseAddress(user, channel, None, now), said)
