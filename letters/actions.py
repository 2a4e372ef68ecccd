"""Everything that can be done with one press: in Slack, from a mail, on a page.

One table: the act, the label of its button, what the page before it asks, what is said when it is
done, and what must be filled in. The name is the Slack action, the route and the journal's event.
"""

from collections.abc import Callable
from datetime import datetime

from community import (
    announcements,
    expectations,
    gatherings,
    meetings,
    meetups,
    mentoring,
    overflows,
    removals,
    ways,
    withdrawals,
)
from community.people import Category
from community.store import Session
from letters.action import Action, Input
from letters.letter import Button
from letters.list_actions import LIST_ACTIONS
from letters.moderation import MODERATION
from letters.onboarding_actions import ONBOARDING
from letters.person_actions import PERSON_ACTIONS
from texts import N_, Language, say


def mute(category: Category) -> Callable[..., object]:
    """Return the act that stops one kind of message for whoever presses."""

    def act(session: Session, object_id: int, *, by: int, now: datetime) -> None:
        ways.mute(session, category, by=by, now=now)

    return act


TIMES = (
    Input(name="time_1", kind="moment", label=N_("First time")),
    Input(name="time_2", kind="moment", label=N_("Second time")),
    Input(name="time_3", kind="moment", label=N_("Third time")),
)
BOOKED = (
    Input(name="starts_at", kind="moment", label=N_("Day and time")),
    Input(name="place", kind="line", label=N_("Place or link"), optional=True),
)

__all__ = ["ACTIONS", "NEEDS_NO_LINK", "Action", "Input", "button", "is_one_click"]

ACTIONS: dict[str, Action] = {
    **MODERATION,
    **ONBOARDING,
    **PERSON_ACTIONS,
    "post.withdraw": Action(
        act=withdrawals.withdraw,
        label=N_("Withdraw"),
        ask=N_("Withdraw this post? Nobody gets it."),
        done=N_("Withdrawn. Nobody gets it."),
        style="danger",
    ),
    "post.narrow": Action(
        act=overflows.narrow,
        label=N_("To related fields, now"),
        ask=N_("Send this post now to people of your field and related ones, and to nobody else?"),
        done=N_("It is on its way to people of your field and related ones."),
    ),
    "post.ask": Action(
        act=overflows.ask,
        label=N_("Ask a moderator"),
        ask=N_("Have a moderator look at this post, instead of sending it in the next digest?"),
        done=N_("A moderator looks at it. You will see it on the list, or hear why not."),
    ),
    "post.remove": Action(
        act=removals.remove,
        label=N_("Remove"),
        ask=N_(
            "Remove this post from the archive for good, with its attachments? Mails that have "
            "gone out cannot be called back."
        ),
        done=N_("Removed. A line stays that says so."),
        style="danger",
    ),
    **LIST_ACTIONS,
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
        ask=N_("Tell the host that you cannot come?"),
        done=N_("You are out, and it leaves your calendar. Thank you for saying so."),
    ),
    "meetup.cancel": Action(
        act=meetups.cancel,
        label=N_("Cancel the meetup"),
        ask=N_("Cancel this meetup? Everybody who is coming is told."),
        done=N_("Cancelled. Everybody who wanted to come is told."),
        style="danger",
    ),
    "meetup.mute": Action(
        act=mute(Category.MEETUP),
        label=N_("No more meetup proposals"),
        ask=N_("Stop telling you about new meetups?"),
        done=N_("You will hear of no new meetups. Those you joined are still in your calendar."),
    ),
    "mentorship.offer": Action(
        act=meetings.offer,
        label=N_("Offer three times"),
        ask=N_("Which three times suit you? Best between 09:00 and 14:30."),
        done=N_("Sent. You will find the one that is picked in your calendar."),
        style="primary",
        inputs=TIMES,
    ),
    "mentorship.book": Action(
        act=meetings.book,
        label=N_("Already booked"),
        ask=N_("When do you meet, or when did you meet?"),
        done=N_("Noted. We ask no more."),
        inputs=BOOKED,
    ),
    "mentorship.help": Action(
        act=mentoring.ask_help,
        label=N_("Need help"),
        ask=N_("Ask a coordinator for a hand?"),
        done=N_("A coordinator will write to you."),
    ),
    "mentorship.hand_back": Action(
        act=expectations.hand_back,
        label=N_("I can’t be the mentor"),
        ask=N_("End this pair? You need give no reason; a coordinator finds another mentor."),
        done=N_("The pair has ended. Thank you for saying so."),
    ),
    "mentorship.mute": Action(
        act=mentoring.mute,
        label=N_("No more reminders"),
        ask=N_("Stop our reminders about mentoring? A coordinator may write to you instead."),
        done=N_("You will get no more reminders about mentoring."),
    ),
    "slot.pick": Action(
        act=meetings.pick,
        label=N_("Take this time"),
        ask=N_("Take this time? It is then in both your calendars."),
        done=N_("Booked. An invitation for your calendar comes by e-mail."),
        style="primary",
    ),
    "meeting.move": Action(
        act=meetings.move,
        label=N_("Move it"),
        ask=N_("When do you meet instead?"),
        done=N_("Moved. Both of you get the new time for the calendar."),
        inputs=BOOKED,
    ),
    "meeting.confirm": Action(
        act=meetings.confirm,
        label=N_("We met"),
        ask=N_("Did the meeting take place?"),
        done=N_("Good to hear. We ask no more."),
        style="primary",
    ),
    "gathering.register": Action(
        act=gatherings.register,
        label=N_("Register"),
        ask=N_("Register for this gathering? You will come, or release your place in time."),
        done=N_("You have a place. An invitation for your calendar comes by e-mail."),
        style="primary",
    ),
    "gathering.release": Action(
        act=gatherings.release,
        label=N_("Release my place"),
        ask=N_("Release your place at this gathering?"),
        done=N_("Released. It leaves your calendar, and you get no reminders. Thank you."),
    ),
    "gathering.cancel": Action(
        act=gatherings.cancel,
        label=N_("Cancel the gathering"),
        ask=N_("Cancel this gathering? Everybody who has a place is told."),
        done=N_("Cancelled. Everybody who had a place is told."),
        style="danger",
    ),
    "gathering.mute": Action(
        act=mute(Category.GATHERING),
        label=N_("No more about gatherings"),
        ask=N_("Stop telling you about new gatherings?"),
        done=N_("You will hear of no new gatherings. You keep the places that you have."),
    ),
    "announcement.send": Action(
        act=announcements.send_now,
        label=N_("Send now"),
        ask=N_("Send this announcement now?"),
        done=N_("It is on its way."),
        style="primary",
    ),
    "announcement.cancel": Action(
        act=announcements.cancel,
        label=N_("Cancel the announcement"),
        ask=N_("Cancel this announcement? Nobody gets it."),
        done=N_("Cancelled. Nobody gets it."),
        style="danger",
    ),
    "announcement.mute": Action(
        act=mute(Category.ANNOUNCEMENT),
        label=N_("No more announcements"),
        ask=N_("Stop sending you announcements?"),
        done=N_("You will get no more announcements."),
    ),
}

#: The ways out, which stand in List-Unsubscribe (RFC 8058).
ONE_CLICK_VERBS = ("leave", "mute", "disown")
#: What can be done without a mailed link, by who is signed in or in Slack.
NEEDS_NO_LINK = {name: action for name, action in ACTIONS.items() if not action.is_proof}


def is_one_click(action: str) -> bool:
    """Tell whether a mail program may do this by itself when its reader wants no more of a kind."""
    return action in ACTIONS and action.partition(".")[2] in ONE_CLICK_VERBS


def button(language: Language, action: str, object_id: int) -> Button:
    """Return the button of an action, labelled in the reader's language."""
    entry = ACTIONS[action]
    label = say(language, entry.label)
    return Button(label=label, action=action, object_id=object_id, style=entry.style)
