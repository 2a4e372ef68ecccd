"""What other programs call: Slack's events, and mails that providers hand in; and what the mail
door does for the pages.

Here a request is read and the answer written; whether the caller may, the doors themselves check.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from web.shield import MAIL
from web.site import Extract

#: Slack by HTTP: body and headers in; status, headers and body out. Bolt checks the signature.
Slack = Callable[[bytes, dict[str, str]], Awaitable[tuple[int, dict[str, str], bytes]]]
#: Mail by HTTP: recipient, envelope sender, headers and body in; status and words out. The mail
#: door checks the token.
Mail = Callable[
    [str, str | None, Mapping[str, str], AsyncIterator[bytes]], Awaitable[tuple[int, str]]
]


@dataclass(frozen=True, kw_only=True)
class Machines:
    """Who is served besides browsers, and who helps; None for who is not there."""

    #: POST /slack/events.
    slack: Slack | None = None
    #: POST /mail/ADDRESS?sender=...
    mail: Mail | None = None
    #: Without it no attachment is given out.
    extract: Extract | None = None


def routes(machines: Machines) -> list[BaseRoute]:
    """Return the routes of those who are served."""
    return [*_slack(machines.slack), *_mail(machines.mail)]


def _slack(slack: Slack | None) -> list[BaseRoute]:
    if slack is None:
        return []

    async def events(request: Request) -> Response:
        status, headers, body = await slack(await request.body(), dict(request.headers))
        return Response(body, status, headers)

    return [Route("/slack/events", events, methods=["POST"])]


def _mail(mail: Mail | None) -> list[BaseRoute]:
    if mail is None:
        return []

    async def hand_in(request: Request) -> Response:
        recipient, sender = request.path_params["recipient"], request.query_params.get("sender")
        status, words = await mail(recipient, sender, request.headers, _body(request))
        return PlainTextResponse(f"{words}\n", status)

    return [Route(f"{MAIL}{{recipient}}", hand_in, methods=["POST"])]


async def _body(request: Request) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        raise ConnectionResetError("the client went away within a mail") from None
