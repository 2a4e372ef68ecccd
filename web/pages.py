"""The shape of a page in the table of pages, and the door-keeper in front of each one.

Deny by default: a page names who may see it. Signed-in forms need the session's own token and must
come from our own pages.
"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community import sessions
from community.errors import Refusal
from community.people import NO_RIGHT, Role
from community.sessions import Visit
from community.store import DATABASE_AWAY
from community.threads import Unseen
from web import errors
from web.asking import Ask, filled, language_for
from web.site import Busy, Site

log = structlog.get_logger()

Show = Callable[[Ask], Awaitable[Response]]

#: Who may see a page: everybody, whoever is signed in, or who has one of some roles.
EVERYBODY: None = None
SIGNED_IN = frozenset(Role)


@dataclass(frozen=True, kw_only=True)
class Page:
    """One address, one method, who may come, and what is shown."""

    path: str
    show: Show
    to: frozenset[Role] | None
    method: str = "GET"
    #: The page of a mailed link: the link is the right, and who is signed in does not matter.
    is_link: bool = False


def route(site: Site, page: Page) -> Route:
    """Return the route of a page behind its door-keeper; GET answers HEAD too."""

    async def endpoint(request: Request) -> Response:
        now = site.clock.now()
        visit = None if page.is_link else await _visit(site, request)
        ask = Ask(
            site=site,
            request=request,
            now=now,
            language=language_for(request, visit, site.default_language),
            visit=visit,
            form=await filled(request) if page.method == "POST" else {},
        )
        refusal = _turned_away(page, ask)
        if refusal is not None:
            return refusal
        try:
            return await page.show(ask)
        except Unseen:
            raise HTTPException(404) from None
        except Busy as busy:
            return errors.refused(ask, busy.refusal, status=503)
        except Refusal as no:
            return errors.refused(ask, no)

    return Route(page.path, endpoint, methods=[page.method])


def from_elsewhere(ask: Ask, *, null_is_ours: bool) -> bool:
    """Say whether a form was sent by a page that is not ours.

    Pages with `no-referrer` send `Origin: null`; so do sandboxed frames of others, which is why
    signed-in pages take no such word.
    """
    headers = ask.request.headers
    if headers.get("sec-fetch-site") == "cross-site":
        return True
    origin = headers.get("origin")
    if origin is None or (null_is_ours and origin == "null"):
        return False
    return origin not in ask.site.origins(headers.get("host", ""))


async def _visit(site: Site, request: Request) -> Visit | None:
    token = request.cookies.get(site.session_cookie)
    if not token:
        return None
    now = site.clock.now()
    visit = await site.store.read(sessions.find, token, now=now)
    if visit is not None and visit.is_stale:
        try:
            await site.run(sessions.touch, visit.session_id, now=now)
        except (Busy, *DATABASE_AWAY) as away:  # what was written can be read all the same
            log.warning("web.untouched", error=type(away).__name__)
    return visit


def _turned_away(page: Page, ask: Ask) -> Response | None:
    """Return the answer for whoever may not come in, or None."""
    if page.to is not None:
        if ask.visit is None and page.method == "GET":
            url = ask.request.url
            there = f"{url.path}?{url.query}" if url.query else url.path
            return RedirectResponse(f"/sign-in?next={quote(there, safe='/@')}", 303)
        if ask.visit is None:
            raise HTTPException(403)
        if not ask.me.roles & (page.to | {Role.ADMIN}):
            needed = min(page.to, key=list(Role).index)
            return errors.refused(ask, Refusal(NO_RIGHT[needed]), status=403)
    if page.method == "POST" and not _is_ours(page, ask):
        raise HTTPException(403)
    return None


def _is_ours(page: Page, ask: Ask) -> bool:
    if from_elsewhere(ask, null_is_ours=page.to is None):
        return False
    if page.to is None or ask.visit is None:
        return True
    sent = ask.form.get("form_token", "")
    return hmac.compare_digest(sent.encode(), ask.visit.form_token.encode())
