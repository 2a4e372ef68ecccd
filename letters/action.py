"""The shape of everything that can be done with one press; the tables are in `actions.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from letters.letter import Style


@dataclass(frozen=True, kw_only=True)
class Input:
    """Something to fill in before an act; the name is the act's argument."""

    name: str
    #: A line, a text of several lines, a local day and time, a field of research, or one of
    #: `choices`.
    kind: Literal["line", "text", "moment", "field", "choice"]
    label: str
    optional: bool = False
    #: Value and words.
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing that one person can do with one object."""

    #: `act(session, object_id, *, by, now, **inputs)`; raises Refusal for an expected no.
    act: Callable[..., object]
    label: str
    #: The question on the page before it is done.
    ask: str
    #: What is said afterwards.
    done: str
    style: Style | None = None
    inputs: tuple[Input, ...] = ()
    #: `beforehand(session, object_id, *, by)`: what stands in the inputs before they are filled in.
    beforehand: Callable[..., Mapping[str, str]] | None = None
    #: Whoever does it shows that they read mail at an address: only the link mailed there will do.
    is_proof: bool = False
