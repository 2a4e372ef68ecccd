"""How moderators learn that posts wait: a card each, and in a burst one card that counts (R15)."""

from datetime import datetime, timedelta

import pytest

from community import asking, moderation, outbox
from community.due import Outcome, Work
from community.outbox import Channel
from community.store import Session, Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, letter, notices, planned

MINUTE = timedelta(minutes=1)


@pytest.fixture
def mona(store: Store) -> int:
    return a_moderator(store, slack_id="U1")


@pytest.fixture
def list_id(store: Store, mona: int) -> int:
    return a_list(store, a_person(store))


def _post(store: Store, list_id: int, n: int, now: datetime) -> int:
    return a_post(store, list_id, a_mail("eve@elsewhere.example", subject=f"Post {n}"), now=now)


def test_beyond_five_a_minute_one_card_counts_the_rest(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    posts = [_post(store, list_id, n, now) for n in range(12)]

    assert [n.object_id for n in notices(store, "post.hold")] == posts[:5]
    assert [n.object_id for n in notices(store, "post.count")] == [posts[5]]
    said = letter(store, "post.count", mona)
    assert said is not None
    assert said.subject == "12 posts to postdocs wait for a moderator"


def test_a_card_counts_from_the_post_after_which_a_moderator_is_in_slack(
    store: Store, now: datetime
) -> None:
    a_moderator(store)
    list_id = a_list(store, a_person(store))
    for n in range(7):
        _post(store, list_id, n, now)
    before = notices(store, "post.count")

    a_moderator(store, "Max Vik", slack_id="U2")
    later = [_post(store, list_id, n, now) for n in (7, 8)]

    assert before == []
    assert [n.object_id for n in notices(store, "post.count")] == later[:1]


def test_after_a_quiet_minute_posts_have_cards_again(
    store: Store, now: datetime, list_id: int
) -> None:
    for n in range(6):
        _post(store, list_id, n, now)

    later = _post(store, list_id, 6, now + 2 * MINUTE)

    assert notices(store, "post.hold")[-1].object_id == later


def test_the_card_that_counts_is_brought_up_to_date_once_a_minute(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    posts = [_post(store, list_id, n, now) for n in range(12)]
    _sent(store, now)
    for post in posts[5:]:
        store.run_sync(moderation.discard, post, by=mona, now=now)

    [step] = planned(store, "post.count")
    store.run_sync(
        asking.count, step.object_id, detail=step.detail, due_at=step.due_at, now=step.due_at
    )

    first, update = notices(store, "post.count")
    assert (update.replaces_id, update.channel) == (first.id, "slack")
    said = letter(store, "post.count", mona)
    assert said is not None
    assert said.subject == "5 posts to postdocs wait for a moderator"


def test_where_nothing_is_counted_nothing_is_brought_up_to_date(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    post = _post(store, list_id, 1, now)

    store.run_sync(moderation.discard, post, by=mona, now=now)

    assert planned(store, "post.count") == []


def test_all_that_were_decided_leave_a_card_that_says_so(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    for post in [_post(store, list_id, n, now) for n in range(7)]:
        store.run_sync(moderation.discard, post, by=mona, now=now)

    said = letter(store, "post.count", mona)

    assert said is not None
    assert said.subject == "All posts to postdocs@lists.example.org have been decided"
    assert said.paragraphs == ()


def _sent(store: Store, now: datetime) -> None:
    def settle(session: Session) -> None:
        claimed = outbox.claim_notices(
            session, channel=Channel.SLACK, now=now, limit=99, lease=MINUTE, by="a test"
        )
        outcomes = [Outcome(row_id=n.id, fence=n.claims, state=Work.DONE) for n in claimed]
        outbox.settle_notices(session, outcomes, now=now)

    store.run_sync(settle)
