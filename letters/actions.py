"""Everything that can be done with one press: in Slack, from a mail, on a page.

One table: the act, the label of its button, what the page before it asks, what is said when it is
done, and what must be filled in. The name is the Slack action, the route and the journal's event.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from community import lists, meetups, moderation, people
from community.people import Topic
from community.store import Session
from letters.letter import Button, Style
from texts import N_, Language, say


@dataclass(frozen=True, kw_only=True)
class Input:
    """Something to fill in before an act; the name is the act's argument."""

    name: str
    #: A line, a text of several lines, or a local day and time.
    kind: Literal["line", "text", "moment"]
    label: str


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing that one person can do with one object."""

    #: `act(session, object_id, *, by, now, **inputs)`; raises Refusal for an expected no.
    act: Callable[..., object]
    label: str
    #: The question on the page before it is done.
    ask: str
    #: What is said afterwards.
    done: str
    style: Style | None = None
    inputs: tuple[Input, ...] = ()


def mute(topic: Topic) -> Callable[..., object]:
    """Return the act that stops one kind of message for whoever presses."""

    def act(session: Session, object_id: int, *, by: int, now: datetime) -> None:
        people.mute(session, topic, by=by, now=now)

    return act


REASON = Input(name="reason", kind="text", label=N_("Why it goes back (the author reads this)"))

ACTIONS: dict[str, Action] = {
    "post.accept": Action(
        act=moderation.accept,
        label=N_("Accept"),
        ask=N_("Send this post to everybody on the list?"),
        done=N_("Accepted. It is on its way to the list."),
        style="primary",
    ),
    "post.digest": Action(
        act=moderation.digest,
        label=N_("Into the digest"),
        ask=N_("Put this post into the next digest?"),
        done=N_("It goes into the next digest."),
    ),
    "post.return": Action(
        act=moderation.send_back,
        label=N_("Return with a reason"),
        ask=N_("Return this post to its author?"),
        done=N_("Returned, with your reason."),
        inputs=(REASON,),
    ),
    "post.discard": Action(
        act=moderation.discard,
        label=N_("Discard"),
        ask=N_("Discard this post? Its author is not told."),
        done=N_("Discarded."),
        style="danger",
    ),
    "mailing_list.leave": Action(
        act=lists.leave,
        label=N_("Leave the list"),
        ask=N_("Leave this list? You will get no more posts."),
        done=N_("You are off the list. You can join again at any time."),
    ),
    "mailing_list.join": Action(
        act=lists.join,
        label=N_("Join the list"),
        ask=N_("Join this list?"),
        done=N_("You are on the list."),
        style="primary",
    ),
    "meetup.join": Action(
        act=meetups.join,
        label=N_("Join"),
        ask=N_("Join this meetup?"),
        done=N_("You are in. An invitation for your calendar comes by e-mail."),
        style="primary",
    ),
    "meetup.leave": Action(
        act=meetups.leave,
        label=N_("I can’t come"),
        ask=N_("Take your word back?"),
        done=N_("You are out, and it leaves your calendar. Thank you for saying so."),
    ),
    "meetup.cancel": Action(
        act=meetups.cancel,
        label=N_("Cancel the meetup"),
        ask=N_("Cancel this meetup? Everybody who comes is told."),
        done=N_("Cancelled. Everybody who wanted to come is told."),
        style="danger",
    ),
    "meetup.mute": Action(
        act=mute(Topic.MEETUP),
        label=N_("No more meetup proposals"),
        ask=N_("Stop telling you about new meetups?"),
        done=N_("You will hear of no new meetups. Those you joined are still in your calendar."),
    ),
}


def button(language: Language, action: str, object_id: int) -> Button:
    """Return the button of an action, labelled in the reader's language."""
    entry = ACTIONS[action]
    label = say(language, entry.label)
    return Button(label=label, action=action, object_id=object_id, style=entry.style)
