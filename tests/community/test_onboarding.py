"""What somebody new in Slack is asked, and when it is answered."""

from datetime import datetime

import pytest

from community import deliveries, linking, onboarding, people
from community.errors import Refusal
from community.onboarding import Onboarding
from community.store import Store
from community.subscriptions import Mode
from tests.builders import a_list, a_person
from tests.community.plans import plans


def asked(store: Store, person: int, now: datetime) -> Onboarding:
    return store.read_sync(onboarding.about, person, now=now)


def test_each_question_is_answered_once_wherever(store: Store, now: datetime) -> None:
    ada, bo = a_person(store, slack_id="U1"), a_person(store, "Bo Li", slack_id="U2")
    first, second = (
        a_list(store, ada, bo, address=f"{name}@lists.example.org") for name in ("a", "b")
    )
    new = asked(store, ada, now)
    assert (new.has_language, new.fields, new.has_mode, new.is_done) == (False, (), False, False)
    assert (new.mode, len(new.list_addresses)) == (Mode.EACH, 2)

    # It counts as answered also where nothing changes by it.
    store.run_sync(people.set_language, "en", by=ada, now=now)
    store.run_sync(people.set_fields, ("1.3",), by=ada, now=now)
    assert not asked(store, ada, now).is_done
    store.run_sync(onboarding.set_mode, Mode.EACH, by=ada, now=now)
    assert asked(store, ada, now).is_done

    store.run_sync(deliveries.set_mode, first, Mode.DAILY, by=bo, now=now)
    by_mail = asked(store, bo, now)
    assert (by_mail.has_mode, by_mail.mode, by_mail.has_language) == (True, None, False)
    store.run_sync(onboarding.set_mode, Mode.WEEKLY, by=bo, now=now)
    assert asked(store, bo, now).mode is Mode.WEEKLY
    assert second in store.read_sync(deliveries.of_person, bo, now=now)


def test_who_is_on_no_list_has_no_mail_to_choose(store: Store, now: datetime) -> None:
    ada = a_person(store)
    with pytest.raises(Refusal, match="You are on no list yet"):
        store.run_sync(onboarding.set_mode, Mode.DAILY, by=ada, now=now)


def test_who_comes_back_to_slack_is_known_by_address(store: Store, now: datetime) -> None:
    ada = a_person(store, slack_id="U1")
    other = a_person(store, "Bo Li", slack_id="U2")
    email = "ada.holm@example.org"

    def could(slack_id: str, address: str) -> bool:
        return store.read_sync(linking.could_meet, slack_id, address)

    assert not could("U1", email)  # linked
    store.run_sync(linking.unlink, "U1", now=now)
    assert could("U1", email)
    assert not could("U1", "")
    assert not could("U2", email)  # somebody else already
    assert not could("U3", "bo.li@example.org")  # taken: that is for a mailed link
    store.run_sync(linking.meet, "U1", email, now=now)
    found = [store.read_sync(people.by_slack, name) for name in ("U1", "U2")]
    assert [person.id for person in found if person is not None] == [ada, other]


def test_what_somebody_new_has_said_is_found_in_the_journal_by_index(
    store: Store, now: datetime
) -> None:
    ada = a_person(store)

    for found in (
        plans(store, onboarding.about, ada, now=now),
        plans(store, onboarding.has_wanted, ada, Mode.EACH, list_id=1),
    ):
        assert "ix_journal_noun_object_id" in found
        assert "ix_journal_person_id_lists" in found
        assert "SCAN journal" not in found
