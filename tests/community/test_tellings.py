"""Who hears of a post that waits or goes back, and who does not: nobody whom a forgery names."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from community import mailbags, moderation
from community.cases import Proof
from community.mailbags import Handed
from community.received import Received
from community.store import Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, notices, told


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store)


@pytest.fixture
def mona(store: Store) -> int:
    return a_moderator(store)


@pytest.fixture
def list_id(store: Store, ada: int) -> int:
    return a_list(store, ada)


@pytest.fixture
def olav(store: Store) -> int:
    """Give somebody of the community who is not on the list."""
    return a_person(store, "Olav Lie")


def _of_olav(number: int, proof: Proof = Proof.NONE) -> Received:
    return replace(a_mail("olav.lie@example.org", text=f"Number {number}."), proof=proof)


def test_who_is_not_on_the_list_and_not_proved_is_told_once_a_day(
    store: Store, now: datetime, list_id: int, olav: int
) -> None:
    day = timedelta(days=1)
    for number, at in enumerate((now, now, now + day / 2, now + day)):
        a_post(store, list_id, _of_olav(number), now=at)

    assert [n.object_id for n in notices(store, "post.wait")] == [1, 4]
    store.run_sync(moderation.expire, 4, detail="", due_at=now, now=now + day)
    assert told(store, "post.return") == []


def test_of_mails_that_come_together_a_stranger_hears_once(
    store: Store, now: datetime, list_id: int, olav: int
) -> None:
    bag = [Handed([list_id], _of_olav(number)) for number in range(3)]

    assert store.run_sync(mailbags.receive_all, bag, now=now) == [None] * 3

    assert told(store, "post.wait") == [(olav, "mail")]


def test_who_is_proved_hears_of_every_post(
    store: Store, now: datetime, list_id: int, olav: int
) -> None:
    for number in range(2):
        a_post(store, list_id, _of_olav(number, Proof.PASS), now=now)

    assert told(store, "post.wait") == [(olav, "mail")] * 2


def test_who_is_named_in_a_forged_mail_hears_only_what_a_moderator_decides(
    store: Store, now: datetime, list_id: int, ada: int, mona: int
) -> None:
    forged = [
        a_post(store, list_id, replace(a_mail(text=f"Buy {n}."), proof=Proof.FAIL), now=now)
        for n in range(2)
    ]
    store.run_sync(moderation.expire, forged[0], detail="", due_at=now, now=now)
    assert [n.kind for n in notices(store) if n.person_id == ada] == []

    store.run_sync(moderation.send_back, forged[1], by=mona, now=now, reason="Is it you?")

    assert [n.kind for n in notices(store) if n.person_id == ada] == ["post.return"]
