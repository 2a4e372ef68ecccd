"""What a newcomer of a list is asked: only what has no answer yet, wherever it was given."""

from datetime import datetime, timedelta

from community import deliveries, onboarding, people, subscriptions, welcomes
from community.store import Store
from community.subscriptions import Mode
from tests.builders import a_list, a_person


def test_only_what_has_no_answer_is_asked(store: Store, now: datetime) -> None:
    ada, bo = a_person(store, slack_id="U1"), a_person(store, "Bo Li")
    first, second = (
        a_list(store, ada, bo, address=f"{name}@lists.example.org") for name in ("a", "b")
    )

    def answered(person: int, list_id: int) -> tuple[bool, bool, bool]:
        view = store.read_sync(welcomes.about, list_id, person, now=now)
        return view.has_language, view.has_fields, view.has_mode

    assert answered(ada, first) == (False, False, False)
    store.run_sync(people.set_language, "en", by=ada, now=now)
    store.run_sync(people.set_fields, ("1.3",), by=ada, now=now)
    # An answer for all lists is one as long as the posts of this list do come like that.
    store.run_sync(onboarding.set_mode, Mode.DAILY, by=ada, now=now)
    third = a_list(store, ada, address="c@lists.example.org")
    assert [answered(ada, each) for each in (first, third)] == [
        (True, True, True),
        (True, True, False),
    ]
    # An answer for one list is not one for another, and somebody else's is nobody's.
    store.run_sync(deliveries.set_mode, first, Mode.WEEKLY, by=bo, now=now)
    assert [answered(bo, each) for each in (first, second)] == [
        (False, False, True),
        (False, False, False),
    ]
    later = now + timedelta(days=1)
    store.run_sync(subscriptions.leave, first, by=bo, now=later)
    assert store.read_sync(welcomes.about, first, bo, now=later).chosen is None
