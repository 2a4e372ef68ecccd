"""The moderators' queue in a modal: pages, rules, many at once, one looked at, races told."""

import pytest

from community import moderation
from community.posts import Post
from sandbox.records import View
from tests.bot.conftest import Stage
from tests.bot.reading import labels, words
from tests.bot.test_channel_cards import Office, an_office
from tests.builders import a_mail, a_post

pytestmark = pytest.mark.anyio


async def opened(office: Office, count: int) -> tuple[View, list[int]]:
    """Have so many posts wait, and open the queue from the card that counts them."""
    posts = [office.post(f"Post {n}") for n in range(count)]
    for _ in range(7):
        await office.stage.deal()
        office.stage.clock.move(seconds=1)
    card = office.cards()[-1]
    assert labels(card) == ["Open the queue"]
    mona = office.mona_slack.id
    reply = await office.stage.workspace.press(mona, card, "post.queue")
    assert reply.modal is not None
    return reply.modal, posts


def marked(view: View) -> list[str]:
    """Return the subjects that can be marked."""
    boxes = [b for b in view.blocks if b.get("block_id", "").startswith("marked-")]
    return [option["text"]["text"] for option in boxes[0]["element"]["options"]] if boxes else []


def state(office: Office, post_id: int) -> str:
    return office.stage.store.read_sync(lambda session: session.get_one(Post, post_id).state)


async def test_the_queue_is_walked_by_pages(stage: Stage) -> None:
    office = an_office(stage)
    view, _ = await opened(office, 23)
    mona, workspace = office.mona_slack.id, stage.workspace

    assert words(view)[0] == "23 posts wait for a moderator"
    assert marked(view) == [f"Post {n}" for n in range(10)]
    await workspace.press(mona, view, "post.later")
    await workspace.press(mona, _shown(office), "post.later")
    assert marked(_shown(office)) == ["Post 20", "Post 21", "Post 22"]
    assert labels(_shown(office)) == ["Earlier posts"]
    await workspace.press(mona, _shown(office), "post.earlier")
    assert marked(_shown(office)) == [f"Post {n}" for n in range(10, 20)]


async def test_marked_posts_are_decided_together_and_the_card_counts_again(stage: Stage) -> None:
    office = an_office(stage)
    view, posts = await opened(office, 12)
    [block] = [b["block_id"] for b in view.blocks if b["block_id"].startswith("marked-")]

    now = stage.clock.now()
    await stage.store.run(moderation.discard, posts[4], by=office.mona, now=now)
    some = [str(posts[0]), str(posts[3]), str(posts[4])]
    filled = await stage.workspace.fill(
        office.mona_slack.id, view, {f"{block}/marked": some, "decision": "discard"}
    )

    assert filled.view is not None
    assert words(filled.view)[:2] == [
        "✓ 2 posts are decided. 1 had been decided before.",
        "9 posts wait for a moderator",
    ]
    assert [state(office, post) for post in posts[:4]] == ["discarded", "held", "held", "discarded"]


async def test_all_that_fit_are_decided_by_a_step(stage: Stage) -> None:
    office = an_office(stage)
    view, _ = await opened(office, 12)

    filled = await stage.workspace.fill(
        office.mona_slack.id, view, {"every": ["every"], "decision": "digest"}
    )

    assert filled.view is not None
    assert words(filled.view)[0] == "✓ 12 posts are being decided."


async def test_rules_sift_the_queue(stage: Stage) -> None:
    office = an_office(stage)
    view, _ = await opened(office, 6)
    mail = a_mail("ada.holm@example.org", subject="By a newcomer")
    a_post(stage.store, office.list_id, mail, now=stage.clock.now())
    mona = office.mona_slack.id
    await stage.workspace.press(mona, office.cards()[-1], "post.queue")

    await stage.workspace.press(mona, _shown(office), "post.sift", selected="newcomer")

    assert marked(_shown(office)) == ["By a newcomer"]
    assert words(view)[0] == "6 posts wait for a moderator"


async def test_one_is_looked_at_and_decided_and_the_queue_comes_back(stage: Stage) -> None:
    office = an_office(stage)
    view, posts = await opened(office, 6)
    mona, workspace = office.mona_slack.id, stage.workspace

    await workspace.press(mona, view, "post.look", selected=str(posts[1]))
    assert words(_shown(office))[0] == "Held: Post 1"
    await workspace.press(mona, _shown(office), "post.accept")

    said = words(_shown(office))
    assert said[:2] == [
        "✓ Accepted. It is on its way to the list.",
        "5 posts wait for a moderator",
    ]


async def test_a_return_from_the_queue_asks_above_it_and_comes_back(stage: Stage) -> None:
    office = an_office(stage)
    view, posts = await opened(office, 6)
    mona, workspace = office.mona_slack.id, stage.workspace
    await workspace.press(mona, view, "post.look", selected=str(posts[0]))

    asked = await workspace.press(mona, _shown(office), "post.return")
    assert asked.modal is not None
    await workspace.fill(mona, asked.modal, {"canned": "topic"})

    assert words(_shown(office))[:2] == [
        "✓ Returned, with your reason.",
        "5 posts wait for a moderator",
    ]
    assert state(office, posts[0]) == "returned"


async def test_who_comes_later_is_told_in_the_queue(stage: Stage) -> None:
    office = an_office(stage)
    view, posts = await opened(office, 6)
    mona, workspace = office.mona_slack.id, stage.workspace
    await workspace.press(mona, view, "post.look", selected=str(posts[0]))
    now = stage.clock.now()
    await stage.store.run(moderation.discard, posts[0], by=office.mona, now=now)

    await workspace.press(mona, _shown(office), "post.accept")

    assert words(_shown(office))[0].startswith("Mona Vik has already discarded this post")
    assert stage.workspace.ephemerals(mona) == []


async def test_who_moderates_no_more_sees_no_queue(stage: Stage) -> None:
    office = an_office(stage)
    for n in range(6):
        office.post(f"Post {n}")
    for _ in range(7):
        await stage.deal()
        stage.clock.move(seconds=1)

    ada = office.ada_slack.id
    reply = await stage.workspace.press(ada, office.cards()[-1], "post.queue")

    assert reply.modal is None
    [said] = stage.workspace.ephemerals(ada)
    assert said.text == "Only a moderator of the list can do this."


def _shown(office: Office) -> View:
    view = office.stage.workspace.modal(office.mona_slack.id)
    assert view is not None
    return view
