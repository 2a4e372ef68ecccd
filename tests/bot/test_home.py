"""The Home tab: what comes next, what can be set, and the same again after each press."""

from datetime import UTC, datetime

import pytest

from community import gatherings, meetups
from community.audiences import Audience
from community.people import Role
from sandbox.blockkit import view_problems
from sandbox.records import View
from tests.bot.conftest import Stage
from tests.bot.reading import labels, words
from tests.builders import (
    NEXT_WEEK,
    a_coordinator,
    a_list,
    a_mail,
    a_meetup,
    a_moderator,
    a_person,
    a_post,
    a_reader,
)

pytestmark = pytest.mark.anyio

HOW = "postdocs@lists.example.org\nHow it comes: Each post as a mail."
LEFT = "4 of 4 new threads left today, 10 of 10 mails left this week."


async def opened(stage: Stage, user: str) -> View:
    await stage.workspace.open_home(user)
    home = stage.workspace.home(user)
    assert home is not None
    return home


async def test_home_shows_what_comes_next_for_a_member(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    person = a_person(stage.store)
    host = a_person(stage.store, "Bo Li")
    lunch = a_meetup(stage.store, host)
    a_meetup(stage.store, host, topic="Not mine")
    stage.store.run_sync(meetups.join, lunch, by=person, now=stage.clock.now())
    a_list(stage.store, person)

    home = await opened(stage, ada.id)

    said = words(home)
    assert said[:3] == [
        "Next for you",
        "Lunch",
        "Mon 8 Feb, 12:00–13:00\nHangaren\nBo Li and Ada Holm (2/5)",
    ]
    assert "Not mine" not in said
    assert f"{HOW}\n{LEFT}" in said
    assert view_problems({"type": "home", "blocks": home.blocks}) == []


async def test_home_is_shown_anew_with_what_was_done(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    a_person(stage.store)
    a_list(stage.store)
    home = await opened(stage, ada.id)

    await stage.workspace.press(ada.id, home, "mailing_list.join")

    assert words(home)[0] == "✓ You are on the list."
    assert f"{HOW}\n{LEFT}" in words(home)


async def test_home_says_what_is_refused_on_top(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    person = a_person(stage.store)
    lunch = a_meetup(stage.store, person)
    home = await opened(stage, ada.id)
    stage.store.run_sync(meetups.cancel, lunch, by=person, now=stage.clock.now())

    await stage.workspace.press(ada.id, home, "meetup.cancel")

    assert "“Lunch” has been cancelled." in words(home)[0]


async def test_home_changes_the_language_of_itself(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    person = a_person(stage.store)
    home = await opened(stage, ada.id)

    await stage.workspace.press(ada.id, home, "person.speak", selected="nb")

    assert a_reader(stage.store, person).language == "nb"
    assert words(home)[0] == "✓ Fra nå av skriver vi til deg på norsk."


async def test_home_stops_what_nobody_wants_to_hear(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    a_person(stage.store)
    home = await opened(stage, ada.id)

    stopped = "Stopped. You still hear of meetups that you host."
    await stage.workspace.press(ada.id, home, "person.choose_way", selected="meetup-none")
    assert words(home).count(stopped) == 1

    await stage.workspace.press(ada.id, home, "person.choose_way", selected="meetup-both")
    assert words(home).count(stopped) == 0


async def test_home_of_a_moderator_has_the_queue_and_its_forms(stage: Stage) -> None:
    mona = stage.workspace.add_member("mona", "Mona Vik", "mona.vik@example.org")
    a_moderator(stage.store)
    ada = a_person(stage.store)
    a_post(stage.store, a_list(stage.store, ada), a_mail())
    home = await opened(stage, mona.id)
    assert "1 post waits for a moderator" in words(home)

    reply = await stage.workspace.press(mona.id, home, "post.return")
    assert reply.modal is not None
    filled = await stage.workspace.fill(mona.id, reply.modal, {"reason": "Add a date."})

    assert filled.closed
    assert words(home)[0] == "✓ Returned, with your reason."
    assert "1 post waits for a moderator" not in words(home)


async def test_home_of_a_coordinator_has_what_can_be_made(stage: Stage) -> None:
    kari = stage.workspace.add_member("kari", "Kari Berg", "kari.berg@example.org")
    a_coordinator(stage.store)

    home = await opened(stage, kari.id)

    assert labels(home)[:4] == [
        "Propose a meetup",
        "New gathering",
        "New announcement",
        "Make a mentor pair",
    ]


async def test_home_of_a_stranger_is_a_way_in(stage: Stage) -> None:
    bo = stage.workspace.add_member("bo", "Bo Li", "bo@home.example")

    home = await opened(stage, bo.id)
    reply = await stage.workspace.press(bo.id, home, "person.ask")

    assert labels(home) == ["This is me"]
    assert reply.modal is not None


async def test_home_is_left_alone_when_the_messages_tab_is_opened(stage: Stage) -> None:
    bo = stage.workspace.add_member("bo", "Bo Li", "bo@home.example")

    await stage.workspace.open_home(bo.id, tab="messages")

    assert stage.workspace.home(bo.id) is None


async def test_home_that_slack_does_not_take_is_logged_and_disturbs_nobody(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    a_person(stage.store)
    stage.workspace.fail_next("views.publish", error="internal_error")

    await stage.workspace.open_home(ada.id)

    assert stage.workspace.seen_by(ada.id) == []
    assert capsys.readouterr().out.count("slack.broke") == 1


async def test_home_keeps_within_the_limits_however_much_there_is(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    person = a_person(stage.store, roles=tuple(Role), language="nb")
    member = a_person(stage.store, "Bo Li")
    for number in range(15):
        a_list(stage.store, member, address=f"list-{number}@lists.example.org")
        a_meetup(stage.store, person, topic="W" * 120, max_people=30)
        stage.store.run_sync(
            gatherings.publish,
            title="W" * 150,
            place="W" * 200,
            starts_at=NEXT_WEEK,
            minutes=60,
            capacity=1000,
            audience=Audience.ALL,
            by=person,
            now=datetime(2027, 1, 5, 9, 0, tzinfo=UTC),
        )
        post = a_mail("bo.li@example.org", subject=f"{number} " + "W" * 900, text="&" * 900)
        a_post(stage.store, 1, post)

    home = await opened(stage, ada.id)

    assert view_problems({"type": "home", "blocks": home.blocks}) == []
