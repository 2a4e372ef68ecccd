"""The words for a list that is closed or will be: one sentence, the same in every place."""

from collections.abc import Callable
from datetime import datetime

from texts import Language, moment, say


def closing(
    tongue: Language,
    closes_at: datetime | None,
    *,
    is_open: bool,
    local: Callable[[datetime], datetime],
) -> str:
    """Say since or from when a list takes no posts; nothing of one that stays open."""
    if closes_at is None:
        return ""
    when = moment(tongue, local(closes_at), year=True)
    if is_open:
        return say(
            tongue, "Closes {when}: from then on it takes no posts, and stays readable.", when=when
        )
    return say(
        tongue,
        "Closed since {when}: it takes no posts. Its members can read what was written.",
        when=when,
    )
