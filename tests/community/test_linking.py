"""Slack users become persons: by exact address, or by the mail to the known address."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from community import linking
from community.errors import Refusal
from community.journal import Entry
from community.linking import LinkRequest
from community.people import Person
from community.store import Session, Store
from tests.builders import a_person, told

ADDRESS = "ada.holm@example.org"


def slack_ids(store: Store) -> dict[str, str | None]:
    def read(session: Session) -> dict[str, str | None]:
        return {person.name: person.slack_id for person in session.scalars(select(Person))}

    return store.read_sync(read)


def events(store: Store) -> list[tuple[str, int, int | None]]:
    def read(session: Session) -> list[tuple[str, int, int | None]]:
        wanted = Entry.event.in_(("person.link", "person.unlink"))
        found = session.scalars(select(Entry).where(wanted).order_by(Entry.id))
        return [(entry.event, entry.object_id, entry.person_id) for entry in found]

    return store.read_sync(read)


def requests(store: Store) -> list[int]:
    return store.read_sync(
        lambda session: list(session.scalars(select(LinkRequest.id).order_by(LinkRequest.id)))
    )


def asked(store: Store, slack_id: str, email: str, now: datetime) -> int:
    store.run_sync(linking.ask, slack_id, email, now=now)
    return requests(store)[-1]


def test_meet_links_the_person_with_exactly_that_address(store: Store, now: datetime) -> None:
    ada = a_person(store)

    met = store.run_sync(linking.meet, "U1", " Ada.Holm@Example.org", now=now)

    assert met is not None
    assert met.id == ada
    assert slack_ids(store) == {"Ada Holm": "U1"}
    assert events(store) == [("person.link", ada, ada)]


def test_meet_knows_somebody_again_whatever_the_address(store: Store, now: datetime) -> None:
    ada = a_person(store, slack_id="U1")

    met = store.run_sync(linking.meet, "U1", "other@example.org", now=now)

    assert met is not None
    assert met.id == ada
    assert events(store) == []


@pytest.mark.parametrize("email", ["", "nobody@example.org"])
def test_meet_links_nobody_when_the_address_is_unknown(
    store: Store, now: datetime, email: str
) -> None:
    a_person(store)

    assert store.run_sync(linking.meet, "U1", email, now=now) is None
    assert slack_ids(store) == {"Ada Holm": None}


def test_meet_links_nobody_when_the_person_has_another_slack_user(
    store: Store, now: datetime
) -> None:
    a_person(store, slack_id="U1")

    assert store.run_sync(linking.meet, "U2", ADDRESS, now=now) is None
    assert slack_ids(store) == {"Ada Holm": "U1"}


def test_who_reads_the_person_behind_a_slack_user(store: Store) -> None:
    ada = a_person(store, slack_id="U1", language="nb")

    reader = store.read_sync(linking.who, "U1")

    assert reader is not None
    assert (reader.person_id, reader.language) == (ada, "nb")
    assert store.read_sync(linking.who, "U2") is None


def test_ask_mails_the_known_address(store: Store, now: datetime) -> None:
    ada = a_person(store)

    store.run_sync(linking.ask, "U1", ADDRESS, now=now)

    assert told(store, "person.link") == [(ada, "mail")]
    assert slack_ids(store) == {"Ada Holm": None}


def test_ask_does_nothing_for_an_unknown_address(store: Store, now: datetime) -> None:
    a_person(store)

    store.run_sync(linking.ask, "U1", "nobody@example.org", now=now)

    assert requests(store) == []


def test_ask_does_nothing_for_who_is_linked_already(store: Store, now: datetime) -> None:
    a_person(store, slack_id="U1")

    store.run_sync(linking.ask, "U1", ADDRESS, now=now)

    assert requests(store) == []


def test_ask_mails_three_times_a_day_and_no_more(store: Store, now: datetime) -> None:
    a_person(store)

    for minutes in range(5):
        at = now + timedelta(minutes=minutes)
        store.run_sync(linking.ask, f"U{minutes}", ADDRESS, now=at)
    store.run_sync(linking.ask, "U1", ADDRESS, now=now + timedelta(days=1, hours=1))

    assert len(requests(store)) == 4


def test_ask_mails_three_people_a_day_for_one_slack_user(store: Store, now: datetime) -> None:
    for number in range(5):
        a_person(store, f"Person {number}", email=f"p{number}@example.org")

    for number in range(5):
        store.run_sync(linking.ask, "U1", f"p{number}@example.org", now=now)

    assert len(requests(store)) == 3


def test_link_moves_the_slack_user_and_says_hello_once(store: Store, now: datetime) -> None:
    ada = a_person(store, slack_id="U1")
    bo = a_person(store, "Bo Li", slack_id="U2")
    request = asked(store, "U2", ADDRESS, now)

    store.run_sync(linking.link, request, by=ada, now=now)
    store.run_sync(linking.link, request, by=ada, now=now)

    assert slack_ids(store) == {"Ada Holm": "U2", "Bo Li": None}
    assert events(store) == [("person.unlink", bo, ada), ("person.link", ada, ada)]
    assert told(store, "person.welcome") == [(ada, "slack")]


def test_link_is_for_the_person_who_got_the_mail(store: Store, now: datetime) -> None:
    a_person(store)
    bo = a_person(store, "Bo Li")
    request = asked(store, "U1", ADDRESS, now)

    for wrong, words in ((request, "for somebody else"), (request + 1, "too old")):
        with pytest.raises(Refusal, match=words):
            store.run_sync(linking.link, wrong, by=bo, now=now)


def test_a_request_is_forgotten_after_thirty_days_and_its_link_is_too_old_then(
    store: Store, now: datetime
) -> None:
    ada = a_person(store)
    old = asked(store, "U1", ADDRESS, now - linking.KEPT_FOR)
    new = asked(store, "U1", ADDRESS, now - linking.KEPT_FOR + timedelta(seconds=1))

    store.run_sync(linking.forget_old, now=now)

    assert requests(store) == [new]
    with pytest.raises(Refusal, match="too old"):
        store.run_sync(linking.link, old, by=ada, now=now)
    with pytest.raises(Refusal, match="too old"):
        store.read_sync(linking.card, old)


def test_link_is_good_for_seven_days(store: Store, now: datetime) -> None:
    ada = a_person(store)
    request = asked(store, "U1", ADDRESS, now)

    with pytest.raises(Refusal, match="too old"):
        store.run_sync(linking.link, request, by=ada, now=now + timedelta(days=7, seconds=1))
    store.run_sync(linking.link, request, by=ada, now=now + timedelta(days=7))

    assert slack_ids(store) == {"Ada Holm": "U1"}


def test_card_says_until_when_and_whether_another_account_goes(store: Store, now: datetime) -> None:
    ada = a_person(store, slack_id="U1")
    request = asked(store, "U2", ADDRESS, now)

    before = store.read_sync(linking.card, request)
    store.run_sync(linking.link, request, by=ada, now=now)
    after = store.read_sync(linking.card, request)

    assert before == linking.LinkCard(
        request_id=request,
        good_until=datetime(2027, 2, 8, 9, 0, tzinfo=UTC),
        is_linked=False,
        takes_over=True,
    )
    assert (after.is_linked, after.takes_over) == (True, False)
    with pytest.raises(Refusal):
        store.read_sync(linking.card, request + 1)


def test_arrive_greets_whoever_is_known(store: Store, now: datetime) -> None:
    ada = a_person(store)

    store.run_sync(linking.arrive, "U1", ADDRESS, now=now)
    store.run_sync(linking.arrive, "U1", ADDRESS, now=now)
    store.run_sync(linking.arrive, "U2", "nobody@example.org", now=now)

    assert told(store, "person.welcome") == [(ada, "slack")]


def test_welcome_says_nothing_to_who_has_no_slack_user(store: Store, now: datetime) -> None:
    ada = a_person(store)

    store.run_sync(linking.welcome, ada, now=now)

    assert told(store, "person.welcome") == []


def test_unlink_leaves_mail_to_who_is_gone_from_slack(store: Store, now: datetime) -> None:
    ada = a_person(store, slack_id="U1")

    store.run_sync(linking.unlink, "U1", now=now)
    again = store.run_sync(linking.unlink, "U1", now=now)

    assert again is None
    assert slack_ids(store) == {"Ada Holm": None}
    assert events(store) == [("person.unlink", ada, None)]
