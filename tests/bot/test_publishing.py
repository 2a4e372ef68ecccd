"""Home tabs that stand in Slack are brought up to date when something happens, and by time."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from community import linking, meetups
from community.home_views import HomeView
from community.store import Store
from sandbox.records import View
from sandbox.workspace import Workspace
from tests.bot.conftest import Hands, Stage, staged
from tests.bot.reading import words
from tests.builders import a_list, a_meetup, a_person

pytestmark = pytest.mark.anyio


@pytest.fixture
async def both(workspace: Workspace, store: Store, hands: Hands) -> AsyncIterator[Stage]:
    """The bot on each database."""
    async for set_up in staged(workspace, store, hands):
        yield set_up


async def at_home(stage: Stage, name: str = "Ada Holm") -> tuple[int, str]:
    """Have a member open the Home tab; return the person and the Slack user."""
    first, _, last = name.lower().partition(" ")
    member = stage.workspace.add_member(first, name, f"{first}.{last}@example.org")
    person = a_person(stage.store, name)
    await stage.workspace.open_home(member.id)
    stage.clock.move(seconds=1)
    return person, member.id


def home(stage: Stage, slack_id: str) -> View:
    shown = stage.workspace.home(slack_id)
    assert shown is not None
    return shown


def seen(stage: Stage, slack_id: str) -> str:
    return "\n".join(words(home(stage, slack_id)))


def calls(stage: Stage) -> int:
    return sum(call.method == "views.publish" for call in stage.workspace.calls)


async def drained(stage: Stage, seconds: int) -> list[int]:
    """Publish for so many seconds, and say how many calls each made."""
    made = []
    for _ in range(seconds):
        before = calls(stage)
        await stage.chat.publisher.drain()
        made.append(calls(stage) - before)
        stage.clock.move(seconds=1)
    return made


async def test_what_others_do_is_seen_a_second_apart_and_nothing_twice(both: Stage) -> None:
    ada, at_ada = await at_home(both)
    bo, at_bo = await at_home(both, "Bo Li")
    assert await drained(both, 2) == [0, 0]
    lunch = a_meetup(both.store, bo)
    both.store.run_sync(meetups.join, lunch, by=ada, now=both.clock.now())
    a_list(both.store)

    assert await drained(both, 4) == [1, 1, 0, 0]

    assert "Lunch" in seen(both, at_ada)
    assert "Lunch" in seen(both, at_bo)


async def test_an_own_press_needs_no_second_call_and_keeps_its_word(stage: Stage) -> None:
    _, at_ada = await at_home(stage)
    a_list(stage.store)
    await drained(stage, 2)

    await stage.workspace.open_home(at_ada)
    await stage.workspace.press(at_ada, home(stage, at_ada), "mailing_list.join")
    await stage.chat.settled()
    stage.clock.move(seconds=1)

    assert await drained(stage, 2) == [0, 0]
    assert words(home(stage, at_ada))[0] == "✓ You are on the list."


async def test_time_alone_brings_a_tab_up_to_date(stage: Stage) -> None:
    ada, at_ada = await at_home(stage)
    a_meetup(stage.store, ada)
    await drained(stage, 1)

    stage.clock.move(days=8)
    assert await drained(stage, 2) == [1, 0]

    assert "Lunch" not in seen(stage, at_ada)


async def test_slack_asks_to_wait_and_no_tab_is_tried_before(stage: Stage) -> None:
    ada, _ = await at_home(stage)
    await at_home(stage, "Bo Li")
    lunch = a_meetup(stage.store, ada)
    bo = stage.store.read_sync(lambda session: session.scalars(select(HomeView.person_id)).all())
    stage.store.run_sync(meetups.join, lunch, by=max(bo), now=stage.clock.now())
    stage.workspace.fail_next("views.publish", retry_after=4)

    assert await drained(stage, 7) == [1, 0, 0, 0, 1, 1, 0]


async def test_a_view_that_slack_refuses_is_logged_once_and_not_tried_as_it_is(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    ada, at_ada = await at_home(stage)
    a_meetup(stage.store, ada)
    stage.workspace.fail_next("views.publish", error="view_too_large")

    assert await drained(stage, 3) == [1, 0, 0]
    assert capsys.readouterr().out.count("home.refused") == 1

    a_meetup(stage.store, ada, topic="Coffee")
    assert await drained(stage, 2) == [1, 0]
    assert "Coffee" in seen(stage, at_ada)


async def test_whatever_else_slack_answers_is_tried_again_later(stage: Stage) -> None:
    ada, at_ada = await at_home(stage)
    a_meetup(stage.store, ada)
    stage.workspace.fail_next("views.publish", error="internal_error")

    assert await drained(stage, 20) == [1] + [0] * 19
    stage.clock.move(seconds=20)

    assert await drained(stage, 1) == [1]
    assert "Lunch" in seen(stage, at_ada)


async def test_who_is_gone_from_slack_or_the_community_has_no_tab(stage: Stage) -> None:
    _, at_ada = await at_home(stage)
    bo, _ = await at_home(stage, "Bo Li")
    stage.store.run_sync(linking.unlink, at_ada, now=stage.clock.now())
    a_meetup(stage.store, bo)
    stage.workspace.fail_next("views.publish", error="user_not_found")

    assert sum(await drained(stage, 3)) == 1

    assert stage.store.read_sync(lambda s: s.scalars(select(HomeView)).all()) == []


async def test_while_slack_takes_nobodys_tab_one_is_tried_now_and_then(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    ada, _ = await at_home(stage)
    bo, _ = await at_home(stage, "Bo Li")
    lunch = a_meetup(stage.store, ada)
    stage.store.run_sync(meetups.join, lunch, by=bo, now=stage.clock.now())
    stage.workspace.fail_next("views.publish", error="account_inactive")
    stage.workspace.fail_next("views.publish", error="not_enabled")

    assert await drained(stage, 4) == [1, 0, 0, 0]
    stage.clock.move(minutes=10)
    assert await drained(stage, 4) == [1, 0, 0, 0]
    stage.clock.move(minutes=10)
    assert await drained(stage, 4) == [1, 1, 0, 0]
    assert capsys.readouterr().out.count("home.closed") == 2


async def test_a_newer_view_is_not_overwritten_by_an_older_one(stage: Stage) -> None:
    ada, at_ada = await at_home(stage)
    a_meetup(stage.store, ada)
    answer = await stage.chat.client.views_publish(
        user_id=at_ada, view={"type": "home", "blocks": []}
    )
    assert answer["ok"]

    # The first call names the view that we know of, and is refused; then we know of none.
    assert await drained(stage, 5) == [1, 0, 0, 1, 0]
    assert "Lunch" in seen(stage, at_ada)
