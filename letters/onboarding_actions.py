"""What somebody new answers with one press: language, fields, how much mail.

The same acts stand behind the settings of `letters.actions`; here they answer a question, and the
message they are pressed in is brought up to date.
"""

from collections.abc import Callable
from datetime import datetime

from community import onboarding, people
from community.store import Session
from community.subscriptions import Mode
from letters.action import Action, Input
from texts import N_


def speak(wanted: str) -> Callable[..., object]:
    """Return the act that has everything said to whoever presses in a language."""

    def act(session: Session, object_id: int, *, by: int, now: datetime) -> None:
        people.set_language(session, wanted, by=by, now=now)

    return act


def set_fields(
    session: Session, object_id: int, *, field: str, also: str = "", by: int, now: datetime
) -> None:
    """Write down what whoever presses does research in, the main field first."""
    codes = tuple(dict.fromkeys(filter(None, (field, also))))
    people.set_fields(session, codes, by=by, now=now)


def come(mode: Mode) -> Callable[..., object]:
    """Return the act that has the posts of all lists come in one way to whoever presses."""

    def act(session: Session, object_id: int, *, by: int, now: datetime) -> None:
        onboarding.set_mode(session, mode, by=by, now=now)

    return act


FIELDS = (
    Input(name="field", kind="field", label=N_("Main field")),
    Input(name="also", kind="field", label=N_("Another one"), optional=True),
)

ONBOARDING: dict[str, Action] = {
    "onboarding.english": Action(
        act=speak("en"),
        label=N_("English"),
        ask=N_("Shall we write to you in English?"),
        done=N_("From now on we write to you in English."),
    ),
    "onboarding.norwegian": Action(
        act=speak("nb"),
        label=N_("Norwegian"),
        ask=N_("Shall we write to you in Norwegian?"),
        done=N_("From now on we write to you in Norwegian."),
    ),
    "onboarding.set_fields": Action(
        act=set_fields,
        label=N_("Say my fields"),
        ask=N_(
            "What do you do research in? People in your field and close to it hear of each other."
        ),
        done=N_("Thank you. You hear of meetups in your field."),
        inputs=FIELDS,
    ),
    "onboarding.each": Action(
        act=come(Mode.EACH),
        label=N_("Each post as a mail"),
        ask=N_("Get each post of your lists as a mail of its own?"),
        done=N_("Each post comes as a mail of its own from now on."),
    ),
    "onboarding.digest": Action(
        act=come(Mode.DAILY),
        label=N_("One digest a day"),
        ask=N_("Get the posts of your lists in one mail a day?"),
        done=N_("The posts come in one mail a day, at 16:00."),
    ),
    "onboarding.weekly": Action(
        act=come(Mode.WEEKLY),
        label=N_("One digest a week"),
        ask=N_("Get the posts of your lists in one mail a week?"),
        done=N_("The posts come in one mail a week, on the first working day at 08:00."),
    ),
}
