"""Everything that can be done with one press: in Slack, from a mail, on a page.

One table: the act, the label of its button, what the page before it asks, what is said when it is
done, and what must be filled in. The name is the Slack action, the route and the journal's event.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from community import (
    announcements,
    deliveries,
    digests,
    gatherings,
    linking,
    lists,
    meetings,
    meetups,
    mentoring,
    moderation,
    people,
    suppressions,
    threads,
    withdrawals,
)
from community.lists import Mode
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
    optional: bool = False


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

TIMES = (
    Input(name="time_1", kind="moment", label=N_("First time")),
    Input(name="time_2", kind="moment", label=N_("Second time")),
    Input(name="time_3", kind="moment", label=N_("Third time")),
)
BOOKED = (
    Input(name="starts_at", kind="moment", label=N_("Day and time")),
    Input(name="place", kind="line", label=N_("Place or link"), optional=True),
)
UNTIL = Input(name="until", kind="moment", label=N_("Until when nothing comes"))

ACTIONS: dict[str, Action] = {
    "person.link": Action(
        act=linking.link,
        label=N_("This is me"),
        ask=N_("Link the Slack user who asked for this to you?"),
        done=N_("Linked. What you do in Slack and by mail is one and the same now."),
        style="primary",
    ),
    "post.accept": Action(
        act=moderation.accept,
        label=N_("Accept"),
        ask=N_("Send this post to everybody on the list?"),
        done=N_("Accepted. It is on its way to the list."),
        style="primary",
    ),
    "post.withdraw": Action(
        act=withdrawals.withdraw,
        label=N_("Withdraw"),
        ask=N_("Withdraw this post? Nobody gets it."),
        done=N_("Withdrawn. Nobody gets it."),
        style="danger",
    ),
    "post.stop": Action(
        act=withdrawals.stop,
        label=N_("Stop it"),
        ask=N_("Stop this post before it goes out? It then waits for a moderator."),
        done=N_("Stopped. It waits for a moderator."),
        style="danger",
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
    "address.restore": Action(
        act=suppressions.restore,
        label=N_("My address works again"),
        ask=N_("Send mail to this address again?"),
        done=N_("Mail goes to this address again."),
        style="primary",
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
    "mailing_list.each": Action(
        act=deliveries.choose(Mode.EACH),
        label=N_("Each post as a mail"),
        ask=N_("Get each post of this list as a mail of its own?"),
        done=N_("Each post comes as a mail of its own from now on."),
    ),
    "mailing_list.digest": Action(
        act=deliveries.choose(Mode.DAILY),
        label=N_("One digest a day"),
        ask=N_("Get the posts of this list in one mail a day?"),
        done=N_("The posts come in one mail a day, at 16:00."),
    ),
    "mailing_list.weekly": Action(
        act=deliveries.choose(Mode.WEEKLY),
        label=N_("One digest a week"),
        ask=N_("Get the posts of this list in one mail a week?"),
        done=N_("The posts come in one mail a week, on the first working day at 08:00."),
    ),
    "mailing_list.followed": Action(
        act=deliveries.choose(Mode.FOLLOWED),
        label=N_("Only threads I follow"),
        ask=N_("Get only the posts of threads that you follow or have written in?"),
        done=N_("Only threads that you follow or have written in come from now on."),
    ),
    "mailing_list.none": Action(
        act=deliveries.choose(Mode.NONE),
        label=N_("No mail"),
        ask=N_("Get no mail of this list? You stay on it, may write to it and read it here."),
        done=N_("No mail of this list comes. You are still on it."),
    ),
    "mailing_list.pause": Action(
        act=deliveries.pause,
        label=N_("Pause"),
        ask=N_("Until when shall nothing of this list come? It starts again by itself."),
        done=N_("Paused. It starts again by itself."),
        inputs=(UNTIL,),
    ),
    "mailing_list.resume": Action(
        act=deliveries.resume,
        label=N_("End the pause"),
        ask=N_("Let the posts of this list come again now?"),
        done=N_("The posts come again."),
    ),
    "thread.follow": Action(
        act=threads.follow,
        label=N_("Follow the thread"),
        ask=N_("Get every post of this thread at once?"),
        done=N_("You follow this thread. Its posts come at once."),
    ),
    "thread.mute": Action(
        act=threads.mute,
        label=N_("Mute the thread"),
        ask=N_("Get no more posts of this thread?"),
        done=N_("Muted. No more posts of this thread come."),
    ),
    "thread.open": Action(
        act=threads.open_to_all,
        label=N_("Answers to everybody"),
        ask=N_("Let the answers of this thread go to everybody on the list again?"),
        done=N_("Answers in this thread go to everybody on the list from now on."),
    ),
    "thread.contain": Action(
        act=threads.contain,
        label=N_("Answers to followers only"),
        ask=N_("Keep this thread among those who write in it or follow it from now on?"),
        done=N_("It goes on among those who write in it or follow it; the others get a line."),
    ),
    "digest.leave": Action(
        act=digests.leave,
        label=N_("Leave these lists"),
        ask=N_("Leave all lists of this digest? You will get no more posts."),
        done=N_("You are off the lists. You can join again at any time."),
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
        act=mute(Topic.MEETUP),
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
        act=mentoring.hand_back,
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
        act=mute(Topic.GATHERING),
        label=N_("No more invitations to gatherings"),
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
        act=mute(Topic.ANNOUNCEMENT),
        label=N_("No more announcements"),
        ask=N_("Stop sending you announcements?"),
        done=N_("You will get no more announcements."),
    ),
}


def button(language: Language, action: str, object_id: int) -> Button:
    """Return the button of an action, labelled in the reader's language."""
    entry = ACTIONS[action]
    label = say(language, entry.label)
    return Button(label=label, action=action, object_id=object_id, style=entry.style)
