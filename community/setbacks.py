"""What a door says of a row that did not go: now, ever, or not for all whom it was for.

Raised by senders and their lanes; the scheduler makes outcomes of them (`scheduler/attempts.py`).
"""

from collections.abc import Mapping
from datetime import datetime


class Undelivered(Exception):
    """A sender could not deliver; raised by doors, settled by the scheduler.

    `permanent`: trying again cannot help. `retry_after`: seconds the far side asked for.
    `in_doubt`: the far side may have taken it, its answer was lost.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool,
        retry_after: int | None = None,
        in_doubt: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after
        self.in_doubt = in_doubt


class Partly(Exception):
    """Not the same came of all for whom a thing was: what came of some, and of the rest.

    They are named by a row's id where a door speaks to the scheduler, by their place in the
    envelope where a line speaks to a door.
    """

    def __init__(self, came: Mapping[int, str | Undelivered], rest: str | Undelivered) -> None:
        super().__init__("not the same for all")
        self.came, self.rest = came, rest

    def of(self, number: int) -> str | Undelivered:
        """Return what came of one of them."""
        return self.came.get(number, self.rest)


class Away(Undelivered):
    """The far side takes nothing at all now; nothing was said of the row, which has no part in it.

    What is claimed is given back to the outbox, and nothing is used up.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason, permanent=False)


class Postponed(Exception):
    """A row may not go before `until`, for a reason that is not its own; nothing was tried."""

    def __init__(self, reason: str, *, until: datetime) -> None:
        super().__init__(reason)
        self.reason, self.until = reason, until


class TooLate(Exception):
    """The row waited too long for its turn; whoever claims it next sends it."""


class Crowded(Exception):
    """A sender can take nothing more side by side; what it has goes on by its other lanes."""
