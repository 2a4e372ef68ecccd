import threading

import pytest

from community import departures
from community.departures import Manner
from community.policies import Policy
from community.store import Store
from tests.builders import a_list, a_mail, a_person, a_post


@pytest.fixture
def post(store: Store) -> int:
    return a_post(store, a_list(store, a_person(store)), a_mail())


def test_leaving_gives_the_post_and_what_its_list_wants(store: Store, post: int) -> None:
    leaving = store.read_sync(departures.leaving, post)

    assert leaving.source.raw == a_mail().raw
    assert (leaving.from_name, leaving.from_email) == ("", "ada.holm@example.org")
    assert leaving.policy.from_munging == Policy().from_munging
    assert leaving.manner is None


def test_what_is_settled_first_stays(store: Store, post: int) -> None:
    how = Manner(is_munged=True, footer=("One line", "https://samband.example.org/posts/1"))

    first = store.run_sync(departures.settle, post, how)
    second = store.run_sync(departures.settle, post, Manner(is_munged=False))

    assert (first, second) == (how, how)
    assert store.read_sync(departures.leaving, post).manner == how


def test_two_processes_that_settle_at_once_agree(store: Store, post: int) -> None:
    start = threading.Barrier(2)
    answers: list[bool] = []

    def settle(is_munged: bool) -> None:
        start.wait()
        answers.append(
            store.run_sync(departures.settle, post, Manner(is_munged=is_munged)).is_munged
        )

    threads = [threading.Thread(target=settle, args=(each,)) for each in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers in ([True, True], [False, False])
