"""A role ends, and what went with it; the last who looks after others keeps it."""

from datetime import datetime

import pytest
from sqlalchemy import select

from community import people, roles
from community.errors import Refusal
from community.journal import Entry
from community.people import Role
from community.store import Store
from tests.builders import a_moderator, a_person


def test_a_role_is_taken_away_and_written_down(store: Store, now: datetime) -> None:
    ada = a_person(store, roles=(Role.MEMBER, Role.MODERATOR))
    mona = a_moderator(store)

    store.run_sync(roles.take_away, ada, Role.MODERATOR, by=mona, now=now)

    assert store.read_sync(people.roles, ada) == {Role.MEMBER}
    written = select(Entry.object_id, Entry.person_id, Entry.old).where(
        Entry.event == "person.take_role"
    )
    assert store.read_sync(lambda session: session.execute(written).all()) == [
        (ada, mona, "moderator")
    ]
    with pytest.raises(Refusal, match="Only a moderator"):
        store.read_sync(people.require, ada, Role.MODERATOR)
    with pytest.raises(Refusal, match="do not have this role"):
        store.run_sync(roles.take_away, ada, Role.MODERATOR, by=mona, now=now)
    with pytest.raises(Refusal, match="They have no other role"):
        store.run_sync(roles.take_away, ada, Role.MEMBER, by=mona, now=now)


@pytest.mark.parametrize("role", list(roles.LAST))
def test_the_last_who_looks_after_others_keeps_the_role(
    store: Store, now: datetime, role: Role
) -> None:
    ada = a_person(store, roles=(Role.MEMBER, role))

    with pytest.raises(Refusal) as refused:
        store.run_sync(roles.take_away, ada, role, by=None, now=now)

    assert str(refused.value) == roles.LAST[role]
    assert store.read_sync(people.roles, ada) == {Role.MEMBER, role}
