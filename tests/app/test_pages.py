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


APPLICATION = Starlette(routes=[Route("/", _hello)])


async def test_it_answers_as_soon_as_it_serves_and_is_closed_afterwards() -> None:
    pages = Pages(APPLICATION, Endpoint("127.0.0.1", 0))
    async with pages.serving(), httpx2.AsyncClient() as client:
        assert pages.port != 0
        answer = await client.get(f"http://127.0.0.1:{pages.port}/")

    assert (answer.status_code, answer.text) == (200, "hello")
    assert "server" not in answer.headers
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", pages.port)
