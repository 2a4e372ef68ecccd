"""Words of pages that come from tables: states, audiences, and what a finished form says."""

from community.audiences import Audience
from texts import N_

AUDIENCES = {
    Audience.ALL: N_("Everybody in the community"),
    Audience.POSTDOCS: N_("All postdocs"),
    Audience.MENTORS: N_("All mentors"),
}
ANNOUNCEMENT_STATES = {
    "drafted": N_("Draft"),
    "scheduled": N_("Scheduled"),
    "sent": N_("Sent"),
    "cancelled": N_("Cancelled"),
}
#: What a page says after a form that is no action of the table in `letters.actions`.
DONE = {
    "meetup.propose": N_("Proposed. People in your field hear of it now."),
    "gathering.publish": N_("Published. Its audience hears of it now."),
    "announcement.draft": N_("Kept as a draft. Look at it, then say when it goes out."),
    "announcement.schedule": N_("Scheduled. You can cancel it until it goes out."),
    "mentorship.pair": N_("Paired. Both hear of it in the next working hours."),
    "person.speak": N_("Saved. We write to you in this language from now on."),
    "person.choose_way": N_("Saved."),
    "outbox.retry": N_("It is tried again now."),
    "outbox.drop": N_("Dropped. It is not tried any more."),
    "mailing_list.deliver": N_("Saved. It holds from the next post on."),
}
