"""Failures on order: the next call of a method is answered as a bad day would answer it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Fault:
    """How one call fails; `after_effect`: the call is carried out and only its answer is lost."""

    status: int = 429
    retry_after: int | None = None
    error: str | None = None
    after_effect: bool = False


class Faults:
    """Keep the ordered failures, in order, by method."""

    def __init__(self) -> None:
        self._ordered: dict[str, deque[Fault]] = {}

    def order(self, method: str, fault: Fault) -> None:
        """Make one more call of this method fail."""
        self._ordered.setdefault(method, deque()).append(fault)

    def take(self, method: str) -> Fault | None:
        """Return and forget the failure that is due for this call."""
        waiting = self._ordered.get(method)
        return waiting.popleft() if waiting else None
