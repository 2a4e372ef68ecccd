from datetime import datetime, timedelta

from sqlalchemy import select

from community import outbox, parcels
from community.parcels import Parcel
from community.people import Person
from community.store import Store
from tests.builders import a_list, a_mail, a_person, a_post

LEASE = timedelta(minutes=5)


def _shared(store: Store, now: datetime, *emails: str, together: int) -> list[Parcel]:
    """Claim a post that goes to these addresses, so many to a mail."""
    people_ids = [a_person(store, f"P {n}", email=email) for n, email in enumerate(emails)]
    post_id = a_post(store, a_list(store, *people_ids), a_mail(emails[0]))
    everybody = select(Person.id)
    store.run_sync(outbox.put_deliveries, post_id, everybody, together=together, now=now)
    return store.run_sync(outbox.claim_deliveries, now=now, limit=100, lease=LEASE, by="one")


def _emails(parcel: Parcel) -> list[str]:
    return [each.email for each in (parcel, *parcel.companions)]


def test_those_who_share_a_mail_are_claimed_together(store: Store, now: datetime) -> None:
    emails = [f"p{number}@example.org" for number in range(5)]

    claimed = _shared(store, now, *emails, together=2)

    assert [_emails(parcel) for parcel in claimed] == [emails[:2], emails[2:4], emails[4:]]
    assert {each.claims for parcel in claimed for each in (parcel, *parcel.companions)} == {1}


def test_who_gets_a_mail_of_their_own_is_claimed_alone(store: Store, now: datetime) -> None:
    claimed = _shared(store, now, "p0@example.org", "p1@example.org", together=1)

    assert [_emails(parcel) for parcel in claimed] == [["p0@example.org"], ["p1@example.org"]]


def test_who_has_an_odd_address_shares_no_mail(store: Store, now: datetime) -> None:
    emails = ("a@example.org", "bjørn@example.org", "b@example.org", '"c d"@example.org')

    claimed = _shared(store, now, *emails, together=50)

    assert sorted(map(_emails, claimed)) == [
        ['"c d"@example.org'],
        ["a@example.org", "b@example.org"],
        ["bjørn@example.org"],
    ]


def test_d7_nobody_shares_a_mail_with_readers_of_another_post(now: datetime) -> None:
    usual = Parcel(1, now, 1, 0, 1, 1, "a@example.org", 50, 0, now, "us")
    rows = [
        usual._replace(id=number, post_id=number % 3, email=f"p{number}@example.org")
        for number in range(30)
    ]

    mails = parcels.gathered(rows)

    assert [mail.post_id for mail in mails] == [0, 1, 2]
    assert [len(mail.companions) for mail in mails] == [9, 9, 9]
    assert all({each.post_id for each in mail.companions} == {mail.post_id} for mail in mails)
