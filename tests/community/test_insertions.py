from datetime import datetime

from sqlalchemy import literal, select

from community import insertions
from community.due import Work
from community.people import Person
from community.steps import Step
from community.store import Store
from tests.builders import a_person, planned


def _values(now: datetime, key: str, object_id: int = 1) -> dict[str, object]:
    return {
        "key": key,
        "action": "meetup.end",
        "object_id": object_id,
        "detail": "",
        "due_at": now,
        "next_at": now,
        "state": Work.DUE,
        "claims": 0,
        "attempts": 0,
    }


def test_once_adds_only_keys_that_are_new(store: Store, now: datetime) -> None:
    first = [_values(now, "a", 1), _values(now, "b", 2)]
    second = [_values(now, "b", 3), _values(now, "c", 4)]

    counts = [store.run_sync(insertions.once, Step, rows) for rows in (first, second, second, [])]

    assert counts == [2, 1, 0, 0]
    assert sorted((step.key, step.object_id) for step in planned(store)) == [
        ("a", 1),
        ("b", 2),
        ("c", 4),
    ]


def test_once_takes_a_select_without_a_condition(store: Store, now: datetime) -> None:
    a_person(store, "Ada Holm")
    a_person(store, "Bo Li")
    columns = [
        literal(v).label(k) for k, v in _values(now, "").items() if k not in ("key", "state")
    ]
    rows = select(Person.name.label("key"), literal("due").label("state"), *columns)

    counts = [store.run_sync(insertions.once, Step, rows) for _ in range(2)]

    assert counts == [2, 0]
    assert sorted(step.key for step in planned(store)) == ["Ada Holm", "Bo Li"]
