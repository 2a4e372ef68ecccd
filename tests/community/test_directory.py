"""Who can be chosen from, and what one person has chosen."""

from datetime import datetime

from community import directory, ways
from community.directory import Named
from community.people import Category, Role
from community.store import Store
from community.ways import Way
from tests import builders


def test_people_with_a_role_are_named_in_order(store: Store) -> None:
    mia = builders.a_person(store, "Mia Dahl", roles=(Role.MENTOR,))
    builders.a_person(store, "Bo Lie")
    arne = builders.a_person(store, "Arne Moe", roles=(Role.MENTOR, Role.MEMBER))

    assert store.read_sync(directory.named, Role.MENTOR) == (
        Named(arne, "Arne Moe"),
        Named(mia, "Mia Dahl"),
    )


def test_choices_are_those_of_one_person(store: Store, now: datetime) -> None:
    ada, bo = builders.a_person(store), builders.a_person(store, "Bo Lie")
    builders.a_list(store, ada)
    builders.a_list(store, bo, address="writing@lists.example.org")
    store.run_sync(ways.mute, Category.GATHERING, by=ada, now=now)

    choices = store.read_sync(directory.choices, ada, now=now)

    assert [category for category, way in choices.categories if way is Way.NONE] == [
        Category.GATHERING
    ]
    assert [(each.mailing_list.name, each.am_on) for each in choices.lists] == [
        ("postdocs", True),
        ("writing", False),
    ]
