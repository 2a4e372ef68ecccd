"""Every name that the bot is registered for: a recorded payload, and what it leads to; and M4."""

import json
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot import actions, app, commands
from bot.app import Answer
from bot.forms import FORMS
from community.journal import Entry
from community.people import Role
from community.store import Session, Store
from letters.actions import NEEDS_NO_LINK
from tests.bot import names, village
from tests.bot.conftest import Hands
from tests.bot.recorded import Payload, a_chat, sent
from tests.bot.slack_double import Json, SlackDouble, populate
from tests.bot.socket_double import SocketDouble
from tests.bot.socket_double import serving as socket_serving
from tests.bot.village import Village

#: What the bot asks once about itself.
IDENTITY = ("auth.test", "bots.info")
#: Each of so many goes over Socket Mode too.
SAMPLE = 9
#: What these show is there to be read.
READ_ALONE = ["rules", "due"]
pytestmark = pytest.mark.anyio


def registered() -> dict[str, set[str]]:
    """Return what the bot answers to, by kind."""
    return {
        "command": set(commands.COMMANDS),
        "action": {*NEEDS_NO_LINK, *FORMS, *actions.OWN},
        "form": {*FORMS, *(name for name, action in NEEDS_NO_LINK.items() if action.inputs)},
        "shortcut": set(app.SHORTCUTS),
        "event": set(app.EVENTS),
    }


def test_every_registered_name_has_a_payload() -> None:
    there = {str(named) for named in names.every()}
    known = {f"{kind} {name}" for kind, each in registered().items() for name in each}

    assert sorted(known - there) == []


@pytest.fixture
def lived_in(sqlite_store: Store, tmp_path: Path, now: datetime) -> Village:
    ids = village.build(sqlite_store, now)
    kept = Village(path=tmp_path / "kept.db", now=now, ids=ids)
    target = sqlite3.connect(kept.path)
    source = sqlite3.connect(sqlite_store.url.removeprefix("sqlite:///"))
    source.backup(target)
    source.close()
    target.close()
    return kept


def version(probe: sqlite3.Connection) -> int:
    """Return what changes whenever anybody changes anything in the file."""
    [(number,)] = probe.execute("PRAGMA data_version").fetchall()
    return int(number)


def newest(session: Session) -> int:
    return session.scalar(select(func.max(Entry.id))) or 0


def journal(session: Session, since: int) -> list[str]:
    query = select(Entry.event).where(Entry.id > since).order_by(Entry.id)
    return list(session.scalars(query))


def told(slack: SlackDouble, answer: Answer) -> str:
    """Say in one line what Slack was told: the answer, and each call with its first words."""
    status, _, body = answer
    acked = [_ack(body)] if body else []
    if status != 200:
        acked = [str(status)]
    return " ".join(
        [
            *acked,
            *(_words(method, given) for method, given in slack.calls if method not in IDENTITY),
        ]
    )


def _ack(body: bytes) -> str:
    said = json.loads(body)
    if said.get("response_action") == "errors":
        return f"errors “{next(iter(said['errors'].values()))}”"
    if said.get("response_action") == "update":
        return f"update “{_first(said['view'])}”"
    return f"ack “{said}”"


def _words(method: str, given: Json) -> str:
    if method.startswith("views."):
        view = given["view"]
        view = json.loads(view) if isinstance(view, str) else view
        return f"{method} “{_first(view)}”" if view["type"] == "modal" else method
    text = str(given.get("text", "")).partition("\n")[0]
    return f"{method} “{text[:48]}”" if text else method


def _first(view: Json) -> str:
    title = view["title"]["text"]
    block = view["blocks"][0]
    return f"{title}: {block['text']['text'][:32]}" if "text" in block else str(title)


async def test_each_leads_to_what_it_is_for_and_again_to_nothing(
    lived_in: Village, sqlite_store: Store, hands: Hands, slack: SlackDouble
) -> None:
    other_store = Store(sqlite_store.url)
    here, elsewhere = a_chat(sqlite_store, hands, slack), a_chat(other_store, hands, slack)
    probe = sqlite3.connect(sqlite_store.url.removeprefix("sqlite:///"))
    found, changed_again = {}, []
    for number, named in enumerate(names.every()):
        lived_in.restore(sqlite_store.url)
        since = sqlite_store.read_sync(newest)
        payload = named.payload.filled(number, url=slack.url, ids=lived_in.ids)
        slack.calls.clear()
        answer = await sent(here, payload)
        events = sqlite_store.read_sync(journal, since)
        found[str(named)] = f"{' '.join(events)} > {told(slack, answer)}".strip()

        before = version(probe)
        hands.move(hours=24)
        await sent(elsewhere, payload, retry=1)
        hands.move(hours=-24)
        if version(probe) != before:
            changed_again.append(str(named))
    other_store.close()
    probe.close()

    # What is here stands so in `payloads/names.txt`, if it is right.
    expected = {str(named): named.becomes for named in names.every()}
    other = [f"{name} … :: {line}" for name, line in found.items() if line != expected[name]]
    assert other == [], "\n".join(other)
    assert changed_again == []
    assert slack.complaints == []


def pressable(thing: object) -> bool:
    """Say whether there is a button, a menu or a field anywhere in it."""
    if isinstance(thing, dict):
        return "action_id" in thing or any(pressable(each) for each in thing.values())
    return isinstance(thing, list) and any(pressable(each) for each in thing)


async def test_every_word_alone_opens_a_form_or_shows_what_can_be_pressed(
    lived_in: Village, sqlite_store: Store, hands: Hands, slack: SlackDouble
) -> None:
    lived_in.restore(sqlite_store.url)
    chat, who = a_chat(sqlite_store, hands, slack), {None: "ada", Role.MODERATOR: "mona"}
    only_words = []
    for number, (word, command) in enumerate(commands.COMMANDS.items()):
        slack.calls.clear()
        typed = Payload(
            shape="command",
            who=who.get(command.role, "kari"),
            given={"name": commands.NAME, "text": word},
        )
        await sent(chat, typed.filled(number, url=slack.url, ids=lived_in.ids))
        shown = [given.get("view") or given.get("blocks") for _, given in slack.calls[-1:]]
        shown = [json.loads(each) if isinstance(each, str) else each for each in shown]
        if not pressable(shown):
            only_words.append(word)

    assert only_words == READ_ALONE


async def test_a_sample_of_them_leads_to_the_same_over_socket_mode(
    lived_in: Village, sqlite_store: Store, hands: Hands
) -> None:
    slack = SocketDouble()
    populate(slack)
    sample = list(names.every())[::SAMPLE]
    found = {}
    async with socket_serving(slack):
        chat = a_chat(sqlite_store, hands, slack)
        async with chat.connected():
            line = await slack.line(1)
            for number, named in enumerate(sample):
                lived_in.restore(sqlite_store.url)
                since = sqlite_store.read_sync(newest)
                payload = named.payload.filled(number, url=slack.url, ids=lived_in.ids)
                slack.calls.clear()
                ack = await line.send(f"e{number}", payload)
                await chat.settled()
                said = json.dumps(ack["payload"]).encode() if "payload" in ack else b""
                events = sqlite_store.read_sync(journal, since)
                found[str(named)] = f"{' '.join(events)} > {told(slack, (200, {}, said))}".strip()

    assert found == {str(named): named.becomes for named in sample}
    assert slack.complaints == []
