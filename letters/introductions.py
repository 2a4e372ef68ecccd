"""The words of people as others see them, for chat and pages; and what one can choose to show."""

from collections.abc import Mapping
from datetime import datetime

from community import introductions
from community.fields import FIELDS
from community.introductions import PersonCard
from community.store import Session
from letters.action import Action, Input
from texts import N_, Language, say

LANGUAGES = {"en": N_("Writes in English"), "nb": N_("Writes in Norwegian")}
SHOWN = (("no", N_("Hidden")), ("yes", N_("Shown")))
INPUTS = (
    Input(
        name="listed",
        kind="choice",
        label=N_("Can others find you?"),
        choices=(("yes", N_("Yes, with name and fields")), ("no", N_("No, nobody finds me"))),
    ),
    Input(name="department", kind="choice", label=N_("Department"), choices=SHOWN),
    Input(name="language", kind="choice", label=N_("Language"), choices=SHOWN),
    Input(name="email", kind="choice", label=N_("E-mail address"), choices=SHOWN),
    Input(name="line", kind="line", label=N_("A line about you"), optional=True),
)


def introduce(  # noqa: PLR0913 - what an introduction is made of
    session: Session,
    object_id: int,
    *,
    listed: str,
    department: str,
    language: str,
    email: str,
    line: str = "",
    by: int,
    now: datetime,
) -> None:
    """Choose what others see of whoever presses."""
    introductions.introduce(
        session,
        is_listed=listed == "yes",
        shows_department=department == "yes",
        shows_language=language == "yes",
        shows_email=email == "yes",
        about=line,
        by=by,
        now=now,
    )


def beforehand(session: Session, object_id: int, *, by: int) -> Mapping[str, str]:
    """Return what whoever presses shows now."""
    mine = introductions.of_person(session, by)
    answers = {
        "listed": mine.is_listed,
        "department": mine.shows_department,
        "language": mine.shows_language,
        "email": mine.shows_email,
    }
    return {name: "yes" if yes else "no" for name, yes in answers.items()} | {"line": mine.about}


INTRODUCE = Action(
    act=introduce,
    label=N_("What others see of me"),
    ask=N_(
        "What may other members see of you? They find each other by name and field; nobody from "
        "outside sees anything."
    ),
    done=N_("Saved. This is what others see."),
    inputs=INPUTS,
    beforehand=beforehand,
)


def lines(language: Language, card: PersonCard) -> tuple[str, ...]:
    """Return what is shown of a person, one line each, without the name."""
    fields = ", ".join(FIELDS[code].name(language) for code in card.fields if code in FIELDS)
    mentor = say(language, "Mentor") if card.is_mentor else ""
    speaks = say(language, LANGUAGES[card.language]) if card.language in LANGUAGES else ""
    said = (fields, mentor, card.department, speaks, card.email, card.about)
    return tuple(line for line in said if line)


def title(language: Language, codes: tuple[str, ...]) -> str:
    """Name the fields that a page of people is about."""
    named = ", ".join(FIELDS[code].name(language) for code in codes)
    return say(language, "People: {fields}", fields=named) if named else say(language, "People")
