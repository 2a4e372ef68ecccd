"""What came back of mails that many shared is counted by list and day, and by nothing else."""

from datetime import datetime, timedelta

from community import shared_returns
from community.shared_returns import SharedTally
from community.store import Store
from tests.builders import a_list

DAY = timedelta(days=1)


def test_reports_are_counted_by_list_since_a_day(store: Store, now: datetime) -> None:
    postdocs = a_list(store)
    quiet = a_list(store, address="quiet@lists.example.org")
    a_list(store, address="silent@lists.example.org")
    for list_id, at in (
        (postdocs, now - 3 * DAY),
        (postdocs, now - DAY),
        (postdocs, now),
        (postdocs, now),
        (quiet, now),
    ):
        store.run_sync(shared_returns.receive, list_id, now=at)

    assert store.read_sync(shared_returns.tallies, since=(now - DAY).date()) == [
        SharedTally(list_address="postdocs@lists.example.org", count=3),
        SharedTally(list_address="quiet@lists.example.org", count=1),
    ]
