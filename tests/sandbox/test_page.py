"""The sandbox page: what it shows, and what its requests do."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aiohttp import web

from sandbox import workspace as workspaces
from sandbox.reading import read
from sandbox.records import Json
from sandbox.workspace import Workspace
from tests.sandbox.test_reading import whole
from tests.sandbox.town import Hands, Town, letter, served

pytestmark = pytest.mark.anyio


async def state(session: aiohttp.ClientSession, who: str, since: str = "") -> Json:
    async with session.get("/state", params={"as": who, "since": since}) as response:
        found: Json = await response.json()
        return found


async def post(session: aiohttp.ClientSession, path: str, **said: object) -> Json:
    async with session.post(path, json=said) as response:
        answer: Json = await response.json()
        return {**answer, "status": response.status}


async def test_state_shows_one_persons_chat_and_mail(town: Town) -> None:
    town.sink.keep("post@example.org", ["ada@example.org"], letter("One"))
    async with served(town) as session:
        ada = await state(session, "ada@example.org")
        tor = await state(session, "tor@example.org")
        nobody = await state(session, "")

    assert [line["subject"] for line in ada["mail"]] == ["One"]
    assert [channel["label"] for channel in ada["slack"]["channels"]] == ["postdocs", "Samband"]
    assert (tor["slack"], tor["mail"]) == (None, [])
    assert [(one["name"], one["mails"]) for one in nobody["people"]] == [
        ("Ada Berg", 1),
        ("Liv Dahl", 0),
        ("Tor Aas", 0),
    ]


async def test_whoever_comes_to_the_workspace_later_can_be_acted_as(town: Town) -> None:
    async with served(town) as session:
        town.workspace.add_member("eve", "Eve Nord", "eve@example.org", is_restricted=True)
        eve = await state(session, "eve@example.org")

    assert [(one["name"], one["role"]) for one in eve["people"]][3:] == [("Eve Nord", "guest")]
    assert [channel["label"] for channel in eve["slack"]["channels"]] == ["Samband"]


async def test_question_for_news_waits_for_news(town: Town) -> None:
    async with served(town) as session:
        first = await state(session, "ada@example.org")
        asking = asyncio.create_task(state(session, "ada@example.org", str(first["version"])))
        town.sink.keep("post@example.org", ["ada@example.org"], letter("News"))
        second = await asking

    assert [line["subject"] for line in second["mail"]] == ["News"]


async def test_calendar_answer_goes_to_the_organizer(town: Town) -> None:
    town.sink.keep("post@example.org", ["ada@example.org"], whole())
    async with served(town) as session:
        said = {"as": "ada@example.org", "answer": "TENTATIVE"}
        answer = await post(session, "/mail/1/answer", **said)

    ((sender, recipient, raw),) = town.sent
    assert answer["words"] == "250 2.0.0 kept"
    assert (sender, recipient) == ("ada@example.org", "reply+x@example.org")
    assert read(raw).invites[0].attendees[0].partstat == "TENTATIVE"


async def test_one_click_posts_what_rfc_8058_says(town: Town, hands: Hands) -> None:
    posted: list[dict[str, str]] = []

    async def stop(request: web.Request) -> web.Response:
        posted.append({key: str(value) for key, value in (await request.post()).items()})
        return web.Response(status=200)

    other = Workspace(hands)
    async with workspaces.running(other, routes=[web.post("/stop", stop)]), served(town) as session:
        raw = whole().replace(b"https://example.org/u/1", f"{other.url}/stop".encode())
        town.sink.keep("post@example.org", ["ada@example.org"], raw)
        answer = await post(session, "/mail/1/unsubscribe", **{"as": "ada@example.org"})

    assert answer["words"] == "200 OK"
    assert posted == [{"List-Unsubscribe": "One-Click"}]


async def test_written_mail_is_from_the_person(town: Town) -> None:
    async with served(town) as session:
        said = {"to": "postdocs@example.org", "subject": "Tur på\r\nBcc: x", "text": "Hei"}
        await post(session, "/mail/write", **{"as": "liv@example.org", **said})

    ((sender, recipient, raw),) = town.sent
    mail = read(raw)
    assert (sender, recipient) == ("liv@example.org", "postdocs@example.org")
    assert (mail.sender, mail.subject) == ("Liv Dahl <liv@example.org>", "Tur på Bcc: x")


async def test_jump_tells_what_happened_and_what_was_sent(town: Town) -> None:
    async with served(town) as session:
        report = await post(session, "/jump", target="hour")
        wrong = await post(session, "/jump", target="year")

    assert [line["words"] for line in report["happened"]] == [
        "hour was rung",
        "Mail “Soon” to Ada Berg, tor@example.org",
    ]
    assert wrong["status"] == 400


async def test_only_json_acts_and_mail_pages_cannot_run_scripts(town: Town) -> None:
    town.sink.keep("post@example.org", ["ada@example.org"], whole())
    async with served(town) as session:
        async with session.post("/jump", data={"target": "hour"}) as form:
            assert form.status == 415
        async with session.get("/mail/1/html") as page:
            policy = page.headers["Content-Security-Policy"]
            text = await page.text()
        async with session.get("/mail/2") as missing:
            assert missing.status == 404

    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert "alert" not in text
