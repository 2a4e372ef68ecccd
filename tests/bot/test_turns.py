"""How a turn ends when Slack is not itself, or when what comes in is not for us; signed HTTP."""

import asyncio
import json
import threading
from dataclasses import dataclass

import pytest
from slack_sdk.signature import Clock as MachineClock
from sqlalchemy import func, select

from bot.app import Chat
from community import chat_tokens
from community.journal import Entry
from community.people import Role
from community.store import Session, Store
from sandbox.signing import signed
from tests.bot.conftest import Hands
from tests.bot.recorded import SECRET, Payload, a_chat, request, sent
from tests.bot.slack_double import Json, SlackDouble
from tests.builders import a_meetup, a_person, told

pytestmark = pytest.mark.anyio

LINE = "meetup Walk | Park | 2027-02-03 12:00"
GUEST = "Guests and people of other organisations cannot use this here."
OLDER = "This button is of an older version"
CROWDED = (
    "Many are here just now. Please try again in a minute. / "
    "Det er mange her akkurat nå. Prøv igjen om et minutt."
)


@dataclass
class Scene:
    """A bot with its signed way in, the strict Slack, and Ada."""

    slack: SlackDouble
    chat: Chat
    store: Store
    number: int = 0

    def payload(self, shape: str, who: str = "ada", **given: object) -> Json:
        self.number += 1
        payload = Payload(shape=shape, who=who, given=given)
        return payload.filled(self.number, url=self.slack.url, ids={})

    def typed(self, text: str, who: str = "ada") -> Json:
        return self.payload("command", who, name="/postdoc", text=text)

    def pressed(self, name: str, value: str, who: str = "ada", where: str = "message") -> Json:
        action = {"type": "button", "action_id": name, "block_id": "b1", "value": value}
        return self.payload(where, who, name=name, action=action, element=action)

    def form(self, name: str = "meetup.propose", who: str = "ada") -> Json:
        element = {"type": "plain_text_input", "value": "Walk"}
        block = {"type": "input", "block_id": "topic", "element": element}
        state = {"topic": {"topic": element}}
        return self.payload("submission", who, name=name, state=state, blocks=[block])

    def entries(self) -> int:
        count = select(func.count()).select_from(Entry)
        return self.store.read_sync(lambda session: session.scalar(count)) or 0

    def said(self) -> list[str]:
        """Return the first line of everything that somebody was told."""
        told = [*self.slack.named("response_url"), *self.slack.named("chat.postMessage")]
        return [str(one["text"]).partition("\n")[0] for one in told]


@pytest.fixture
def scene(sqlite_store: Store, hands: Hands, slack: SlackDouble) -> Scene:
    a_person(sqlite_store, slack_id="U0ADA")
    return Scene(slack, a_chat(sqlite_store, hands, slack), sqlite_store)


async def test_what_is_of_another_app_is_401_and_does_nothing(scene: Scene) -> None:
    before = scene.entries()
    first = await sent(scene.chat, scene.typed(LINE) | {"api_app_id": "A0OTHER"})
    second = await sent(scene.chat, scene.typed(LINE) | {"api_app_id": "A0OTHER"})

    # Who we are is asked with the first; it is answered at once, and does nothing all the same.
    assert (first[0], second[0]) == (200, 401)
    assert (scene.entries(), scene.said()) == (before, [])


async def test_what_is_of_another_workspace_is_refused(scene: Scene) -> None:
    before = scene.entries()
    payloads = [scene.typed(LINE) | {"team_id": "T0OTHER"}]
    payloads += [scene.form() | {"team": {"id": "T0OTHER", "domain": "other"}}]
    event = scene.payload("user_change", deleted=True)
    payloads += [event | {"authorizations": [{"team_id": "T0OTHER", "enterprise_id": None}]}]

    answers = [await sent(scene.chat, payload) for payload in payloads]

    assert scene.entries() == before
    assert [said.startswith(GUEST) for said in scene.said()] == [True]
    assert json.loads(answers[1][2])["errors"]["topic"].startswith(GUEST)
    assert [status for status, _, _ in answers] == [200] * 3


@pytest.mark.parametrize("who", ["gus", "ext"])
async def test_guests_and_people_of_elsewhere_are_refused_in_every_way_in(
    scene: Scene, who: str
) -> None:
    before = scene.entries()
    spoken = [
        scene.typed("help", who),
        scene.pressed("meetup.join", "1", who),
        scene.pressed("meetup.join", "1", who, "ephemeral"),
        scene.pressed("meetup.propose", "", who, "home"),
        scene.payload("shortcut", who, name="meetup.propose"),
        scene.payload("message_shortcut", who, name="meetup.propose", text="Lunch?"),
    ]
    for payload in spoken:
        await sent(scene.chat, payload)
    form = await sent(scene.chat, scene.form(who=who))
    told = scene.said()
    await sent(scene.chat, scene.payload("app_home_opened", who))
    await sent(scene.chat, scene.payload("team_join", who) | {})

    assert [words.startswith(GUEST) for words in told] == [True] * len(spoken)
    assert json.loads(form[2])["errors"]["topic"].startswith(GUEST)
    assert scene.said() == told  # an event is silent
    assert scene.slack.named("views.open") == []
    assert scene.entries() == before


async def test_a_value_that_was_tampered_with_does_nothing(scene: Scene) -> None:
    before = scene.entries()
    await sent(scene.chat, scene.pressed("digest.leave", "999999"))
    for value in ("999999", "-1", "1 OR 1=1", "", "9" * 30, "１", "1.0", "None"):
        await sent(scene.chat, scene.pressed("meetup.join", value))

    assert scene.said()[:2] == ["That is not there any more.", "There is no such meetup."]
    assert {words.partition(".")[0] for words in scene.said()[2:]} == {OLDER}
    assert scene.entries() == before


async def test_roles_are_looked_at_when_it_is_pressed(scene: Scene) -> None:
    a_person(scene.store, "Bo Li", slack_id="U0BO")
    for name in ("post.accept", "gathering.cancel", "announcement.send", "thread.close"):
        await sent(scene.chat, scene.pressed(name, "1", "bo"))
    await sent(scene.chat, scene.pressed("gathering.publish", "", "bo", "home"))

    assert len(scene.said()) == 5
    assert not any("Something broke" in words for words in scene.said())
    assert scene.slack.named("views.open") == []


async def test_a_modal_that_slack_will_not_open_is_said(scene: Scene, hands: Hands) -> None:
    scene.slack.fail_next("views.open", "ratelimited", retry_after=5)
    await sent(scene.chat, scene.typed("meetup"))
    hands.move(seconds=5)
    scene.slack.fail_next("views.open", "internal_error")
    await sent(scene.chat, scene.typed("meetup"))
    scene.slack.fail_next("views.open", "expired_trigger_id")
    await sent(scene.chat, scene.typed("meetup"))

    assert scene.said() == [
        "Slack is busy just now. Please try again in a minute.",
        "Slack is busy just now. Please try again in a minute.",
        "That took too long, and Slack opens nothing now. Please try again.",
    ]


async def test_without_a_trigger_what_needs_no_form_works_and_the_rest_is_said(
    scene: Scene,
) -> None:
    bare = [scene.typed(LINE), scene.typed("meetup"), scene.pressed("meetup.propose", "")]
    bare += [scene.typed("lists"), scene.typed(LINE)]
    for payload in bare:
        del payload["trigger_id"]
        await sent(scene.chat, payload)

    said = [words.partition(".")[0] for words in scene.said()]
    assert said[:3] == ["Proposed", "Slack lets us open no form here", said[1]]
    assert (len(said), said[4]) == (5, "Proposed")
    assert scene.slack.named("views.open") == []


async def test_what_slack_signed_and_is_no_payload_is_refused_quietly(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    form, json_kind = "application/x-www-form-urlencoded", "application/json"
    bodies = [(json_kind, each) for each in ("[]", "null", "5", '"x"', "{", "{}", "[" * 99_999)]
    bodies += [(json_kind, '{"user":5}'), (json_kind, '{"authorizations":[5],"type":"x"}')]
    bodies += [(form, each) for each in ("", "x", "payload", "payload=", "payload=%5B%5D")]
    bodies += [(form, 'payload={"type":"block_actions"}'), (form, "command=%2Fpostdoc")]
    answers = []
    for kind, body in bodies:
        headers = {"Content-Type": kind, **signed(SECRET, body, at=int(MachineClock().now()))}
        answers.append(await scene.chat.http(body.encode(), headers))

    out = capsys.readouterr().out
    assert answers == [(400, {}, b"")] * len(bodies)
    assert out.count("slack.unreadable") == out.count("slack.") == len(bodies)


async def test_what_slack_refuses_is_taken_as_what_it_is(
    scene: Scene, hands: Hands, capsys: pytest.CaptureFixture[str]
) -> None:
    rita = a_person(scene.store, "Rita Moe", roles=(Role.ADMIN,))
    forbidden = "Slack does not let this app do that here. Tell those who run this service: "
    shut_out = "Slack does not let us in just now. Those who run this service have been told."
    for code, said in (
        ("fatal_error", "Slack is busy just now. Please try again in a minute."),
        ("ekm_access_denied", f"{forbidden}ekm_access_denied"),
        ("missing_scope", f"{forbidden}missing_scope"),
        ("account_inactive", shut_out),
        ("user_not_found", ""),
    ):
        before = len(scene.said())
        scene.slack.fail_next("views.open", code)
        await sent(scene.chat, scene.typed("meetup"))
        assert "".join(scene.said()[before:]) == said
    out = capsys.readouterr().out
    assert (out.count("slack.refused"), out.count("slack.broke")) == (5, 0)
    assert told(scene.store, chat_tokens.REFUSED) == [(rita, "mail")]

    scene.slack.fail_next("views.open", "view_too_large")
    await sent(scene.chat, scene.typed("meetup"))
    assert scene.said()[-1].startswith("Something broke.")
    assert "view_too_large" in capsys.readouterr().out


async def test_a_tab_that_slack_does_not_take_disturbs_nobody_and_follows(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = ["user_not_found", "not_enabled", "account_inactive", "internal_error"]
    for code in codes:
        scene.slack.fail_next("views.publish", code)
        await sent(scene.chat, scene.payload("app_home_opened"))

    out = capsys.readouterr().out
    assert (out.count("slack.refused"), out.count("home.late"), out.count("slack.broke")) == (
        3,
        1,
        0,
    )
    assert scene.said() == []


async def test_what_is_done_is_never_said_to_have_come_to_nothing(scene: Scene) -> None:
    bo = a_person(scene.store, "Bo Li", slack_id="U0BO")
    lunch = a_meetup(scene.store, bo)
    scene.slack.fail_next("views.publish", "not_enabled")

    await sent(scene.chat, scene.pressed("meetup.join", str(lunch), where="home"))

    assert scene.said() == ["It is done. Slack does not show it just now."]


async def test_what_is_done_is_told_directly_when_the_response_address_fails(
    scene: Scene,
) -> None:
    scene.slack.refuse_responses = True

    await sent(scene.chat, scene.typed(LINE))

    assert [said["channel"] for said in scene.slack.named("chat.postMessage")] == ["D0U0ADA"]
    assert scene.said()[-1].startswith("Proposed.")


async def test_an_event_that_broke_is_asked_for_again_and_a_click_is_not(scene: Scene) -> None:
    event = scene.payload("user_change", deleted=True)
    broken = await sent(
        scene.chat, event | {"event": {"type": "user_change", "user": {"id": "U0", "profile": 5}}}
    )
    again = await sent(scene.chat, event, retry=1)
    scene.slack.fail_next("users.info", "internal_error")
    click = await sent(scene.chat, scene.typed("help", "new"))

    assert (broken[0], again[0], click[0]) == (500, 200, 200)
    assert scene.said() == ["Slack is busy just now. Please try again in a minute."]


async def test_events_of_a_limited_minute_and_forms_that_were_closed_are_taken(
    scene: Scene,
) -> None:
    shapes = ("app_rate_limited", "closed", "channel_created", "url_verification")
    answers = [await sent(scene.chat, scene.payload(shape, name="x")) for shape in shapes]

    assert [status for status, _, _ in answers] == [200] * 4
    assert scene.slack.calls == []


async def test_a_flood_is_turned_away_in_words_and_what_has_begun_is_done(scene: Scene) -> None:
    bo = a_person(scene.store, "Bo Li", slack_id="U0BO")
    meetup = a_meetup(scene.store, bo)
    await sent(scene.chat, scene.typed("help"))
    scene.chat.most_turns = 2
    let_go, before = threading.Event(), scene.entries()
    blocked = asyncio.ensure_future(scene.store.run(lambda session: let_go.wait(60)))
    for payload in (scene.typed(LINE), scene.pressed("meetup.join", str(meetup))):
        await scene.chat.http(*request(payload))

    turned_away = [
        await scene.chat.http(*request(payload))
        for payload in (
            scene.typed(LINE),
            scene.form(),
            scene.pressed("meetup.join", str(meetup)),
            scene.payload("user_change", deleted=True),
        )
    ]
    let_go.set()
    await blocked
    await scene.chat.settled()

    assert [status for status, _, _ in turned_away] == [200, 200, 503, 503]
    assert turned_away[0][2].decode() == CROWDED
    assert json.loads(turned_away[1][2])["errors"] == {"topic": CROWDED}
    # The meetup, its host, and that Ada comes to the other one.
    assert scene.entries() == before + 3


async def test_a_repeated_form_counts_once_and_another_of_the_same_view_again(
    scene: Scene,
) -> None:
    form = scene.payload(
        "submission",
        name="person.set_fields",
        kept='{"id": 1}',
        state={"field": {"field": {"type": "static_select", "selected_option": {"value": "1.2"}}}},
    )
    before = scene.entries()
    for _ in range(2):
        await sent(scene.chat, form)
    once = scene.entries() - before
    await sent(scene.chat, form | {"view": form["view"] | {"hash": "1801472400.fedcba"}})

    assert (once, scene.entries() - before) == (1, 2)


def _journal(session: Session) -> list[str]:
    return list(session.scalars(select(Entry.event).order_by(Entry.id)))


async def test_m4_two_processes_on_either_database_do_it_once(
    store: Store, hands: Hands, slack: SlackDouble
) -> None:
    a_person(store, slack_id="U0ADA")
    a_person(store, "Sven Dal")
    other = Store(store.url)
    scene, elsewhere = Scene(slack, a_chat(store, hands, slack), store), a_chat(other, hands, slack)
    payloads = [
        scene.typed(LINE),
        scene.pressed("person.norwegian", "1"),
        scene.payload("team_join", "sven", email="sven.dal@example.org"),
        scene.payload("user_change", deleted=True),
    ]

    for payload in payloads:
        body, headers = request(payload)
        await asyncio.gather(*(chat.http(body, headers) for chat in (scene.chat, elsewhere) * 2))
        await scene.chat.settled()
        await elsewhere.settled()
    other.close()

    done = ["meetup.propose", "rsvp.join", "person.speak", "person.link", "person.unlink"]
    assert store.read_sync(_journal)[2:] == done
