"""Everything that can be done with one press: in Slack, from a mail, on a page.

One table: the act, the label of its button, what the page before it asks, what is said when it is
done, and what must be filled in. The name is the Slack action, the route and the journal's event.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from community import (
    address_requests,
    announcements,
    gatherings,
    join_requests,
    linking,
    meetings,
    meetups,
    mentoring,
    overflows,
    quiet_hours,
    removals,
    stays,
    suppressions,
    ways,
    withdrawals,
)
from community.people import Category
from community.store import Session
from letters import quiet_hours as quiet_words
from letters.action import Action, Input
from letters.introductions import INTRODUCE
from letters.letter import Button
from letters.list_actions import LIST_ACTIONS
from letters.moderation import MODERATION
from letters.onboarding_actions import FIELDS, ONBOARDING, set_fields
from texts import N_, Language, say


def mute(category: Category) -> Callable[..., object]:
    """Return the act that stops one kind of message for whoever presses."""

    def act(session: Session, object_id: int, *, by: int, now: datetime) -> None:
        ways.mute(session, category, by=by, now=now)

    return act


def choose_hours(
    session: Session,
    object_id: int,
    *,
    opens: str,
    closes: str,
    days: str,
    by: int,
    now: datetime,
) -> None:
    """Have automatic messages come to whoever presses only at these hours."""
    quiet_hours.choose(
        session, opens_hour=int(opens), closes_hour=int(closes), days=days, by=by, now=now
    )


def any_hour(session: Session, object_id: int, *, by: int, now: datetime) -> None:
    """Let automatic messages come at any time to whoever presses."""
    quiet_hours.forget(session, by=by, now=now)


HOURS = (
    Input(name="opens", kind="choice", label=N_("From"), choices=quiet_words.clock_hours(7, 18)),
    Input(name="closes", kind="choice", label=N_("Until"), choices=quiet_words.clock_hours(9, 22)),
    Input(
        name="days",
        kind="choice",
        label=N_("On these days"),
        choices=quiet_words.DAY_CHOICES,
    ),
)
EMAIL = Input(name="email", kind="line", label=N_("The other address"))

TIMES = (
    Input(name="time_1", kind="moment", label=N_("First time")),
    Input(name="time_2", kind="moment", label=N_("Second time")),
    Input(name="time_3", kind="moment", label=N_("Third time")),
)
BOOKED = (
    Input(name="starts_at", kind="moment", label=N_("Day and time")),
    Input(name="place", kind="line", label=N_("Place or link"), optional=True),
)

__all__ = ["ACTIONS", "Action", "Input", "button"]

ACTIONS: dict[str, Action] = {
    **MODERATION,
    **ONBOARDING,
    "person.link": Action(
        act=linking.link,
        label=N_("This is me"),
        ask=N_("Link the Slack user who asked for this to you?"),
        done=N_("Linked. What you do in Slack and by mail is one and the same now."),
        style="primary",
    ),
    "person.english": replace(ONBOARDING["onboarding.english"], label=N_("Write to me in English")),
    "person.norwegian": replace(
        ONBOARDING["onboarding.norwegian"], label=N_("Write to me in Norwegian")
    ),
    "person.stay_on": Action(
        act=stays.stay_on,
        label=N_("Stay on as an alumnus"),
        ask=N_("Stay on your lists after your stay?"),
        done=N_("You stay on your lists. Leave any of them whenever you like."),
        style="primary",
    ),
    "person.disown": Action(
        act=join_requests.disown,
        label=N_("This was not me: stop these mails"),
        ask=N_("Send nothing to this address for 30 days that others ask for in your name?"),
        done=N_(
            "Stopped for 30 days, and what was asked is dropped. What you are on stays as it is."
        ),
    ),
    "person.add_address": Action(
        act=address_requests.ask,
        label=N_("Use another address"),
        ask=N_("To which address shall your mail go?"),
        done=N_("We have written to that address. It is yours when you press the button there."),
        inputs=(EMAIL,),
    ),
    "address_request.confirm": Action(
        act=address_requests.confirm,
        label=N_("This address is mine"),
        ask=N_("Send your mail to this address from now on?"),
        done=N_("Your mail goes to this address from now on."),
        style="primary",
    ),
    "address_request.disown": Action(
        act=address_requests.disown,
        label=N_("This was not me: stop these mails"),
        ask=N_("Send nothing to this address for 30 days that others ask for in its name?"),
        done=N_("Stopped for 30 days. The address is nobody’s."),
    ),
    "address.make_primary": Action(
        act=address_requests.make_primary,
        label=N_("Send my mail here"),
        ask=N_("Send your mail to this address from now on?"),
        done=N_("Your mail goes to this address from now on."),
    ),
    "address.remove": Action(
        act=address_requests.remove,
        label=N_("Take it away"),
        ask=N_("Take this address away? Mails from it are no longer known to be yours."),
        done=N_("Taken away."),
        style="danger",
    ),
    "person.set_fields": Action(
        act=set_fields,
        label=N_("Say my fields"),
        ask=N_(
            "What do you do research in? People in your field and close to it hear of each other."
        ),
        done=N_("Thank you. You hear of meetups in your field."),
        inputs=FIELDS,
    ),
    "person.introduce": INTRODUCE,
    "person.choose_hours": Action(
        act=choose_hours,
        label=N_("Choose quiet hours"),
        ask=N_(
            "When may messages come that can wait? At other times, and on holidays, it is quiet. "
            "Answers to what you do, cancellations, and what begins within a day come at once."
        ),
        done=N_("Saved. What can wait comes at these hours."),
        inputs=HOURS,
        beforehand=quiet_words.beforehand,
    ),
    "person.any_hour": Action(
        act=any_hour,
        label=N_("No quiet hours"),
        ask=N_("Let messages come at any hour?"),
        done=N_("Saved. Messages come at any hour."),
    ),
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
    "address.restore": Action(
        act=suppressions.restore,
        label=N_("My address works again"),
        ask=N_("Send mail to this address again?"),
        done=N_("Mail goes to this address again."),
        style="primary",
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
        act=mute(Category.GATHERING),
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
        act=mute(Category.ANNOUNCEMENT),
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
