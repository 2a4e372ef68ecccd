"""Every state machine of the community: states, events, tables, time-outs; and `advance`.

A state is a participle, an event an imperative. `(state, event) -> state`; what is not in a table
cannot happen. `advance` is the only writer of `.state`, and writes the journal. `docs/lives.md` is
made from these tables by `as_markdown`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from community import batches, journal
from community.errors import Refusal

#: The state of what does not exist yet.
NEW = ""


@dataclass(frozen=True)
class Life:
    """The states that one kind of thing goes through."""

    noun: str
    moves: Mapping[tuple[str, str], str]
    #: What time does by itself: (state, when, event).
    time_outs: tuple[tuple[str, str, str], ...] = ()

    @property
    def states(self) -> tuple[str, ...]:
        """List the states in the order in which the table names them."""
        return tuple(dict.fromkeys(self.moves.values()))


LIVES: dict[str, Life] = {
    life.noun: life
    for life in (
        Life(
            "person",
            {
                (NEW, "add"): "active",
                (NEW, "ask"): "asked",
                ("asked", "add"): "active",
                ("active", "leave"): "left",
                ("left", "add"): "active",
            },
            (("active", "the night after `ends_on`", "leave"),),
        ),
        Life(
            "join_request",
            {
                (NEW, "ask"): "asked",
                ("asked", "confirm"): "waiting",
                ("asked", "join"): "joined",
                ("asked", "drop"): "dropped",
                ("asked", "expire"): "expired",
                ("waiting", "accept"): "joined",
                ("waiting", "decline"): "declined",
                ("waiting", "expire"): "expired",
                ("joined", "reopen"): "waiting",
                ("declined", "reopen"): "waiting",
            },
            (
                ("asked", "three days after it was asked", "expire"),
                ("waiting", "fourteen days after it was confirmed", "expire"),
            ),
        ),
        Life(
            "address",
            {
                (NEW, "add"): "deliverable",
                ("deliverable", "probe"): "probed",
                ("probed", "clear"): "deliverable",
                ("probed", "restore"): "deliverable",
                ("probed", "suppress"): "suppressed",
                ("suppressed", "restore"): "deliverable",
            },
            (("probed", "ten days after the probe, if it has not come back", "clear"),),
        ),
        Life(
            "post",
            {
                (NEW, "accept"): "releasing",
                (NEW, "hold"): "held",
                (NEW, "digest"): "queued",
                (NEW, "discard"): "discarded",
                (NEW, "quarantine"): "quarantined",
                (NEW, "return"): "returned",
                (NEW, "import"): "released",
                (NEW, "forward"): "forwarded",
                ("held", "accept"): "releasing",
                ("held", "digest"): "queued",
                ("held", "return"): "returned",
                ("held", "discard"): "discarded",
                ("quarantined", "accept"): "releasing",
                ("quarantined", "discard"): "discarded",
                ("releasing", "release"): "released",
                ("releasing", "withdraw"): "withdrawn",
                ("releasing", "stop"): "held",
                ("queued", "publish"): "digested",
                ("released", "remove"): "removed",
                ("digested", "remove"): "removed",
                ("queued", "remove"): "removed",
                ("queued", "narrow"): "releasing",
                ("queued", "ask"): "held",
                ("queued", "reopen"): "held",
                ("discarded", "reopen"): "held",
            },
            (
                ("releasing", "`grace_seconds` after it was accepted", "release"),
                ("held", "`hold_hours` of working time after it came", "the list's `hold_outcome`"),
                ("queued", "the next daily digest, 16:00", "publish"),
                ("released", "`keep_days` after it came, if the list has a limit", "remove"),
                ("digested", "`keep_days` after it came, if the list has a limit", "remove"),
            ),
        ),
        Life(
            "meetup",
            {
                (NEW, "propose"): "open",
                ("open", "cancel"): "cancelled",
                ("open", "end"): "over",
            },
            (("open", "its end", "end"),),
        ),
        Life(
            "rsvp",
            {
                (NEW, "join"): "going",
                ("going", "leave"): "withdrawn",
                ("withdrawn", "join"): "going",
            },
        ),
        Life(
            "mentorship",
            {
                (NEW, "pair"): "active",
                ("active", "hand_back"): "ended",
            },
        ),
        Life(
            "slot",
            {
                (NEW, "offer"): "offered",
                ("offered", "pick"): "picked",
                ("offered", "withdraw"): "withdrawn",
                ("withdrawn", "offer"): "offered",
            },
        ),
        Life(
            "meeting",
            {
                (NEW, "book"): "booked",
                ("booked", "move"): "booked",
                ("booked", "confirm"): "met",
            },
        ),
        Life(
            "gathering",
            {
                (NEW, "publish"): "open",
                ("open", "cancel"): "cancelled",
                ("open", "end"): "over",
            },
            (("open", "its end", "end"),),
        ),
        Life(
            "registration",
            {
                (NEW, "register"): "registered",
                ("registered", "release"): "released",
                ("released", "register"): "registered",
            },
        ),
        Life(
            "announcement",
            {
                (NEW, "draft"): "drafted",
                ("drafted", "schedule"): "scheduled",
                ("scheduled", "cancel"): "cancelled",
                ("drafted", "cancel"): "cancelled",
                ("scheduled", "send"): "sent",
            },
            (("scheduled", "`send_at`", "send"),),
        ),
    )
}


class Living(Protocol):
    """A stored thing with a life: its table is named by the noun."""

    __tablename__: str
    id: int
    state: str


class NotNow(Refusal):
    """The thing is in a state in which this cannot happen; somebody or time was there first."""

    def __init__(self) -> None:
        super().__init__("That is no longer possible: it has already been settled.")


def can(thing: Living, event: str) -> bool:
    """Say whether `event` may happen to `thing` in its present state."""
    return (thing.state or NEW, event) in LIVES[thing.__tablename__].moves


def begun(noun: str, event: str) -> str:
    """Return the state of a thing that begins with `event`, for rows that are put many at once."""
    return LIVES[noun].moves[NEW, event]


def note_begun(
    session: Session, noun: str, begun_with: Sequence[tuple[int, str]], *, now: datetime
) -> None:
    """Write in the journal with which event each of these things began; nobody did it."""
    entries = [(each, event, begun(noun, event)) for each, event in begun_with]
    journal.write_begun(session, noun, entries, now=now)


def advance(session: Session, thing: Living, event: str, *, by: int | None, now: datetime) -> None:
    """Move `thing` along by `event` and write the journal, or raise NotNow and change nothing.

    Of two processes that try at the same time one wins: the change is an UPDATE on the old state.
    """
    old = thing.state or NEW
    new = LIVES[thing.__tablename__].moves.get((old, event))
    if new is None:
        raise NotNow
    if old == NEW:
        thing.state = new
        session.add(thing)
        session.flush()
    else:
        _move(session, [thing], old, new)
    journal.write(
        session, thing.__tablename__, thing.id, event, by=by, now=now, old=old or None, new=new
    )


def advance_all(
    session: Session, things: Sequence[Living], event: str, *, by: int | None, now: datetime
) -> None:
    """Move several things of one kind along by `event`, as `advance` does each."""
    together: dict[str, list[Living]] = {}
    for thing in things:
        together.setdefault(thing.state, []).append(thing)
    for old, same in together.items():
        noun = same[0].__tablename__
        new = LIVES[noun].moves.get((old, event))
        if new is None or old == NEW:
            raise NotNow
        for start in range(0, len(same), batches.ROWS):
            _move(session, same[start : start + batches.ROWS], old, new)
        happened = [(thing.id, by) for thing in same]
        journal.write_all(session, noun, event, happened, now=now, old=old, new=new)


def _move(session: Session, things: Sequence[Living], old: str, new: str) -> None:
    session.flush()
    model: Any = type(things[0])
    moved = session.execute(
        update(model)
        .where(model.id.in_([thing.id for thing in things]), model.state == old)
        .values(state=new)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != len(things):  # type: ignore[attr-defined]  # an UPDATE has it
        raise NotNow
    for thing in things:
        set_committed_value(thing, "state", new)


def allowed(noun: str) -> str:
    """Return the CHECK condition that keeps a state column to the states of its life."""
    states = ", ".join(f"'{state}'" for state in LIVES[noun].states)
    return f"state IN ({states})"


def as_markdown() -> str:
    """Print all lives as the page docs/lives.md; a test keeps the page equal to this."""
    lines = ["# Lives", "", "Made from `community/lifecycle.py`; do not edit by hand."]
    for life in LIVES.values():
        lines += ["", f"## {life.noun}", "", "| state | event | becomes |", "|---|---|---|"]
        lines += [
            f"| {old or '(new)'} | {event} | {new} |" for (old, event), new in life.moves.items()
        ]
        if life.time_outs:
            lines += ["", "By itself:", ""]
            lines += [f"- {state}: {event}, at {when}" for state, when, event in life.time_outs]
    return "\n".join(lines) + "\n"
