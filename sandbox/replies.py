"""What a member sees after an act in the workspace."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.records import Json, Message, View


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a member sees after an act: new and changed messages, and the open modal."""

    messages: tuple[Message, ...] = ()
    modal: View | None = None
    #: Slack's word when the app did not answer in time: `operation_timeout`, `dispatch_failed`.
    error: str | None = None

    @property
    def text(self) -> str:
        """Return the words of the last message, or nothing."""
        return self.messages[-1].text if self.messages else ""

    @property
    def blocks(self) -> list[Json]:
        """Return the blocks of the last message, or none."""
        return self.messages[-1].blocks if self.messages else []
