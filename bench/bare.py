"""The floor of `bench slack`: a bare page that checks Slack's signature and answers, no more."""

import sys

import uvicorn
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


def main(port: int, secret: str) -> None:
    """Serve on this port until the process is ended."""
    verifier = SignatureVerifier(secret)

    async def events(request: Request) -> Response:
        is_slack = verifier.is_valid_request(await request.body(), dict(request.headers))
        return PlainTextResponse("", 200 if is_slack else 401)

    async def ready(request: Request) -> Response:
        return PlainTextResponse("")

    routes = [Route("/slack/events", events, methods=["POST"]), Route("/readyz", ready)]
    uvicorn.run(Starlette(routes=routes), host="127.0.0.1", port=port, log_level="error")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
