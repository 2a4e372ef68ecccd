"""The Home tab: what comes next, what can be set, and the same again after each press."""

from datetime import UTC, datetime, timedelta

import pytest

from community import expectations, gatherings, meetings, meetups
from community.audiences import Audience
from community.people import Role
from community.store import Session
from sandbox.blockkit import view_problems
from sandbox.records import View
from tests.bot.conftest import Stage
from tests.bot.reading import labels, words
from tests.builders import (
    EARLIER,
    NEXT_WEEK,
    a_coordinator,
    a_gathering,
    a_list,
    a_mail,
    a_meetup,
    a_moderator,
    a_person,
    a_post,
    a_reader,
)

pytestmark = pytest.mark.anyio

HOW = "postdocs@lists.example.org"
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
        "What do you do research in?",
        "Then you hear of meetups in your field and close to it.",
    ]
    lines = said.index("My lists")
    assert said[lines : lines + 5] == [
        "My lists",
        HOW,
        LEFT,
        "My meetups",
        "Lunch\nMon 8 Feb, 12:00–13:00 · Hangaren · 2/5",
    ]
    assert "Not mine" not in said
    assert view_problems({"type": "home", "blocks": home.blocks}) == []


async def test_home_is_shown_anew_with_what_was_done(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    a_person(stage.store)
    a_list(stage.store)
    home = await opened(stage, ada.id)

    await stage.workspace.press(ada.id, home, "mailing_list.join")

    assert words(home)[0] == "✓ You are on the list."
    assert HOW in words(home)


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


async def test_a_list_behind_a_button_of_home_is_shown_anew_after_a_press(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    a_person(stage.store)
    home = await opened(stage, ada.id)
    stopped = "✓ Stopped. You can start it again here at any time."

    reply = await stage.workspace.press(ada.id, home, "home.show", value="person")
    assert reply.modal is not None
    await stage.workspace.press(ada.id, reply.modal, "person.choose_way", selected="meetup-none")

    assert words(reply.modal)[:2] == [stopped, "What we tell you"]
    assert stage.workspace.seen_by(ada.id) == []


async def test_a_form_from_a_list_comes_back_to_it_and_a_no_stands_in_it(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    person = a_person(stage.store)
    a_list(stage.store, person)
    home = await opened(stage, ada.id)
    shown = (await stage.workspace.press(ada.id, home, "home.show", value="mailing_list")).modal
    assert shown is not None

    form = (await stage.workspace.press(ada.id, shown, "mailing_list.pause")).modal
    assert form is not None
    await stage.workspace.fill(ada.id, form, {"until": int(NEXT_WEEK.timestamp())})

    assert words(shown)[0] == "✓ Paused. It starts again by itself."
    lunch = a_meetup(stage.store, a_person(stage.store, "Bo Li"))
    meals = (await stage.workspace.press(ada.id, home, "home.show", value="meetup")).modal
    assert meals is not None
    stage.store.run_sync(meetups.cancel, lunch, by=2, now=stage.clock.now())
    await stage.workspace.press(ada.id, meals, "meetup.join")
    assert "“Lunch” has been cancelled." in words(meals)[0]


async def test_next_is_the_nearest_deadline_of_everything_and_a_button_for_the_rest(
    stage: Stage,
) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    roles = (Role.MEMBER, Role.MENTOR, Role.MODERATOR)
    person = a_person(stage.store, roles=roles, fields=("1.3",))
    bo = a_person(stage.store, "Bo Li", fields=("1.3",))
    kari = a_coordinator(stage.store)
    for number in range(2):
        a_meetup(stage.store, bo, topic=f"Lunch {number}")
    a_gathering(stage.store, kari)
    a_post(stage.store, a_list(stage.store, bo), a_mail("bo.li@example.org"))

    def pair(session: Session) -> None:
        both = {"postdoc_id": bo, "mentor_id": person, "by": kari}
        made = expectations.begin(session, **both, now=EARLIER).id
        times = {f"time_{n}": NEXT_WEEK + timedelta(days=n) for n in (1, 2, 3)}
        meetings.offer(session, made, **times, by=bo, now=EARLIER)

    stage.store.run_sync(pair)
    home = await opened(stage, ada.id)

    said = words(home)
    assert [said[at] for at in (1, 3, 5)] == ["Held: Lunch", "Bo Li", "Lunch 0"]
    assert "and 2 more" in labels(home)
    rest = (await stage.workspace.press(ada.id, home, "home.show", value="next")).modal
    assert rest is not None
    titles = ["Held: Lunch", "Bo Li", "Lunch 0", "Lunch 1", "Spring seminar"]
    assert words(rest)[::2] == titles

    await stage.workspace.press(ada.id, rest, "slot.pick")
    assert words(rest)[0] == "✓ Booked. An invitation for your calendar comes by e-mail."
    assert "We met" not in labels(rest)
    stage.clock.move(days=10)
    assert "We met" in labels(await opened(stage, ada.id))


async def test_home_of_a_moderator_has_the_queue_and_its_forms(stage: Stage) -> None:
    mona = stage.workspace.add_member("mona", "Mona Vik", "mona.vik@example.org")
    a_moderator(stage.store)
    ada = a_person(stage.store)
    a_post(stage.store, a_list(stage.store, ada), a_mail())
    home = await opened(stage, mona.id)
    since = "1 post waits for a moderator. The oldest: Mon 4 Jan, 09:00."
    assert since in words(home)

    reply = await stage.workspace.press(mona.id, home, "post.return")
    assert reply.modal is not None
    filled = await stage.workspace.fill(mona.id, reply.modal, {"reason": "Add a date."})

    assert filled.closed
    assert words(home)[0] == "✓ Returned, with your reason."
    assert since not in words(home)


async def test_home_of_a_coordinator_has_what_is_due_and_stuck_and_what_can_be_made(
    stage: Stage,
) -> None:
    kari = stage.workspace.add_member("kari", "Kari Berg", "kari.berg@example.org")
    coordinator = a_coordinator(stage.store)
    ada = a_person(stage.store)
    bo = a_person(stage.store, "Bo Li", roles=(Role.MENTOR,))

    def pair(session: Session) -> None:
        expectations.begin(session, postdoc_id=ada, mentor_id=bo, by=coordinator, now=EARLIER)

    stage.store.run_sync(pair)
    home = await opened(stage, kari.id)

    said = words(home)
    at = said.index("Due and stuck")
    assert said[at + 1].startswith("Due today: ")
    assert said[at + 2] == "🔴 Ada Holm – Bo Li: no first meeting in ten working days"
    assert labels(home)[:4] == [
        "What is due",
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
    assert capsys.readouterr().out.count("home.late") == 1


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
