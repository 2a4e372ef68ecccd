"""What one can do with one press about oneself: who one is, one's addresses, fields and hours.

A part of the table in `actions.py`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from community import address_requests, join_requests, linking, quiet_hours, stays, suppressions
from community.store import Session
from letters import quiet_hours as quiet_words
from letters.action import Action, Input
from letters.introductions import INTRODUCE
from letters.onboarding_actions import FIELDS, ONBOARDING, set_fields
from texts import N_


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

PERSON_ACTIONS: Final[Mapping[str, Action]] = {
    "person.link": Action(
        act=linking.link,
        label=N_("This is me"),
        ask=N_("Link the Slack user who asked for this to you?"),
        done=N_("Linked. What you do in Slack and by mail is one and the same now."),
        style="primary",
        is_proof=True,
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
        is_proof=True,
    ),
    "address_request.disown": Action(
        act=address_requests.disown,
        label=N_("This was not me: stop these mails"),
        ask=N_("Send nothing to this address for 30 days that others ask for in its name?"),
        done=N_("Stopped for 30 days. The address is nobody’s."),
        is_proof=True,
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
    "address.restore": Action(
        act=suppressions.restore,
        label=N_("The address works again"),
        ask=N_("Send mail to this address again?"),
        done=N_("Mail goes to this address again."),
        style="primary",
    ),
}
