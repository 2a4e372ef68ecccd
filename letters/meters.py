"""The words for what is left of a list's budget: one sentence, the same in every place."""

from community.meters import Meter
from texts import Language, say


def left(tongue: Language, meter: Meter) -> str:
    """Say how many new threads and mails still go out at once, and what happens with the rest."""
    numbers = {
        "threads": str(meter.threads_left),
        "threads_per_day": str(meter.threads_per_day),
        "mails": str(meter.mails_left),
        "mails_per_week": str(meter.mails_per_week),
    }
    if meter.is_full:
        return say(
            tongue,
            "{threads} of {threads_per_day:new thread|new threads} left today, "
            "{mails} of {mails_per_week:mail|mails} left this week: "
            "a new thread goes into the next digest.",
            **numbers,
        )
    return say(
        tongue,
        "{threads} of {threads_per_day:new thread|new threads} left today, "
        "{mails} of {mails_per_week:mail|mails} left this week.",
        **numbers,
    )
