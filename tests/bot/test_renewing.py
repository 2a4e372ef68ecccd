"""A token that expires is renewed in time, once for all processes, and saved before it is used."""

import asyncio
from pathlib import Path

import pytest

from bot import app as bot_app
from bot.app import Chat
from bot.deadline import Deadline
from bot.pacing import PacedClient
from bot.renewing import RenewedToken, SlackApp
from bot.standing import Standing
from bot.token_files import Pair, TokenFile
from community import chat_tokens
from community.people import Role
from community.store import Store
from tests.bot.conftest import Hands
from tests.bot.recorded import SECRET, Payload, sent
from tests.bot.slack_double import CLIENT_ID, CLIENT_SECRET, SlackDouble
from tests.builders import a_house, a_person, letter, notices

pytestmark = pytest.mark.anyio

FIRST = "xoxe-1-double0"


@pytest.fixture
def file(tmp_path: Path) -> TokenFile:
    return TokenFile(tmp_path / "token.json")


def renewed(hands: Hands, slack: SlackDouble, file: TokenFile, first: str = FIRST) -> RenewedToken:
    url = f"{slack.url}/api/"
    app = SlackApp(client_id=CLIENT_ID, client_secret=CLIENT_SECRET, api_url=url)
    return RenewedToken(hands, file, app, first=first)


def kept(file: TokenFile) -> Pair:
    pair = file.read()
    assert pair is not None
    return pair


async def test_it_is_renewed_an_hour_before_it_expires_and_after_a_restart(
    hands: Hands, slack: SlackDouble, file: TokenFile
) -> None:
    token = renewed(hands, slack, file)

    first = [await token.current() for _ in range(2)]
    hands.move(hours=10, minutes=59)
    later = [await token.current(), await renewed(hands, slack, file).current()]
    hands.move(minutes=1)
    due = await token.current()
    hands.move(hours=24)
    after_a_rest = await renewed(hands, slack, file, first="").current()

    assert [*first, *later] == ["xoxe.xoxb-1-double1"] * 4
    assert (due, after_a_rest) == ("xoxe.xoxb-1-double2", "xoxe.xoxb-1-double3")
    assert (kept(file).token, kept(file).refresh_token) == (after_a_rest, "xoxe-1-double3")
    assert (kept(file).expires_at - hands.now()).total_seconds() == 43200
    assert slack.complaints == []


async def test_two_processes_renew_once(hands: Hands, slack: SlackDouble, file: TokenFile) -> None:
    both = [renewed(hands, slack, file) for _ in range(2)]

    first = await asyncio.gather(*(token.current() for token in both * 3))
    hands.move(hours=11)
    second = await asyncio.gather(*(token.current() for token in both * 3))

    assert (set(first), set(second)) == ({"xoxe.xoxb-1-double1"}, {"xoxe.xoxb-1-double2"})
    assert len(slack.named("oauth.v2.access")) == 2


async def test_the_old_one_is_used_while_the_next_cannot_be_had(
    hands: Hands, slack: SlackDouble, file: TokenFile
) -> None:
    token = renewed(hands, slack, file)
    await token.current()
    hands.move(hours=11)
    answers = []

    for error in ("internal_error", "invalid_refresh_token"):
        slack.fail_next("oauth.v2.access", error)
        answers += [(await token.current(), token.trouble) for _ in range(2)]
        hands.move(minutes=1)
    slack.fail_next("oauth.v2.access", "ratelimited", retry_after=90)
    waited = [await token.current()]
    hands.move(seconds=89)
    waited.append(await token.current())
    asked = len(slack.named("oauth.v2.access"))
    hands.move(seconds=1)

    old = "xoxe.xoxb-1-double1"
    assert answers == [(old, "slack_not_reached")] * 2 + [(old, "invalid_refresh_token")] * 2
    assert (waited, asked) == ([old, old], 4)
    assert (await token.current(), token.trouble) == ("xoxe.xoxb-1-double2", "")


async def test_slack_is_not_asked_when_the_file_cannot_be_written(
    hands: Hands, slack: SlackDouble, file: TokenFile
) -> None:
    (file.path.parent / "token.json.lock").mkdir()
    token = renewed(hands, slack, file)

    found = (await token.current(), token.trouble)
    (file.path.parent / "token.json.lock").rmdir()
    file.path.write_text("something else")
    hands.move(minutes=1)
    unread = (await token.current(), token.trouble)
    asked = len(slack.calls)
    file.path.unlink()
    hands.move(minutes=1)

    assert (found, unread, asked) == (("", "token_file_unusable"), ("", "token_file_unusable"), 0)
    assert (await token.current(), token.trouble) == ("xoxe.xoxb-1-double1", "")


async def test_nothing_is_taken_from_an_answer_without_the_next_pair(
    hands: Hands, slack: SlackDouble, file: TokenFile
) -> None:
    token = renewed(hands, slack, file)
    slack.ordered["oauth.v2.access"] = [(200, {}, {"ok": True, "access_token": "xoxb-1"})]

    found = (await token.current(), token.trouble, file.read())
    slack.url = "http://127.0.0.1:9"
    unreached = renewed(hands, slack, file)

    assert found == ("", "no_new_pair", None)
    assert (await unreached.current(), unreached.trouble) == ("", "slack_not_reached")


async def test_another_refresh_token_in_the_settings_begins_anew(
    hands: Hands, slack: SlackDouble, file: TokenFile
) -> None:
    await renewed(hands, slack, file).current()
    slack.refresh_token, slack.tokens = "xoxe-1-double70", set()

    again = await renewed(hands, slack, file, first="xoxe-1-double70").current()
    without = await renewed(hands, slack, file, first="").current()

    assert (again, without) == ("xoxe.xoxb-1-double71",) * 2


async def test_another_refresh_token_in_its_file_is_taken_without_a_restart(
    hands: Hands, slack: SlackDouble, file: TokenFile, tmp_path: Path
) -> None:
    first_file = tmp_path / "refresh-token"
    first_file.write_text(FIRST)
    app = SlackApp(client_id=CLIENT_ID, client_secret=CLIENT_SECRET, api_url=f"{slack.url}/api/")
    token = RenewedToken(hands, file, app, first=FIRST, first_file=first_file)
    await token.current()
    slack.refresh_token, slack.tokens = "xoxe-1-double70", set()
    hands.move(hours=11)

    refused = (await token.current(), token.trouble)
    first_file.write_text("half a\n")
    hands.move(minutes=1)
    unfinished = (await token.current(), token.trouble)
    first_file.write_text("xoxe-1-double70\n")
    hands.move(minutes=1)

    assert refused == unfinished == ("xoxe.xoxb-1-double1", "invalid_refresh_token")
    assert (await token.current(), token.trouble) == ("xoxe.xoxb-1-double71", "")


async def test_a_refused_token_is_looked_up_or_renewed_and_the_call_goes_out(
    hands: Hands, slack: SlackDouble, sqlite_store: Store, file: TokenFile
) -> None:
    standing, token = Standing(sqlite_store, hands), renewed(hands, slack, file)
    url = f"{slack.url}/api/"
    client = PacedClient(hands, standing, Deadline(), token=token, base_url=url, timeout=10)
    await client.auth_test()
    other = renewed(hands, slack, file)

    slack.tokens = set()  # revoked by hand: a minute later we may ask
    hands.move(minutes=1)
    renewed_by_us = await client.auth_test()
    slack.tokens = set()
    hands.move(minutes=1)
    await other.another(await other.current())
    slack.tokens.remove("xoxe.xoxb-1-double2")
    renewed_by_another = await client.auth_test()

    assert renewed_by_us["ok"]
    assert renewed_by_another["ok"]
    assert await token.current() == await other.current() == "xoxe.xoxb-1-double3"
    assert (len(slack.named("oauth.v2.access")), standing.trouble) == (3, "")


def a_chat(store: Store, hands: Hands, slack: SlackDouble, token: RenewedToken) -> Chat:
    return bot_app.build(
        store, a_house(), hands, token=token, signing_secret=SECRET, api_url=f"{slack.url}/api"
    )


async def test_a_member_notices_nothing_and_administrators_hear_what_to_mend(
    hands: Hands,
    slack: SlackDouble,
    sqlite_store: Store,
    file: TokenFile,
    capsys: pytest.CaptureFixture[str],
) -> None:
    a_person(sqlite_store, slack_id="U0ADA")
    rita = a_person(sqlite_store, "Rita Moe", roles=(Role.ADMIN,))
    nils = a_person(sqlite_store, "Nils Moe", roles=(Role.ADMIN,), language="nb")
    chat = a_chat(sqlite_store, hands, slack, renewed(hands, slack, file))
    typed = Payload(shape="command", given={"name": "/postdoc", "text": "meetup"})

    for number in range(3):
        await sent(chat, typed.filled(number, url=slack.url, ids={}))
        hands.move(hours=11)
    slack.refresh_token = "xoxe-1-double90"
    for number in range(3, 5):
        await sent(chat, typed.filled(number, url=slack.url, ids={}))
        hands.move(minutes=1)

    assert len(slack.named("views.open")) == 5
    assert slack.named("response_url") == []
    codes = [chat_tokens.code_of(one.detail) for one in notices(sqlite_store, chat_tokens.REFUSED)]
    assert codes == ["renewal invalid_refresh_token"] * 2
    said, sagt = (letter(sqlite_store, chat_tokens.REFUSED, one) for one in (rita, nils))
    assert said is not None
    assert sagt is not None
    assert "cannot be renewed: invalid_refresh_token." in said.paragraphs[0]
    assert "kan ikke fornyes: invalid_refresh_token." in sagt.paragraphs[0]
    log = capsys.readouterr().out
    assert (log.count("slack.renewed "), log.count("slack.renewal ")) == (3, 1)
    assert "xox" not in log
    assert slack.complaints[3:] == []
