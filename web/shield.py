"""What stands before every page: known hosts, small bodies, strict headers, errors without detail.

Plain ASGI, inside Starlette's own error middleware, so that a bug is answered and logged here.
"""

import secrets
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from community.store import is_away
from web.site import hostname

log = structlog.get_logger()

MOST_BYTES = 256 * 1024
MOST_FRAMES = 6
#: Longer than any address of ours, with the longest token.
LONGEST_PATH = 1000
#: Slack's own payloads: a view of 250 kB, URL-encoded.
MOST_SLACK_BYTES = 2 * 1024 * 1024
SLACK = "/slack/"
#: Mails are counted where they are taken in, after their token was seen.
MAIL = "/mail/"
#: Asked by load balancers under any name; they say nothing about anybody.
OPS = ("/healthz", "/readyz", "/metrics")

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "interest-cohort=(), camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex, nofollow",
}
STRICT_TRANSPORT = "max-age=31536000"

#: `(request, status, reference)` -> the page that says so.
ErrorPage = Callable[[Request, int, str], Response]


class Shield:
    """Lets through what is asked in the right way, and dresses every answer."""

    def __init__(
        self, app: ASGIApp, *, hosts: frozenset[str], is_secure: bool, error: ErrorPage
    ) -> None:
        self.app = app
        self.hosts = hosts
        self.is_secure = is_secure
        self.error = error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def dressed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._dress(MutableHeaders(scope=message), scope["path"])
            await send(message)

        try:
            self._check(scope)
            await self.app(scope, _limited(receive, scope["path"]), dressed)
        except HTTPException as no:
            await self.error(Request(scope), no.status_code, "")(scope, receive, dressed)
        except Exception as error:
            status, reference = _logged(error)
            if started:
                raise
            await self.error(Request(scope), status, reference)(scope, receive, dressed)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if scope["path"] not in OPS and hostname(headers.get("host", "")) not in self.hosts:
            raise HTTPException(400)
        if "\0" in scope["path"] or len(scope["path"]) > LONGEST_PATH:
            raise HTTPException(404)
        if b"%00" in scope["query_string"]:  # PostgreSQL has no such letter
            raise HTTPException(400)
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > _most(scope["path"]):
            raise HTTPException(413)

    def _dress(self, headers: MutableHeaders, path: str) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if self.is_secure:
            headers["Strict-Transport-Security"] = STRICT_TRANSPORT
        is_static = path.startswith("/static/")
        headers["Cache-Control"] = "public, max-age=86400" if is_static else "no-store"


def _limited(receive: Receive, path: str) -> Receive:
    """Stop reading a body that is longer than it said or than anything we ask for."""
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > _most(path):
            raise HTTPException(413)
        return message

    return limited


def _most(path: str) -> int:
    if path.startswith(MAIL):
        return sys.maxsize
    return MOST_SLACK_BYTES if path.startswith(SLACK) else MOST_BYTES


def _logged(error: Exception) -> tuple[int, str]:
    """Log what went wrong; return the status to answer with, and the reference of a bug."""
    # The type and the way there; never the text, which may hold names (threat 10).
    kind, trail = type(error).__name__, _trail(error)
    if is_away(error):
        log.warning("web.database_away", error=kind, at=trail)
        return 503, ""
    reference = secrets.token_hex(4)
    log.error("web.bug", reference=reference, error=kind, at=trail)
    return 500, reference


def _trail(bug: BaseException) -> str:
    """Say by which lines of ours a bug came up, the innermost last; no values, no text."""
    frames = traceback.extract_tb(bug.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    return " > ".join(f"{Path(each.filename).name}:{each.lineno}" for each in ours[-MOST_FRAMES:])
