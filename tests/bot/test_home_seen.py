"""What a Home tab is made of is read with as many statements, however much there is."""

from datetime import datetime

from bot import home_seen
from community import mentoring
from community.people import Role
from community.store import Store
from tests.builders import a_coordinator, a_gathering, a_list, a_mail, a_meetup, a_person, a_post
from tests.community.plans import statements


def test_a_home_with_more_on_it_takes_no_more_statements(store: Store, now: datetime) -> None:
    kari = a_coordinator(store)
    ada = a_person(store, slack_id="U1", roles=tuple(Role))
    postdocs = a_list(store, ada)

    def asked_with(more: int) -> int:
        for number in range(more):
            other = a_person(store, f"Bo{more} Li{number}")
            a_meetup(store, other)
            a_gathering(store, kari)
            pair = {"postdoc_id": other, "mentor_id": ada}
            store.run_sync(mentoring.pair, **pair, by=kari, now=now)
            a_post(store, postdocs, a_mail(subject=f"{more} {number}"), now=now)
        return statements(store, home_seen.of_person, ada, now=now)

    few, many = asked_with(1), asked_with(5)

    assert many == few
