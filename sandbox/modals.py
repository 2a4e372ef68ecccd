"""What happens to a member's modals when the app has answered a submission."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.memory import Memory
from sandbox.methods_views import checked
from sandbox.records import View
from sandbox.socket_mode import Ack

TROUBLE = "We had some trouble connecting. Try again?"


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What a member sees after submitting: errors by block_id, or a closed or another modal."""

    errors: dict[str, str] = field(default_factory=dict)
    #: Slack's own words when the app did not answer.
    trouble: str | None = None
    closed: bool = False
    #: The modal that is on the screen now.
    view: View | None = None


def after_submission(memory: Memory, view: View, ack: Ack) -> Filled:
    """Do to the member's modals what the app's ack says; an empty ack closes the shown one.

    Raises: SlackError when the ack brings a view that Slack would refuse.
    """
    if ack.error is not None:
        return Filled(trouble=TROUBLE, view=view)
    answer = ack.payload or {}
    match answer.get("response_action"):
        case "errors":
            known = {block.get("block_id") for block in view.blocks}
            errors = {key: str(words) for key, words in answer["errors"].items()}
            if set(errors) <= known and errors:
                return Filled(errors=errors, view=view)
            # Slack shows nothing but trouble when an error names a block that is not there.
            return Filled(trouble=TROUBLE, view=view)
        case "update":
            memory.set_view(view, checked(answer["view"], "modal"))
        case "push":
            memory.push_modal(view.user, checked(answer["view"], "modal"))
        case "clear":
            memory.close_modals(view.user, all_of_them=True)
        case _:
            _close_this(memory, view)
    shown = memory.modal(view.user)
    return Filled(closed=shown is None, view=shown)


def _close_this(memory: Memory, view: View) -> None:
    # A listener may have opened another root meanwhile; then there is nothing left to close.
    shown = memory.modal(view.user)
    if shown is not None and shown.id == view.id:
        memory.close_modals(view.user, all_of_them=False)


def closing(view: View, memory: Memory, *, all_of_them: bool) -> list[View]:
    """Return the views a member's closing takes away, those that want to be told."""
    stack = memory.stacks.get(view.user, [])
    gone = [memory.views[key] for key in reversed(stack)] if all_of_them else [view]
    return [one for one in gone if one.body.get("notify_on_close")]
