"""Pickles as Mailman 2.1 wrote them, read without anything in them being called. Pure.

A pickle is a small program: it can name any function and have it called. Here it drives a machine
that knows plain containers alone. What else it names is checked against a table and becomes a
`Record`, which is nothing; what would call, build or change anything leaves the `Record` as it is.
"""

import pickletools  # says where each instruction of a pickle ends, and what stands in it
from collections.abc import Callable, Mapping
from typing import Any, Final

from community.errors import N_, Refusal

#: More instructions than a list of 200,000 members takes.
MOST_STEPS: Final = 5_000_000
_FORBIDDEN: Final = N_("This is no list of Mailman 2.1: it names {what}, which no such list does.")
#: What may be named beside what is Mailman's own; of no interest either.
_NAMED: Final = (
    ("copy_reg", "_reconstructor"),
    ("__builtin__", "object"),
    ("__builtin__", "set"),
    ("__builtin__", "frozenset"),
)
#: What a list is looked up by. Others are left out: to find the place of a tuple of tuples of
#: tuples can take for ever.
_KEYS: Final = (str, int, float)


class Broken(Exception):
    """It is no pickle, or one that Mailman 2.1 has not written."""


class Record:
    """What was an object of Mailman; it does nothing."""


def load(raw: bytes) -> object:
    """Return the plain containers that a pickle makes.

    Raises:
        Refusal: it names what no list of Mailman does.
        Broken: it is none.
    """
    machine = _Machine()
    try:
        for number, (step, argument, _) in enumerate(pickletools.genops(raw)):
            if number == MOST_STEPS:
                break
            if step.name == "STOP":
                return machine.stack.pop()
            _STEPS[step.name](machine, argument)
    except (ValueError, LookupError) as why:  # also a step that is not in the table
        raise Broken from why
    raise Broken


class _Machine:
    """What a pickle works on: a stack, where its marks are, and what it remembers by number."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, object] = {}

    def mark(self, _: object) -> None:
        self.marks.append(len(self.stack))

    def push(self, value: object) -> None:
        self.stack.append(value)

    def since_mark(self) -> list[Any]:
        at = self.marks.pop()
        taken = self.stack[at:]
        del self.stack[at:]
        return taken

    def take(self, count: int) -> list[Any]:
        if count > len(self.stack):
            raise Broken
        taken = self.stack[-count:]
        del self.stack[-count:]
        return taken

    def append(self, values: list[Any]) -> None:
        if isinstance(self.stack[-1], list):
            self.stack[-1].extend(values)

    def set_items(self, values: list[Any]) -> None:
        if isinstance(self.stack[-1], dict):
            self.stack[-1].update(_paired(values))

    def remember(self, number: int) -> None:
        self.memo[number] = self.stack[-1]

    def recall(self, number: int) -> None:
        self.push(self.memo[number])

    def name(self, written: str) -> None:
        module, _, name = written.partition(" ")
        if module.partition(".")[0] != "Mailman" and (module, name) not in _NAMED:
            raise Refusal(_FORBIDDEN, what=f"{module}.{name}"[:100])
        self.push(Record())

    def instance(self, written: str) -> None:
        self.since_mark()
        self.name(written)

    def stand_in(self, taken: list[Any]) -> None:
        """Put nothing where something would have been called with what was taken."""
        if not taken:
            raise Broken
        self.push(Record())


def _paired(values: list[Any]) -> dict[Any, Any]:
    pairs = zip(values[::2], values[1::2], strict=True)
    return {key: value for key, value in pairs if isinstance(key, _KEYS)}


_Step = Callable[[_Machine, Any], object]
#: The instructions of the protocols 0 to 2 that Python writes; Mailman 2.1 never knew another.
_STEPS: Final[Mapping[str, _Step]] = {
    "PROTO": lambda machine, _: None,
    "MARK": _Machine.mark,
    "POP": lambda machine, _: machine.take(1),
    "POP_MARK": lambda machine, _: machine.since_mark(),
    "NONE": lambda machine, _: machine.push(None),
    "NEWTRUE": lambda machine, _: machine.push(True),
    "NEWFALSE": lambda machine, _: machine.push(False),
    **dict.fromkeys(
        ("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
        _Machine.push,
    ),
    **dict.fromkeys(
        ("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE"), _Machine.push
    ),
    "EMPTY_LIST": lambda machine, _: machine.push([]),
    "EMPTY_DICT": lambda machine, _: machine.push({}),
    "EMPTY_TUPLE": lambda machine, _: machine.push(()),
    "LIST": lambda machine, _: machine.push(machine.since_mark()),
    "DICT": lambda machine, _: machine.push(_paired(machine.since_mark())),
    "TUPLE": lambda machine, _: machine.push(tuple(machine.since_mark())),
    "TUPLE1": lambda machine, _: machine.push(tuple(machine.take(1))),
    "TUPLE2": lambda machine, _: machine.push(tuple(machine.take(2))),
    "TUPLE3": lambda machine, _: machine.push(tuple(machine.take(3))),
    "APPEND": lambda machine, _: machine.append(machine.take(1)),
    "APPENDS": lambda machine, _: machine.append(machine.since_mark()),
    "SETITEM": lambda machine, _: machine.set_items(machine.take(2)),
    "SETITEMS": lambda machine, _: machine.set_items(machine.since_mark()),
    **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), _Machine.remember),
    **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), _Machine.recall),
    "GLOBAL": _Machine.name,
    "INST": _Machine.instance,
    "OBJ": lambda machine, _: machine.stand_in(machine.since_mark()),
    "REDUCE": lambda machine, _: machine.stand_in(machine.take(2)),
    "NEWOBJ": lambda machine, _: machine.stand_in(machine.take(2)),
    "BUILD": lambda machine, _: machine.take(1),
}
