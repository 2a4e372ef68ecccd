"""What an app may say back without a token: through a response_url, or in an ack's payload."""

from __future__ import annotations

from sandbox.calls import SlackError
from sandbox.handles import ResponseAddress
from sandbox.memory import Memory
from sandbox.methods_chat import checked_blocks
from sandbox.records import Json, Message
from sandbox.socket_mode import Ack


def apply_response(memory: Memory, address: ResponseAddress, said: Json) -> None:
    """Show a message to the member alone, or change the one that the address is about.

    Raises: SlackError for blocks that Slack would refuse, or for nothing to say.
    """
    blocks, text = checked_blocks(said.get("blocks")), str(said.get("text") or "")
    if not text and not blocks:
        raise SlackError("no_text")
    about = address.message_ts and memory.message(address.channel, address.message_ts)
    if said.get("replace_original") and about:
        memory.edit(about, text=text, blocks=blocks)
        return
    memory.post(
        Message(
            channel=address.channel,
            ts=memory.new_ts(),
            user=memory.bot.id,
            text=text,
            blocks=blocks,
            only_for=address.user,
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
