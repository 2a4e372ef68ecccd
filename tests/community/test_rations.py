"""How many mails anybody can have us send to an address that they only name (threats 21 and 22)."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from community import rations
from community.rations import MOST_OF_ALL, MOST_OF_NETWORK, PROVED, Ration, Respite
from community.store import Store

DAY = timedelta(days=1)


def taken(store: Store, email: str, matter: str, now: datetime, network: str = "") -> bool:
    return store.run_sync(rations.take, email, matter, network=network, now=now)


def test_an_address_gets_one_mail_a_day_about_one_matter(store: Store, now: datetime) -> None:
    said = [
        taken(store, "Ada@Example.org", "join:1", now),
        taken(store, "ada@example.org", "join:1", now),
    ]

    assert said == [True, False]
    assert taken(store, "ada@example.org", "join:1", now + DAY)


def test_an_address_gets_three_mails_a_day_in_all(store: Store, now: datetime) -> None:
    said = [taken(store, "ada@example.org", f"join:{number}", now) for number in range(5)]

    assert said == [True, True, True, False, False]
    assert taken(store, "bo@example.org", "join:1", now)


def test_a_network_of_the_web_gets_so_many_an_hour(store: Store, now: datetime) -> None:
    said = [
        taken(store, f"{number}@example.org", "join:1", now, "192.0.2.0/24")
        for number in range(MOST_OF_NETWORK + 1)
    ]

    assert said == [True] * MOST_OF_NETWORK + [False]
    assert taken(store, "x@example.org", "join:1", now, "198.51.100.0/24")
    assert taken(store, "y@example.org", "join:1", now + timedelta(hours=1), "192.0.2.0/24")


def test_all_together_get_so_many_an_hour(store: Store, now: datetime) -> None:
    for number in range(MOST_OF_ALL):
        assert taken(store, f"{number}@example.org", "join:1", now)

    assert not taken(store, "ada@example.org", "join:1", now)
    assert taken(store, "ada@example.org", "join:1", now + timedelta(hours=1))


def test_who_has_proved_the_address_may_ask_more_often(store: Store, now: datetime) -> None:
    said = [
        store.run_sync(rations.take, "ada@example.org", "help:1", limits=PROVED, now=now)
        for _ in range(PROVED.of_matter + 1)
    ]

    assert said == [True] * PROVED.of_matter + [False]


def test_nothing_readable_is_kept_and_nothing_for_longer_than_a_day(
    store: Store, now: datetime
) -> None:
    taken(store, "ada@example.org", "join:1", now, "192.0.2.0/24")
    row = store.read_sync(lambda session: session.scalars(select(Ration)).one())

    assert (len(row.address_hash), len(row.network_hash)) == (64, 64)
    store.run_sync(rations.forget_old, now=now + DAY)
    count = select(func.count()).select_from(Ration)
    assert store.read_sync(lambda session: session.scalar(count)) == 0


def test_a_spared_address_gets_nothing_for_a_month_that_is_not_proved(
    store: Store, now: datetime
) -> None:
    for _ in range(2):  # pressing twice is pressing once
        store.run_sync(rations.spare, ["Ada@Example.org", "bo@example.org"], now=now)
    later = now + rations.RESPITE

    said = [taken(store, each, "join:1", now) for each in ("ada@example.org", "eve@example.org")]
    proved = store.run_sync(rations.take, "ada@example.org", "help:1", limits=PROVED, now=now)

    assert (said, proved) == ([False, True], True)
    assert taken(store, "ada@example.org", "join:1", later)
    store.run_sync(rations.forget_old, now=later)
    assert store.read_sync(lambda session: session.scalar(select(func.count(Respite.until)))) == 0
