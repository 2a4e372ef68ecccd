"""The words for the ways by which automatic messages come, in menus and as they stand now."""

from community.people import Category
from community.ways import Way
from texts import N_

CATEGORIES = {
    Category.MEETUP: N_("Meetups in your field"),
    Category.MENTORSHIP: N_("Mentoring: next steps and reminders"),
    Category.GATHERING: N_("Gatherings: invitations and reminders"),
    Category.ANNOUNCEMENT: N_("Announcements"),
}
#: As they stand in a menu.
WAYS = {
    Way.SLACK: N_("In Slack"),
    Way.MAIL: N_("By e-mail"),
    Way.BOTH: N_("In Slack and by e-mail"),
    Way.NONE: N_("Not at all"),
}
#: What is said of those that are stopped: some belong to something that one is in.
STOPPED = {
    Category.MEETUP: N_("Stopped. You still hear of meetups that you host."),
    Category.MENTORSHIP: N_("Stopped. You still hear when the other one of your pair acts."),
    Category.GATHERING: N_("Stopped. You still hear of gatherings that you registered for."),
    Category.ANNOUNCEMENT: N_("Stopped."),
}
COMES = {
    Way.SLACK: N_("These come in Slack."),
    Way.MAIL: N_("These come by e-mail."),
    Way.BOTH: N_("These come in Slack and by e-mail."),
}
