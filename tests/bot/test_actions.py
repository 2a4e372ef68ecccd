"""Presses on messages, in lists and in forms: one act each, once, and what is shown then."""

import asyncio
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from community import holds, meetups, moderation
from community.journal import Entry
from community.store import Session, Store
from sandbox import payloads
from sandbox.forms import action_on, element_named
from sandbox.payloads import Occasion
from sandbox.records import Json, Member, Message
from tests.bot.conftest import Stage
from tests.bot.reading import labels, words
from tests.builders import a_list, a_mail, a_meetup, a_moderator, a_person, a_post

pytestmark = pytest.mark.anyio

FIELD = ("1.2",)


def going(store: Store, meetup: int) -> tuple[str, ...]:
    return store.read_sync(meetups.card, meetup, reader_id=0).going


def events(store: Store, event: str) -> int:
    query = select(Entry.id).where(Entry.event == event)
    return len(store.read_sync(lambda session: list(session.scalars(query))))


def linked(stage: Stage, name: str, **more: object) -> Member:
    """Add somebody to both the workspace and the community, linked."""
    first = name.split()[0].lower()
    member = stage.workspace.add_member(
        first, name, f"{name.replace(' ', '.').lower()}@example.org"
    )
    a_person(stage.store, name, slack_id=member.id, **more)  # type: ignore[arg-type]  # a builder's
    return member


async def told_of_a_meetup(stage: Stage) -> tuple[int, Member, Message]:
    ada = linked(stage, "Ada Holm", fields=FIELD)
    host = a_person(stage.store, "Bo Li", fields=FIELD)
    meetup = a_meetup(stage.store, host)
    await stage.deliver()
    return meetup, ada, stage.workspace.messages(ada.id)[0]


async def test_press_acts_and_shows_what_can_be_done_now(stage: Stage) -> None:
    meetup, ada, message = await told_of_a_meetup(stage)

    await stage.workspace.press(ada.id, message, "meetup.join")

    assert going(stage.store, meetup) == ("Bo Li", "Ada Holm")
    assert labels(message) == ["I can’t come"]
    assert words(message)[:2] == ["Meetup: Lunch", "You are coming to this meetup."]
    assert "Bo Li and Ada Holm (2/5)" in words(message)
    assert words(message)[-1] == ("✓ You are in. An invitation for your calendar comes by e-mail.")


async def test_press_can_be_taken_back_in_the_same_message(stage: Stage) -> None:
    meetup, ada, message = await told_of_a_meetup(stage)

    await stage.workspace.press(ada.id, message, "meetup.join")
    await stage.workspace.press(ada.id, message, "meetup.leave")

    assert going(stage.store, meetup) == ("Bo Li",)
    assert labels(message) == ["Join"]


async def test_press_on_what_leaves_nothing_to_do_takes_the_buttons_away(stage: Stage) -> None:
    post, mona, message = await a_held_post(stage)

    await stage.workspace.press(mona.id, message, "post.accept")

    assert stage.store.read_sync(holds.card, post).state == "released"
    assert labels(message) == []
    assert words(message)[-1] == "✓ Accepted. It is on its way to the list."


async def test_stopping_leaves_the_other_buttons(stage: Stage) -> None:
    meetup, ada, message = await told_of_a_meetup(stage)

    await stage.workspace.press(ada.id, message, "meetup.mute", selected=str(meetup))

    assert labels(message) == ["Join"]
    assert words(message)[-1].startswith("✓ You will hear of no new meetups.")


async def test_a_refusal_is_for_the_member_alone_and_leaves_the_message(stage: Stage) -> None:
    meetup, ada, message = await told_of_a_meetup(stage)
    host = stage.store.read_sync(meetups.card, meetup, reader_id=0).host_id
    stage.store.run_sync(meetups.cancel, meetup, by=host, now=stage.clock.now())

    await stage.workspace.press(ada.id, message, "meetup.join")

    assert [words(one) for one in stage.workspace.ephemerals(ada.id)] == [
        ["“Lunch” has been cancelled."]
    ]
    assert message.history == []


async def test_the_card_follows_a_word_given_on_home_and_not_one_given_on_itself(
    stage: Stage,
) -> None:
    _, ada, message = await told_of_a_meetup(stage)
    await stage.workspace.open_home(ada.id)
    home = stage.workspace.home(ada.id)
    assert home is not None

    await stage.workspace.press(ada.id, home, "meetup.join")
    await stage.deliver()
    after_home = labels(message), len(message.history)
    await stage.workspace.press(ada.id, message, "meetup.leave")
    await stage.deliver()

    assert after_home == (["I can’t come"], 1)
    assert (labels(message)[0], len(message.history)) == ("Join", 2)


async def test_a_press_that_comes_twice_counts_once(stage: Stage) -> None:
    meetup, ada, message = await told_of_a_meetup(stage)
    joined = pressed(stage, ada, message, "meetup.join", trigger_id="1.1")
    await stage.receive("interactive", joined)
    me = stage.store.read_sync(
        lambda s: list(s.scalars(select(Entry.person_id).order_by(Entry.id)))
    )[-1]
    assert me is not None
    stage.store.run_sync(meetups.leave, meetup, by=me, now=stage.clock.now())

    again = await stage.receive("interactive", joined)

    assert again.error is None
    assert going(stage.store, meetup) == ("Bo Li",)
    assert events(stage.store, "rsvp.join") == 2  # the host's and Ada's
    assert len(message.history) == 1


def pressed(
    stage: Stage, member: Member, message: Message, action_id: str, *, trigger_id: str
) -> Json:
    block, element = element_named(message.blocks, action_id)
    memory = stage.workspace.memory
    return payloads.pressed_in_message(
        memory,
        Occasion(member=member, trigger_id=trigger_id, channel=memory.channels[message.channel]),
        message=message,
        action=action_on(block, element, element["value"], at="1.1"),
        values={},
    )


async def a_held_post(stage: Stage) -> tuple[int, Member, Message]:
    mona = stage.workspace.add_member("mona", "Mona Vik", "mona.vik@example.org")
    a_moderator(stage.store, slack_id=mona.id)
    ada = a_person(stage.store)
    post = a_post(stage.store, a_list(stage.store, ada), a_mail(text="<!channel> *hi* :tada:"))
    await stage.deliver()
    return post, mona, stage.workspace.messages(mona.id)[0]


async def test_the_words_of_a_mail_stay_words(stage: Stage) -> None:
    _, _, message = await a_held_post(stage)

    quote = next(one for one in message.blocks if "<!channel>" in str(one.get("text")))
    assert quote["text"] == {"type": "plain_text", "text": "<!channel> *hi* :tada:", "emoji": False}
    assert "<!" not in message.text


async def test_a_form_is_asked_for_and_brings_the_card_up_to_date(stage: Stage) -> None:
    post, mona, message = await a_held_post(stage)

    reply = await stage.workspace.press(mona.id, message, "post.return")
    assert reply.modal is not None
    filled = await stage.workspace.fill(mona.id, reply.modal, {"reason": "Please add a date."})

    assert filled.closed
    card = stage.store.read_sync(holds.card, post)
    assert (card.state, card.reason) == ("returned", "Please add a date.")
    assert labels(message) == []
    assert words(message)[1] == "Mona Vik has decided: returned to its author."
    assert words(message)[-1] == "✓ Returned, with your reason."


async def test_a_refused_form_keeps_what_was_typed(stage: Stage) -> None:
    post, mona, message = await a_held_post(stage)
    reply = await stage.workspace.press(mona.id, message, "post.return")
    assert reply.modal is not None
    other = a_moderator(stage.store, "Nils Moe")
    stage.store.run_sync(moderation.accept, post, by=other, now=stage.clock.now())

    filled = await stage.workspace.fill(mona.id, reply.modal, {"reason": "No."})

    assert "Nils Moe" in filled.errors["canned"]
    assert stage.store.read_sync(holds.card, post).state == "released"


async def test_what_another_decided_replaces_the_card(stage: Stage) -> None:
    post, mona, message = await a_held_post(stage)
    other = a_moderator(stage.store, "Nils Moe")
    stage.store.run_sync(moderation.accept, post, by=other, now=stage.clock.now())

    await stage.deliver()
    reply = stage.workspace.messages(mona.id)

    assert reply == [message]
    assert labels(message) == []
    assert words(message)[1] == "Nils Moe has decided: accepted, and gone out."


@pytest.mark.parametrize(
    ("starts_at", "ending"),
    [
        (datetime(2027, 2, 3, 11, 0, tzinfo=UTC), "Proposed."),
        (datetime(2026, 2, 3, 11, 0, tzinfo=UTC), "That time is over."),
    ],
)
async def test_a_form_that_takes_long_says_so_and_then_how_it_ended(
    hasty_stage: Stage, starts_at: datetime, ending: str
) -> None:
    stage = hasty_stage
    ada = linked(stage, "Ada Holm")
    await stage.workspace.command(ada.id, "/postdoc", "meetup")
    form = stage.workspace.modal(ada.id)
    assert form is not None
    let_go = threading.Event()

    def block(session: Session) -> None:
        let_go.wait(60)

    blocked = asyncio.ensure_future(stage.store.run(block))
    at = int(starts_at.timestamp())
    given: dict[str, str | int] = {"topic": "Lunch", "place": "Here", "starts_at": at}
    filling = asyncio.ensure_future(stage.workspace.fill(ada.id, form, given))
    changes = stage.workspace.memory.changes
    while words(form)[0] == "What":
        await changes.after(changes.version, seconds=5)
    waiting = words(form)
    let_go.set()
    await blocked
    await filling

    assert waiting == ["This takes longer than usual. You will see here when it is done."]
    assert words(form)[0].startswith(ending)


async def test_what_is_done_is_told_even_if_the_message_is_gone(stage: Stage) -> None:
    meetup, ada, message = await told_of_a_meetup(stage)
    stage.workspace.fail_next("chat.update", error="message_not_found")

    await stage.workspace.press(ada.id, message, "meetup.join")

    assert going(stage.store, meetup) == ("Bo Li", "Ada Holm")
    assert words(stage.workspace.ephemerals(ada.id)[0]) == [
        "You are in. An invitation for your calendar comes by e-mail."
    ]


async def test_a_form_is_done_even_if_its_message_is_gone(stage: Stage) -> None:
    post, mona, message = await a_held_post(stage)
    reply = await stage.workspace.press(mona.id, message, "post.return")
    assert reply.modal is not None
    stage.workspace.fail_next("chat.update", error="message_not_found")

    filled = await stage.workspace.fill(mona.id, reply.modal, {"reason": "Add a date."})

    assert filled.closed
    assert stage.store.read_sync(holds.card, post).state == "returned"


async def test_the_rules_of_a_list_are_shown_beside_it(stage: Stage) -> None:
    ada = linked(stage, "Ada Holm")
    a_list(stage.store)

    lists = await stage.workspace.command(ada.id, "/postdoc", "lists")
    reply = await stage.workspace.press(ada.id, lists.messages[0], "mailing_list.rules")

    assert reply.modal is not None
    assert words(reply.modal)[:2] == ["Posting rules", "postdocs@lists.example.org"]


async def test_a_button_of_an_older_version_says_so(stage: Stage) -> None:
    ada = linked(stage, "Ada Holm")
    dm = stage.workspace.direct(ada.id)
    button = {"type": "button", "text": {"type": "plain_text", "text": "?"}}
    button |= {"action_id": "dance.join", "value": "1"}
    old = {"type": "actions", "elements": [button]}
    await stage.chat.client.chat_postMessage(channel=dm.id, text="old", blocks=[old])

    await stage.workspace.press(ada.id, stage.workspace.messages(ada.id)[0], "dance.join")

    assert words(stage.workspace.ephemerals(ada.id)[0]) == [
        "This button is of an older version. Type /postdoc to see what you can do."
    ]


async def test_a_value_that_is_no_number_is_refused(stage: Stage) -> None:
    ada = linked(stage, "Ada Holm")
    dm = stage.workspace.direct(ada.id)
    button = {"type": "button", "text": {"type": "plain_text", "text": "?"}}
    button |= {"action_id": "meetup.join", "value": "1 OR 1"}
    bad = {"type": "actions", "elements": [button]}
    await stage.chat.client.chat_postMessage(channel=dm.id, text="bad", blocks=[bad])

    await stage.workspace.press(ada.id, stage.workspace.messages(ada.id)[0], "meetup.join")

    assert words(stage.workspace.ephemerals(ada.id)[0])[0].startswith("This button is of an older")


async def test_a_database_that_is_away_is_no_bug(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    _, ada, message = await told_of_a_meetup(stage)

    def lock(session: Session) -> None:
        session.connection().exec_driver_sql("PRAGMA query_only = ON")

    stage.store.run_sync(lock)
    await stage.workspace.press(ada.id, message, "meetup.join")

    assert words(stage.workspace.ephemerals(ada.id)[0]) == [
        "That does not work just now. Please try again in a few minutes."
    ]
    assert "slack.broke" not in capsys.readouterr().out


async def test_what_breaks_is_logged_by_a_reference_and_told(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    _, ada, message = await told_of_a_meetup(stage)

    def lose(session: Session) -> None:
        session.connection().exec_driver_sql("DROP TABLE rsvp")

    stage.store.run_sync(lose)
    await stage.workspace.press(ada.id, message, "meetup.join")

    said = words(stage.workspace.ephemerals(ada.id)[0])[0]
    reference = said.removeprefix("Something broke. It is not your fault. Reference: ")
    assert len(reference) == 8
    out = capsys.readouterr().out
    assert reference in out
    assert "Ada" not in out
