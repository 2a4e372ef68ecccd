"""Retry-After holds for the method that it was said of, and for a post in its channel alone."""

from dataclasses import replace

import pytest
from slack_sdk.errors import SlackApiError

from bot.deadline import Deadline
from bot.pacing import MOST_CHANNELS, PacedClient, Paces, Paused, read
from bot.sender import TIER_3, TO_ALL, TO_ONE, SlackSender
from bot.standing import Standing
from bot.tokens import LastingToken
from community.people import Reader
from community.setbacks import Postponed, Undelivered
from community.store import Store
from tests.bot.conftest import Hands
from tests.bot.slack_double import BOT_TOKEN, SlackDouble
from tests.bot.test_sender import LETTER, notice, reader

pytestmark = pytest.mark.anyio


@pytest.fixture
def client(hands: Hands, slack: SlackDouble, sqlite_store: Store) -> PacedClient:
    standing = Standing(sqlite_store, hands)
    token, base_url = LastingToken(BOT_TOKEN), f"{slack.url}/api/"
    return PacedClient(hands, standing, Deadline(), token=token, base_url=base_url, timeout=10)


async def test_only_what_slack_limits_waits_and_as_long_as_slack_says(
    client: PacedClient, slack: SlackDouble, hands: Hands
) -> None:
    sender = SlackSender(client, hands)
    ada, bo = reader("U0ADA"), reader("U0BO")
    reference = await sender.send(notice(), ada, LETTER)
    slack.fail_next("chat.postMessage", "ratelimited", retry_after=17)

    with pytest.raises(Undelivered) as limited:
        await sender.send(notice(), ada, LETTER)
    hands.move(seconds=16)
    asked = len(slack.calls)
    with pytest.raises(Postponed) as postponed:
        await sender.send(notice(), ada, LETTER)
    was_asked = len(slack.calls) - asked
    await sender.send(notice(), bo, LETTER)
    await sender.send(notice(7), ada, replace(LETTER, subject="Over"), replaces=reference)
    hands.move(seconds=1)
    await sender.send(notice(), ada, LETTER)

    assert (limited.value.retry_after, was_asked) == (17, 0)
    assert postponed.value.until == hands.now()
    posted = [call["channel"] for call in slack.named("chat.postMessage")]
    assert posted == ["D0U0ADA", "D0U0ADA", "D0U0BO", "D0U0ADA"]


async def test_who_presses_meanwhile_is_told_as_slack_would(
    client: PacedClient, slack: SlackDouble, hands: Hands
) -> None:
    slack.fail_next("views.publish", "ratelimited", retry_after=8)
    view = {"type": "home", "blocks": []}

    with pytest.raises(SlackApiError) as first:
        await client.views_publish(user_id="U0ADA", view=view)
    hands.move(seconds=3)
    with pytest.raises(Paused) as second:
        await client.views_publish(user_id="U0BO", view=view)
    await client.views_open(trigger_id="1", view={**view, "type": "modal"})

    assert [read(error.value) for error in (first, second)] == [
        (429, "ratelimited", 8),
        (429, "ratelimited", 5),
    ]
    assert [method for method, _ in slack.calls] == ["views.publish", "views.open"]


def test_posts_wait_everywhere_when_they_are_limited_in_several_channels(hands: Hands) -> None:
    paces = Paces(hands)

    for number in range(MOST_CHANNELS - 1):
        paces.limit("chat.postMessage", f"D{number}", seconds=9)
    before = paces.until("chat.postMessage", "D99")
    paces.limit("chat.postMessage", "D50", seconds=9)
    after = paces.until("chat.postMessage", "D99")
    hands.move(seconds=9)

    assert (before, after) == (None, hands.now())
    assert paces.until("chat.postMessage", "D50") is None


async def test_messages_keep_to_slacks_pace_before_slack_has_to_say_so(
    client: PacedClient, slack: SlackDouble, hands: Hands
) -> None:
    sender, began = SlackSender(client, hands), hands.now()
    ada = reader("U0ADA")
    everybody = [reader(slack_id) for slack_id in slack.users]

    async def moment(number: int, to: Reader, replaces: str | None = None) -> float:
        said = notice(None if replaces is None else 1)
        said.id = number
        try:
            await sender.send(said, to, LETTER, replaces=replaces)
        except Postponed as later:
            return (later.until - began).total_seconds()
        return 0.0

    to_ada = [await moment(number, ada) for number in range(TO_ONE + 3)]
    hands.move(seconds=3)
    late = [await moment(number, ada) for number in range(TO_ONE, TO_ONE + 3)]
    hands.move(seconds=60)
    began, asked = hands.now(), len(slack.named("chat.postMessage"))
    rounds = [await moment(100 + n, everybody[n % len(everybody)]) for n in range(TO_ALL + 2)]
    changed = [await moment(200 + n, ada, "D0U0ADA:1.1") for n in range(TIER_3 + 2)]

    assert (to_ada, late) == ([0.0] * TO_ONE + [1.0, 2.0, 3.0], [0.0] * 3)
    assert (rounds, len(slack.named("chat.postMessage")) - asked) == (
        [0.0] * TO_ALL + [0.25, 0.5],
        TO_ALL,
    )
    assert (changed, len(slack.named("chat.update"))) == ([0.0] * TIER_3 + [1.0, 2.0], TIER_3)
