"""Choosing the moderators' channel in Slack: only one in which the app is."""

import pytest

from community import lists, moderators_channels
from sandbox.records import View
from tests.bot.conftest import Stage
from tests.bot.reading import words
from tests.builders import a_coordinator, a_list, a_person

pytestmark = pytest.mark.anyio


async def opened(stage: Stage) -> tuple[str, View]:
    kari = stage.workspace.add_member("kari", "Kari").id
    a_coordinator(stage.store, slack_id=kari)
    a_list(stage.store)
    reply = await stage.workspace.command(kari, "/postdoc", "channel")
    assert reply.modal is not None
    return kari, reply.modal


def named(stage: Stage) -> str:
    [a_list] = stage.store.read_sync(lists.all_lists)
    return a_list.policy.moderators_channel


@pytest.mark.parametrize(("private", "trouble"), [(True, ""), (False, "public")])
async def test_a_channel_with_the_app_is_chosen_and_what_is_wrong_is_said(
    stage: Stage, *, private: bool, trouble: str
) -> None:
    kari, view = await opened(stage)
    room = stage.workspace.add_channel("mods", members=[kari], private=private)

    filled = await stage.workspace.fill(kari, view, {"channel": room.id})

    assert filled.view is not None
    said = "Cards of postdocs@lists.example.org stand in that channel from now on."
    assert words(filled.view)[0] == said
    assert len(words(filled.view)) == (1 if private else 2)
    assert named(stage) == room.id
    known = await stage.store.read(moderators_channels.of, room.id)
    assert known is not None
    assert known.trouble == trouble


async def test_a_channel_without_the_app_is_refused_beside_the_field(stage: Stage) -> None:
    kari, view = await opened(stage)
    room = stage.workspace.add_channel("mods", members=[kari], private=False, bot=False)

    filled = await stage.workspace.fill(kari, view, {"channel": room.id})

    words = "Invite the app to this channel first: type /invite @Samband in it."
    assert list(filled.errors.values()) == [words]
    assert named(stage) == ""


async def test_no_channel_means_direct_messages(stage: Stage) -> None:
    kari, view = await opened(stage)

    filled = await stage.workspace.fill(kari, view, {})

    assert filled.view is not None
    said = "Moderators of postdocs@lists.example.org get direct messages from now on."
    assert words(filled.view) == [said]


async def test_only_coordinators_choose(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada").id
    a_person(stage.store, slack_id=ada)

    reply = await stage.workspace.command(ada, "/postdoc", "channel")

    assert reply.modal is None
