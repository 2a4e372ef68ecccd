"""Why something is due, in a sentence each: for people who look at what waits.

Keys are the kinds of notices, the actions of steps, the names of schedules, and `post.deliver` for
posts on their way. A test keeps the table complete.
"""

from collections.abc import Mapping
from typing import Final

from community.errors import N_

#: What a post on its way to a subscriber is called beside the kinds of notices.
DELIVER: Final = "post.deliver"

UNKNOWN: Final = N_("Planned when this was made or changed.")

WHY: Final[Mapping[str, str]] = {
    # Notices: something to say to one person.
    "person.link": N_("Somebody in Slack says to be this person; only they can confirm it."),
    "person.welcome": N_("A newcomer in Slack is greeted."),
    "sign_in.link": N_("This person asked for a link to sign in."),
    "post.hold": N_("A moderator has to decide about a held post, or learns what was decided."),
    "post.accept": N_("The author learns when the post goes out, and can withdraw it until then."),
    "post.count": N_("Posts came faster than one card each; one card counts them."),
    "docket.ask": N_("A moderator gets the posts that wait in one mail, once a working day."),
    "docket.answer": N_("A moderator learns what came of an answer by mail."),
    "docket.note": N_("A moderator’s words about the posts that wait go to the others."),
    "post.wait": N_("The author learns that the post waits for a moderator."),
    "moderators_channel.watch": N_("Cards for moderators cannot stand as they should in Slack."),
    "post.digest": N_("The author learns that the post goes into the digest."),
    "post.return": N_("The author gets the post back with the reason."),
    "digest.publish": N_("Posts have been collected for this person."),
    "digest.return": N_("The author’s answer to a digest did not say which post it answers."),
    "meetup.propose": N_("A meetup was proposed in this person’s field or one close to it."),
    "meetup.invite": N_("This person comes, and gets it into the calendar."),
    "meetup.uninvite": N_("This person does not come after all; it leaves the calendar."),
    "meetup.join": N_("The host learns who comes."),
    "meetup.leave": N_("The host learns who does not come after all."),
    "meetup.cancel": N_("It was cancelled, and this person would have come."),
    "gathering.publish": N_("A gathering was published for this person’s audience."),
    "gathering.invite": N_("This person is registered, and gets it into the calendar."),
    "gathering.uninvite": N_("This person released the place; it leaves the calendar."),
    "gathering.remind": N_("Registered people are reminded before the gathering."),
    "gathering.cancel": N_("It was cancelled, and this person was registered."),
    "announcement.send": N_("A coordinator scheduled this announcement for its audience."),
    "announcement.late": N_("It was not sent in time; its author has to decide."),
    "mentorship.nudge": N_("The pair has no time for its expectation meeting yet."),
    "mentorship.offer": N_("One of the pair offered times; the other chooses."),
    "mentorship.watch": N_("A pair needs a coordinator."),
    "meeting.invite": N_("The pair has a time, and gets it into the calendar."),
    "meeting.decline": N_("One of the pair cannot come; the other finds a new time."),
    "meeting.remind": N_("The pair is reminded of its meeting."),
    "join_request.confirm": N_("Somebody asked to put this address on a list."),
    "join_request.wait": N_("Somebody wants to join; a moderator decides."),
    "join_reply.answer": N_("A moderator learns what came of an answer about who wants to join."),
    "join_reply.note": N_("A moderator’s words about who wants to join go to the others."),
    "join_request.decline": N_("A moderator has said no to this person’s wish to join."),
    "chat.refuse": N_("Administrators learn that Slack refuses the token of the service."),
    "person.alert": N_("A moderator accepted more posts in a minute than one person reads."),
    "person.end_stay": N_("This person’s stay ends within two weeks."),
    "person.keep_role": N_("Somebody stays beyond their last day, as nobody else has their role."),
    "address_request.confirm": N_("Somebody says that this address is theirs too."),
    "inquiry.receive": N_("Somebody has written to those who look after a list, or the house."),
    "mailing_list.welcome": N_("This person is new on a list."),
    "mailing_list.answer": N_("This person has asked something of a list by mail."),
    "mailing_list.complain": N_("This person called a post spam, and is off the list."),
    "post.turn_back": N_("The author gets the post back at once, with the rule and what to do."),
    "post.answer": N_("The author asked the list for something that we answer."),
    "post.forward": N_("A mail to the list concerns this person alone."),
    "post.pass_on": N_("The author learns who has the mail, as it did not go to the list."),
    "post.report": N_("Somebody outside learns that their post waits, and what became of it."),
    "post.refuse": N_("Coordinators learn that a post was refused by many."),
    "address.probe": N_("Mail to this address came back; this one asks whether it works."),
    "address.suppress": N_("Mail does not reach this address; its owner can put it back in use."),
    # Deliveries: a post to one subscriber.
    DELIVER: N_("The post was released to everybody on the list."),
    "join_request.expire": N_("What was asked was not confirmed or decided by then."),
    # Steps: what we do ourselves at a moment. Some share the name of a notice.
    "join_request.answer": N_("The address that asked to join is written to."),
    "post.release": N_("The post goes out to the list, unless it is withdrawn or stopped."),
    "post.expire": N_("If no moderator decides by then, the list’s rule does."),
    "bulk.carry_out": N_("A moderator decided about many posts at once; twenty at a time."),
    "mailing_list.ask": N_("Moderators without Slack learn that a post waits."),
    "mailing_list.look": N_("What Slack has not shown to a moderator by then goes by mail."),
    "post.weigh": N_("What came back of this post is looked at together."),
    "address.weigh": N_("What came back from this address is looked at together."),
    "address.clear": N_("If the probe has not come back by then, the address is in use again."),
    "meetup.end": N_("The meetup is over then."),
    "gathering.end": N_("The gathering is over then."),
    # Schedules: what comes again and again.
    "digest": N_("Every day, what has been collected is sent to those who read daily digests."),
    "monthly_letter": N_("On the first working day of the month, lists get their letter."),
    "weekly_digest": N_("On the first working day of the week, weekly digests are sent."),
    "dockets": N_("Every working morning, moderators get the posts that wait in one mail."),
    "tidying": N_("Every night, sign-ins that are over and old receipts are forgotten."),
    "check": N_("Every hour, it is made sure that no mail is lost or double."),
    "keeping": N_("Every hour, posts leave the archive that are older than their list keeps."),
    "indexing": N_("Every hour, posts from before there was a search become findable."),
    "stays": N_("Every night, people whose stay is over leave the community."),
}


def why(what: str) -> str:
    """Return the sentence for a kind, an action or a schedule; a door translates it."""
    return WHY.get(what, UNKNOWN)
