"""The worst there may be of anything that a view is made of, built from the types it asks for.

So a view that is new is measured from its first day. What a type cannot say (which states there
are, which rule) stands in GIVEN, by the name of the field.
"""

import dataclasses
import enum
import inspect
import itertools
import types
import typing
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Mapped

from bot.blocks.kit import Json
from community.meetings import Meeting
from community.moderators_channels import ModeratorsChannel
from community.people import Reader, Role
from community.policies import Policy
from community.store import Base
from letters.action import Action
from letters.actions import ACTIONS
from letters.letter import Button, House, Letter
from tests.builders import a_house
from texts import LANGUAGES

#: Mentions, marks, a disguised link, right-to-left, zero width, emoji: 200 signs.
LONG = ("<!channel> *b* <https://evil.example|uni> `x` \u202eאבג\u200b 🧪👩‍🔬 &amp; " * 8)[:200]
AT = datetime(2027, 2, 3, 11, 0, tzinfo=UTC)
MANY = 40
#: By the name of a field or an argument: what its type cannot say.
GIVEN: Mapping[str, object] = {
    "state": "held",
    "rule": "newcomer",
    "policy": Policy().values(),
    "policy_changes": {},
    "outcome": "digest",
    "proof": "none",
    "email": "a@example.org",
    "url": f"https://example.org/{'x' * 2000}",
    "slack_id": "U123",
    "excerpt": "🧪" * 600,
    "description": "🧪" * 3000,
    "fields": ("1.3", "2.5"),
    "host_fields": ("1.3",),
    "by_rule": {"newcomer": 10_000, "nonmember": 1},
    "canned": "topic",
    "name": LONG,
    "word": "held",
    "action": "post.accept",
    "style": "danger",
    "most": 11,
    "format": "html",
    "why": LONG,
}
#: What stands in one kind of thing alone.
GIVEN_IN: Mapping[tuple[str, str], object] = {
    ("AddressCard", "state"): "suppressed",
    ("AnnouncementCard", "state"): "drafted",
    ("MailingList", "address"): "x" * 200 + "@example.org",
}


class Unbuilt(Exception):
    """A type that nobody has said how to build: add it to this file."""


@dataclasses.dataclass(frozen=True)
class Worst:
    """Builds values: `many` of each that may be several."""

    many: int = MANY

    def arguments(self, view: Callable[..., object], **given: object) -> dict[str, object]:
        """Return arguments for every parameter of a function, those given as they are."""
        hints = typing.get_type_hints(view)
        found = {}
        for name, parameter in inspect.signature(view).parameters.items():
            if name in given:
                found[name] = given[name]
            elif parameter.kind is not inspect.Parameter.VAR_POSITIONAL:
                found[name] = self.of(hints[name], name)
        return found

    def of(self, kind: object, name: str = "") -> typing.Any:
        """Return the worst of a type."""
        if kind is int and name.endswith("id"):
            return 10**6 + next(NUMBERS)  # no two things have the same
        if kind in SIMPLE:
            return GIVEN[name] if name in GIVEN and _fits(GIVEN[name], kind) else SIMPLE[kind]
        origin, inside = typing.get_origin(kind), typing.get_args(kind)
        if kind == Json:
            return BUTTON if name in ("near", "button") else SECTION
        if origin in (typing.Union, types.UnionType):
            return self._perhaps(inside, name)
        if origin is typing.Literal:
            return inside[-1]
        if origin is not None:
            return self._several(origin, inside, name)
        return self._thing(kind, name)

    def _perhaps(self, inside: tuple[object, ...], name: str) -> object:
        return self.of(next(each for each in inside if each is not type(None)), name)

    def _several(self, origin: object, inside: tuple[object, ...], name: str) -> object:
        if name in GIVEN and not isinstance(GIVEN[name], str):
            return GIVEN[name]
        if origin is tuple and inside[-1] is not Ellipsis:
            return tuple(self.of(each) for each in inside)
        if origin in (dict, Mapping):
            key, value = inside
            keys = list(key) if isinstance(key, type) and issubclass(key, enum.Enum) else LANGUAGES
            return {each: self.of(value) for each in keys}
        if origin in (tuple, list, Sequence, Iterable, Collection, frozenset):
            if isinstance(inside[0], type) and issubclass(inside[0], enum.Enum):
                return list(inside[0])[: self.many]
            return (tuple if origin is tuple else list)(
                self.of(inside[0], name) for _ in range(self.many)
            )
        raise Unbuilt(origin)

    def _thing(self, kind: object, name: str) -> object:
        if kind in WHOLE:
            return WHOLE[kind]
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return list(kind)[-1]
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            hints = typing.get_type_hints(kind)
            fields = {each.name: hints[each.name] for each in dataclasses.fields(kind)}
            return kind(**self._fields(kind, fields))
        if isinstance(kind, type) and issubclass(kind, Base):
            mapped = {
                field: typing.get_args(hint)[0]
                for field, hint in typing.get_type_hints(kind).items()
                if typing.get_origin(hint) is Mapped
            }
            return kind(**self._fields(kind, mapped))
        if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
            hints = typing.get_type_hints(kind)
            return kind(**self._fields(kind, {field: hints[field] for field in kind._fields}))
        raise Unbuilt(f"{kind} (as {name})")

    def _fields(self, kind: type, fields: Mapping[str, object]) -> dict[str, object]:
        return {
            field: GIVEN_IN.get((kind.__name__, field)) or self.of(hint, field)
            for field, hint in fields.items()
        }


def _fits(value: object, kind: object) -> bool:
    return isinstance(kind, type) and isinstance(value, kind)


NUMBERS = itertools.count()
SIMPLE: dict[object, object] = {
    str: LONG,
    int: 10**6,
    bool: True,
    float: 0.5,
    bytes: b"x",
    datetime: AT,
    date: AT.date(),
    timedelta: timedelta(days=400),
    type(None): None,
    object: LONG,
}
SECTION: Json = {"type": "section", "text": {"type": "plain_text", "text": "x"}}
BUTTON: Json = {
    "type": "button",
    "text": {"type": "plain_text", "text": "x"},
    "action_id": "meetup.join",
}


def _letter() -> Letter:
    buttons = tuple(
        Button(label=LONG, action=name, object_id=10**17, style=action.style)
        for name, action in ACTIONS.items()
    )
    return Letter(
        language="nb",
        subject=LONG,
        paragraphs=(LONG * 20,) * MANY,
        facts=((LONG, LONG * 10),) * MANY,
        quote=LONG * 20,
        buttons=buttons,
        more=buttons[:5],
        why=LONG,
        stop=buttons[0],
    )


#: What is not built of its fields.
WHOLE: dict[object, object] = {
    House: a_house(),
    Reader: Reader(
        person_id=1,
        name=LONG,
        language="en",
        email="a@example.org",
        slack_id="U1",
        roles=frozenset(Role),
        fields=("1.3", "2.5"),
    ),
    Meeting: Meeting(id=1, state="booked", mentorship_id=1, starts_at=AT, place=LONG, sequence=0),
    ModeratorsChannel: ModeratorsChannel(
        id=1, channel="C1", trouble="public", reason="", looked_at=AT
    ),
    Action: ACTIONS["post.return"],
    Letter: _letter(),
}
