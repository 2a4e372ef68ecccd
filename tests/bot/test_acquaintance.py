"""First contact: known by address, unknown, a guest, gone; and the way in by mail."""

import pytest
from sqlalchemy import select

from community import linking
from community.people import Person
from community.store import Session, Store
from sandbox.records import Json
from tests.bot.conftest import Stage
from tests.bot.reading import labels, words
from tests.builders import a_person, letter, told

pytestmark = pytest.mark.anyio


def slack_ids(store: Store) -> list[str | None]:
    def read(session: Session) -> list[str | None]:
        return list(session.scalars(select(Person.slack_id).order_by(Person.id)))

    return store.read_sync(read)


async def test_a_member_is_linked_by_the_address_in_slack(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "Ada.Holm@example.org")
    a_person(stage.store)

    reply = await stage.workspace.command(ada.id, "/postdoc", "help")
    await stage.workspace.command(ada.id, "/postdoc", "help")

    assert words(reply.messages[0])[0] == "Samband: what you can do"
    assert slack_ids(stage.store) == [ada.id]
    asked = [call.method for call in stage.workspace.calls if call.method == "users.info"]
    assert asked == ["users.info"]


async def test_a_stranger_gets_a_friendly_way_in_in_the_own_language(stage: Stage) -> None:
    liv = stage.workspace.add_member("liv", "Liv Dahl", "liv@home.example", locale="nb-NO")
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada@home.example")

    norwegian = await stage.workspace.command(liv.id, "/postdoc", "meetup")
    english = await stage.workspace.command(ada.id, "/postdoc", "meetup")

    assert labels(english.messages[0]) == ["This is me"]
    assert words(english.messages[0])[0] == "Welcome to Samband"
    assert len(labels(norwegian.messages[0])) == 1
    assert norwegian.modal is None


async def test_a_stranger_comes_in_by_the_mail_to_the_known_address(stage: Stage) -> None:
    bo = stage.workspace.add_member("bo", "Bo Li", "bo@home.example")
    person = a_person(stage.store, "Bo Li")

    reply = await stage.workspace.command(bo.id, "/postdoc", "")
    opened = await stage.workspace.press(bo.id, reply.messages[0], "person.ask")
    assert opened.modal is not None
    filled = await stage.workspace.fill(bo.id, opened.modal, {"email": "Bo.Li@example.org"})
    assert filled.view is not None
    assert words(filled.view)[0].startswith("If we know that address, a mail is on its way")

    mail = letter(stage.store, "person.link", person)
    assert mail is not None
    button = mail.buttons[0]
    assert button.action == "person.link"
    now = stage.clock.now()
    stage.store.run_sync(linking.link, button.object_id, by=person, now=now)
    await stage.deliver()

    assert slack_ids(stage.store) == [bo.id]
    assert words(stage.workspace.messages(bo.id)[0])[0] == "Welcome to Samband"


async def test_an_unknown_address_gets_the_same_answer_and_no_mail(stage: Stage) -> None:
    bo = stage.workspace.add_member("bo", "Bo Li", "bo@home.example")
    a_person(stage.store)

    reply = await stage.workspace.command(bo.id, "/postdoc", "")
    opened = await stage.workspace.press(bo.id, reply.messages[0], "person.ask")
    assert opened.modal is not None
    filled = await stage.workspace.fill(bo.id, opened.modal, {"email": "who@example.org"})

    assert filled.view is not None
    assert words(filled.view)[0].startswith("If we know that address, a mail is on its way")
    assert told(stage.store, "person.link") == []


async def test_a_guest_is_refused_politely_whatever_the_address(stage: Stage) -> None:
    bo = stage.workspace.add_member("bo", "Bo Li", "bo.li@example.org", is_restricted=True)
    a_person(stage.store, "Bo Li")

    reply = await stage.workspace.command(bo.id, "/postdoc", "meetups")
    await stage.workspace.open_home(bo.id)
    home = stage.workspace.home(bo.id)

    assert words(reply.messages[0])[0].startswith("Guests and people of other organisations")
    assert home is not None
    assert words(home)[0].startswith("Guests and people of other organisations")
    assert slack_ids(stage.store) == [None]


async def test_somebody_whom_slack_does_not_show_us_is_a_guest(stage: Stage) -> None:
    bo = stage.workspace.add_member("bo", "Bo Li", "bo.li@example.org")
    a_person(stage.store, "Bo Li")
    stage.workspace.fail_next("users.info", error="user_not_visible")

    reply = await stage.workspace.command(bo.id, "/postdoc", "meetups")

    assert words(reply.messages[0])[0].startswith("Guests and people of other organisations")


async def test_a_guest_who_joins_is_not_greeted(stage: Stage) -> None:
    bo = stage.workspace.add_member("bo", "Bo Li", "bo.li@example.org", is_restricted=True)
    a_person(stage.store, "Bo Li")

    await stage.workspace.join_team(bo.id)

    assert slack_ids(stage.store) == [None]


async def test_an_address_that_slack_has_not_proved_links_nobody(stage: Stage) -> None:
    a_person(stage.store, "Bo Li")
    user = {"id": "U1", "is_email_confirmed": False, "profile": {"email": "bo.li@example.org"}}

    await stage.receive("events_api", event("team_join", user))

    assert slack_ids(stage.store) == [None]
    assert told(stage.store, "person.welcome") == []


async def test_when_slack_cannot_say_who_it_is_nothing_is_assumed(stage: Stage) -> None:
    bo = stage.workspace.add_member("bo", "Bo Li", "bo.li@example.org")
    a_person(stage.store, "Bo Li")
    stage.workspace.fail_next("users.info", error="internal_error")

    reply = await stage.workspace.command(bo.id, "/postdoc", "meetups")

    assert words(reply.messages[0])[0].startswith("Slack is busy just now.")
    assert slack_ids(stage.store) == [None]


def user_change(user: str, **more: object) -> Json:
    return event("user_change", {"id": user, **more})


def event(kind: str, user: Json) -> Json:
    inner = {"type": kind, "user": user}
    return {"type": "event_callback", "event_id": "Ev1", "event": inner}


@pytest.mark.parametrize("change", [{"deleted": True}, {"is_ultra_restricted": True}])
async def test_mail_takes_over_from_who_is_gone_or_a_guest(
    stage: Stage, change: dict[str, bool]
) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    a_person(stage.store, slack_id=ada.id)

    await stage.receive("events_api", user_change(ada.id))
    assert slack_ids(stage.store) == [ada.id]

    await stage.receive("events_api", user_change(ada.id, **change))
    assert slack_ids(stage.store) == [None]


async def test_a_new_member_who_is_known_is_greeted_once(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    bo = stage.workspace.add_member("bo", "Bo Li", "bo@home.example")
    a_person(stage.store)

    for member in (ada, ada, bo):
        await stage.workspace.join_team(member.id)
    await stage.deliver()

    assert words(stage.workspace.messages(ada.id)[0])[0] == "Welcome to Samband"
    assert len(stage.workspace.messages(ada.id)) == 1
    assert stage.workspace.messages(bo.id) == []
