"""The posts that wait, in one mail to each moderator and day; and when Slack is away."""

from datetime import UTC, datetime, timedelta

import pytest

from community import claims, dockets, holds, join_requests, moderation, outbox
from community.cases import Decision
from community.dockets import Docket
from community.due import Outcome, Work
from community.outbox import Channel
from community.store import Session, Store
from tests.builders import (
    a_list,
    a_mail,
    a_moderator,
    a_person,
    a_post,
    letter,
    notices,
    planned,
    told,
)
from tests.community.test_join_requests import asked, whose

MINUTE = timedelta(minutes=1)
#: Monday 1 February 2027, 10:00 in Oslo, is `now`; the morning after at 08:15.
TUESDAY = datetime(2027, 2, 2, 7, 15, tzinfo=UTC)
SATURDAY = datetime(2027, 2, 6, 9, tzinfo=UTC)


@pytest.fixture
def list_id(store: Store) -> int:
    return a_list(store, a_person(store))


@pytest.fixture
def mona(store: Store) -> int:
    return a_moderator(store)


def _post(store: Store, list_id: int, n: int, now: datetime) -> int:
    return a_post(store, list_id, a_mail("eve@elsewhere.example", subject=f"Post {n}"), now=now)


def _ask(store: Store, list_id: int, now: datetime) -> None:
    store.run_sync(dockets.ask, list_id, detail="", due_at=now, now=now)


def _morning(store: Store, now: datetime) -> int:
    return store.run_sync(dockets.make_for_the_day, today=now.date(), now=now)


def _made(store: Store) -> list[tuple[int, dict[int, int]]]:
    """Read every docket: whose it is, and its posts by number."""

    def read(session: Session) -> list[tuple[int, dict[int, int]]]:
        found = session.query(Docket).order_by(Docket.id)
        return [(each.person_id, dockets.numbers_of(session, each.id)) for each in found]

    return store.read_sync(read)


def test_who_has_no_slack_hears_of_the_first_post_at_once_and_of_the_rest_in_the_morning(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    first = _post(store, list_id, 1, now)
    _ask(store, list_id, now + MINUTE)
    second = _post(store, list_id, 2, now + 2 * MINUTE)
    _ask(store, list_id, now + 3 * MINUTE)

    assert _made(store) == [(mona, {1: first})]
    assert told(store, "docket.ask") == [(mona, "mail")]

    assert _morning(store, TUESDAY) == 1
    assert _made(store)[1:] == [(mona, {1: first, 2: second})]


def test_who_has_slack_hears_by_mail_in_the_morning_only(
    store: Store, now: datetime, list_id: int
) -> None:
    linked = a_moderator(store, "Jon Vik", slack_id="U1")
    post = _post(store, list_id, 1, now)
    _ask(store, list_id, now + MINUTE)

    assert _made(store) == []
    assert _morning(store, TUESDAY) == 1
    assert _made(store) == [(linked, {1: post})]


def test_the_same_posts_are_said_again_only_when_one_ends_before_the_next_morning(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    _post(store, list_id, 1, now)  # ends on Thursday at 10:00
    days = [now + timedelta(days=n) for n in range(4)]
    mornings = [day.replace(hour=7, minute=15) for day in days]

    _ask(store, list_id, now + MINUTE)

    assert [_morning(store, at) for at in mornings] == [0, 0, 0, 1]


def test_nothing_is_said_at_night_or_on_a_day_off(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    night = now.replace(hour=20)
    _post(store, list_id, 1, night)

    _ask(store, list_id, night)
    _ask(store, list_id, SATURDAY)

    assert (_made(store), _morning(store, SATURDAY)) == ([], 0)


def test_nothing_is_made_when_nothing_waits(store: Store, mona: int) -> None:
    assert _morning(store, TUESDAY) == 0


def test_twenty_are_in_one_mail_and_what_is_new_comes_before_the_rest(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    old = [_post(store, list_id, n, now) for n in range(15)]
    _ask(store, list_id, now + MINUTE)
    new = [_post(store, list_id, n, now) for n in range(15, 30)]

    _morning(store, TUESDAY)

    [_, (_, numbers)] = _made(store)
    assert list(numbers.values()) == old[:5] + new
    issue = store.read_sync(dockets.issue, 2)
    assert (list(issue.posts), issue.more) == (list(range(1, 21)), 10)


def test_what_is_decided_before_it_is_sent_is_left_out(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    gone, waits = _post(store, list_id, 1, now), _post(store, list_id, 2, now)
    _ask(store, list_id, now + MINUTE)
    store.run_sync(moderation.decide, gone, Decision.DISCARD, by=mona, now=now)

    issue = store.read_sync(dockets.issue, 1)

    assert {number: post.post_id for number, post in issue.posts.items()} == {2: waits}


@pytest.mark.parametrize(("state", "made"), [(Work.DONE, 0), (Work.FAILED, 1), (Work.DUE, 1)])
def test_what_slack_has_not_shown_within_five_minutes_goes_by_mail(
    store: Store, now: datetime, list_id: int, state: Work, made: int
) -> None:
    linked = a_moderator(store, "Jon Vik", slack_id="U1")
    _post(store, list_id, 1, now)
    [look] = planned(store, "mailing_list.look")
    assert look.due_at - now <= 5 * MINUTE
    _settle_cards(store, state, now)

    for _ in range(2):  # twice is once
        store.run_sync(dockets.look, list_id, detail="", due_at=look.due_at, now=look.due_at)

    assert [person for person, _ in _made(store)] == [linked] * made


def test_a_card_that_slack_refuses_puts_no_mail_of_its_own(
    store: Store, now: datetime, list_id: int
) -> None:
    a_moderator(store, "Jon Vik", slack_id="U1")
    _post(store, list_id, 1, now)

    _settle_cards(store, Work.FAILED, now)

    assert told(store, "post.hold") == [(notices(store, "post.hold")[0].person_id, "slack")]


def _settle_cards(store: Store, state: Work, now: datetime) -> None:
    if state is Work.DUE:
        return

    def settle(session: Session) -> None:
        claimed = outbox.claim_notices(
            session, channel=Channel.SLACK, now=now, limit=9, lease=MINUTE, by="a test"
        )
        outcomes = [Outcome(row_id=each.id, fence=each.claims, state=state) for each in claimed]
        outbox.settle_notices(session, outcomes, now=now)

    store.run_sync(settle)


def test_old_dockets_are_forgotten(store: Store, now: datetime, list_id: int, mona: int) -> None:
    _post(store, list_id, 1, now)
    _ask(store, list_id, now + MINUTE)

    store.run_sync(dockets.forget_old, now=now + dockets.GOOD_FOR)
    assert len(_made(store)) == 1
    store.run_sync(dockets.forget_old, now=now + dockets.GOOD_FOR + 2 * MINUTE)
    assert _made(store) == []


def test_a_claim_is_seen_by_the_others_and_over_by_itself(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    jon = a_moderator(store, "Jon Vik")
    post = _post(store, list_id, 1, now)
    store.run_sync(claims.claim, post, by=mona, now=now)

    card = store.read_sync(holds.card, post)
    assert card.claimer(now) == "Mona Vik"
    assert card.claimer(now + claims.HOLDS) is None
    with pytest.raises(Exception, match="Mona Vik is looking at it until"):
        store.run_sync(claims.claim, post, by=jon, now=now)
    store.run_sync(claims.claim, post, by=jon, now=now + claims.HOLDS)
    assert store.read_sync(holds.card, post).claimed_by == "Jon Vik"


def test_who_waits_to_join_is_named_below_the_posts(
    store: Store, now: datetime, list_id: int, mona: int
) -> None:
    _post(store, list_id, 1, now)
    request_id = asked(store, list_id, now=now)
    store.run_sync(join_requests.confirm, request_id, by=whose(store, request_id), now=now)
    _morning(store, TUESDAY)

    said = letter(store, "docket.ask", mona)

    assert said is not None
    assert said.paragraphs[-1].startswith("1 person waits to join a list: http")
    assert said.paragraphs[-1].endswith("/join-requests")
