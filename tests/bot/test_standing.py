"""A token that Slack refuses: told once to who can mend it, and all goes on when it is mended."""

import pytest

from bot.standing import Standing
from community import chat_tokens
from community.people import Role
from community.store import Session, Store
from tests.bot.conftest import Hands
from tests.bot.recorded import Payload, a_chat, sent
from tests.bot.slack_double import SlackDouble
from tests.builders import a_person, letter, notices, told

pytestmark = pytest.mark.anyio


def rename(store: Store, table: str, name: str) -> None:
    def act(session: Session) -> None:
        session.connection().exec_driver_sql(f"ALTER TABLE {table} RENAME TO {name}")

    store.run_sync(act)


async def test_what_could_not_be_written_down_is_told_with_the_next_call(
    sqlite_store: Store, hands: Hands, capsys: pytest.CaptureFixture[str]
) -> None:
    rita = a_person(sqlite_store, "Rita Moe", roles=(Role.ADMIN,))
    standing = Standing(sqlite_store, hands)

    rename(sqlite_store, "notice", "away")
    await standing.refused("token_revoked")
    unsaid = standing.trouble, capsys.readouterr().out.count("slack.token_unsaid")
    rename(sqlite_store, "away", "notice")
    await standing.refused("token_revoked")
    await standing.refused("token_revoked")

    assert unsaid == ("", 1)
    assert standing.trouble == "token_revoked"
    assert told(sqlite_store, chat_tokens.REFUSED) == [(rita, "mail")]


async def test_administrators_hear_once_a_day_and_it_recovers_by_itself(
    sqlite_store: Store,
    hands: Hands,
    slack: SlackDouble,
    capsys: pytest.CaptureFixture[str],
) -> None:
    a_person(sqlite_store, slack_id="U0ADA")
    rita = a_person(sqlite_store, "Rita Moe", roles=(Role.ADMIN,))
    nils = a_person(sqlite_store, "Nils Moe", roles=(Role.ADMIN,), language="nb")
    chats = [a_chat(sqlite_store, hands, slack) for _ in range(2)]
    typed = Payload(shape="command", given={"name": "/postdoc", "text": "meetup"})

    before = sqlite_store.read_sync(chat_tokens.troubles)
    for number, chat in enumerate((*chats, *chats)):
        slack.fail_next("auth.test", "token_revoked")
        await sent(chat, typed.filled(number, url=slack.url, ids={}))
    revoked = slack.named("response_url")
    meanwhile = sqlite_store.read_sync(chat_tokens.troubles)
    await sent(chats[0], typed.filled(9, url=slack.url, ids={}))

    assert told(sqlite_store, chat_tokens.REFUSED) == [(rita, "mail"), (nils, "mail")]
    assert {one["text"] for one in revoked} == {
        "Slack does not let us in just now. Those who run this service have been told."
    }
    assert len(slack.named("views.open")) == 1
    after = sqlite_store.read_sync(chat_tokens.troubles)
    assert (before, [one.code for one in meanwhile], after) == ([], ["token_revoked"], [])
    log = capsys.readouterr().out
    assert (log.count("slack.token "), log.count("slack.token_good")) == (2, 1)
    said, sagt = (letter(sqlite_store, chat_tokens.REFUSED, one) for one in (rita, nils))
    assert said is not None
    assert sagt is not None
    assert said.subject == "Slack does not let Samband in"
    assert "token_revoked" in said.paragraphs[0]
    assert sagt.subject == "Slack slipper ikke Samband inn"


async def test_an_app_that_was_taken_out_is_told_of(
    sqlite_store: Store, hands: Hands, slack: SlackDouble
) -> None:
    a_person(sqlite_store, "Rita Moe", roles=(Role.ADMIN,))
    chat = a_chat(sqlite_store, hands, slack)

    for number, name in enumerate(("app_uninstalled", "tokens_revoked")):
        await sent(chat, Payload(shape=name).filled(number, url=slack.url, ids={}))

    codes = [chat_tokens.code_of(one.detail) for one in notices(sqlite_store, chat_tokens.REFUSED)]
    assert codes == ["app_uninstalled", "token_revoked"]
