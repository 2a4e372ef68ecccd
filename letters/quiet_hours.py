"""The words for quiet hours: what can be chosen, and what is chosen now."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from community import quiet_hours
from community.quiet_hours import QuietHours
from community.store import Session
from texts import N_, Language, say

#: The days on which messages may come, as people work.
DAYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "12345": N_("Monday to Friday"),
        "1234": N_("Monday to Thursday"),
        "2345": N_("Tuesday to Friday"),
        "1245": N_("Not on Wednesdays"),
        "234": N_("Tuesday to Thursday"),
        "123": N_("Monday to Wednesday"),
        "345": N_("Wednesday to Friday"),
    }
)
DAY_CHOICES: Final = tuple(DAYS.items())


def clock_hours(first: int, last: int) -> tuple[tuple[str, str], ...]:
    """Return the full hours from `first` to `last`, as a menu has them."""
    return tuple((str(hour), f"{hour:02}:00") for hour in range(first, last + 1))


def beforehand(session: Session, object_id: int, *, by: int) -> Mapping[str, str]:
    """Return the hours of whoever presses, or those of a usual working day."""
    hours = quiet_hours.of_person(session, by)
    if hours is None:
        return {"opens": "9", "closes": "16", "days": quiet_hours.WORKING_DAYS}
    return {"opens": str(hours.opens_hour), "closes": str(hours.closes_hour), "days": hours.days}


def sentence(language: Language, hours: QuietHours | None) -> str:
    """Say when messages that can wait may come."""
    if hours is None:
        return say(language, "Messages may come at any hour.")
    return say(
        language,
        "What can wait comes from {opens}:00 to {closes}:00. {days}.",
        opens=f"{hours.opens_hour:02}",
        closes=f"{hours.closes_hour:02}",
        days=say(language, DAYS.get(hours.days, DAYS["12345"])),
    )
