"""The web server inside the service's loop: open when it says so, closed when it ends."""

import asyncio

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from app.pages import Pages
from config.parsing import Endpoint

pytestmark = pytest.mark.anyio


async def _hello(request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def _who(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.client.host if request.client else "")


APPLICATION = Starlette(routes=[Route("/", _hello), Route("/who", _who)])


async def test_it_answers_as_soon_as_it_serves_and_is_closed_afterwards() -> None:
    pages = Pages(APPLICATION, Endpoint("127.0.0.1", 0))
    async with pages.serving(), httpx2.AsyncClient() as client:
        assert pages.port != 0
        answer = await client.get(f"http://127.0.0.1:{pages.port}/")

    assert (answer.status_code, answer.text) == (200, "hello")
    assert "server" not in answer.headers
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", pages.port)


async def test_only_a_web_server_that_is_named_says_who_asks() -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    seen = []
    for proxies in ((), ("10.0.0.7",), ("127.0.0.0/8",), ("::1", "127.0.0.1")):
        pages = Pages(APPLICATION, Endpoint("127.0.0.1", 0), proxies=proxies)
        async with pages.serving(), httpx2.AsyncClient() as client:
            answer = await client.get(f"http://127.0.0.1:{pages.port}/who", headers=forwarded)
        seen.append(answer.text)

    assert seen == ["127.0.0.1", "127.0.0.1", "203.0.113.9", "203.0.113.9"]
