"""The table of all pages, and how they become one application. Called by app's wiring."""

from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from community.clock import Clock
from community.people import INSIDE, Role
from community.store import Store
from letters.letter import House
from texts import Language
from web import (
    acts,
    announcements,
    attachments,
    choices,
    due,
    errors,
    failures,
    fates,
    feeds,
    gatherings,
    held,
    home,
    join_requests,
    joining,
    links,
    me,
    meetups,
    mentorships,
    ops,
    people,
    policies,
    searches,
    sign_in,
    threads,
)
from web import machines as served
from web.machines import Machines
from web.ops import Ops
from web.pages import EVERYBODY, SIGNED_IN, Page, route
from web.shield import Shield
from web.site import STATIC, Site, templates

MODERATORS = frozenset({Role.MODERATOR})
COORDINATORS = frozenset({Role.COORDINATOR})
ADMINS = frozenset({Role.ADMIN})
COMMUNITY = frozenset(INSIDE)

#: Every page, who may see it, and what shows it; the first that fits is taken.
PAGES: tuple[Page, ...] = (
    Page(path="/", show=home.show, to=EVERYBODY),
    Page(path="/expectation-meeting", show=home.expectation_meeting, to=EVERYBODY),
    Page(path="/sign-in", show=sign_in.ask_for_link, to=EVERYBODY),
    Page(path="/sign-in", show=sign_in.send_link, to=EVERYBODY, method="POST"),
    Page(path="/sign_ins/{token}/open", show=sign_in.show_link, to=EVERYBODY, is_link=True),
    Page(
        path="/sign_ins/{token}/open",
        show=sign_in.open_session,
        to=EVERYBODY,
        method="POST",
        is_link=True,
    ),
    Page(path="/sign-out", show=sign_in.sign_out, to=SIGNED_IN, method="POST"),
    Page(path="/lists", show=threads.mine, to=SIGNED_IN),
    Page(path="/lists/{address}", show=threads.of_list, to=SIGNED_IN),
    Page(path="/lists/{address}/feed", show=feeds.show, to=SIGNED_IN),
    Page(path="/lists/{address}/feed", show=feeds.choose, to=SIGNED_IN, method="POST"),
    Page(path="/feeds/{key}", show=feeds.read, to=EVERYBODY, is_link=True),
    Page(path="/lists/{address}/join", show=joining.show, to=EVERYBODY),
    Page(path="/lists/{address}/join", show=joining.send, to=EVERYBODY, method="POST"),
    Page(path="/lists/{address}/rules", show=threads.rules, to=EVERYBODY),
    Page(path="/lists/{address}/policy", show=policies.show, to=COORDINATORS),
    Page(path="/lists/{address}/policy", show=policies.save, to=COORDINATORS, method="POST"),
    Page(path="/search", show=searches.show, to=SIGNED_IN),
    Page(path="/people", show=people.show, to=COMMUNITY),
    Page(path="/threads/{number:int}", show=threads.one, to=SIGNED_IN),
    Page(path="/posts/{number:int}", show=threads.post, to=SIGNED_IN),
    Page(path="/posts/{number:int}/choices", show=choices.about_post, to=SIGNED_IN),
    Page(path="/posts/{number:int}/attachments/{place:int}", show=attachments.give, to=SIGNED_IN),
    Page(path="/posts/{number:int}/fate", show=fates.show, to=SIGNED_IN),
    Page(path="/held", show=held.show, to=MODERATORS),
    Page(path="/held/marked", show=held.decide_marked, to=MODERATORS, method="POST"),
    Page(path="/held/all", show=held.decide_all, to=MODERATORS, method="POST"),
    Page(path="/join-requests", show=join_requests.show, to=MODERATORS),
    Page(path="/join-requests", show=join_requests.decide, to=MODERATORS, method="POST"),
    Page(path="/meetups", show=meetups.show, to=SIGNED_IN),
    Page(path="/meetups", show=meetups.propose, to=COMMUNITY, method="POST"),
    Page(path="/gatherings", show=gatherings.show, to=SIGNED_IN),
    Page(path="/gatherings", show=gatherings.publish, to=COORDINATORS, method="POST"),
    Page(path="/announcements", show=announcements.show, to=COORDINATORS),
    Page(path="/announcements", show=announcements.draft, to=COORDINATORS, method="POST"),
    Page(path="/announcements/{number:int}", show=announcements.one, to=COORDINATORS),
    Page(
        path="/announcements/{number:int}/schedule",
        show=announcements.schedule,
        to=COORDINATORS,
        method="POST",
    ),
    Page(path="/due", show=due.show, to=COORDINATORS),
    Page(path="/ops", show=failures.show, to=ADMINS),
    Page(path="/ops/retry", show=failures.retry, to=ADMINS, method="POST"),
    Page(path="/ops/drop", show=failures.drop, to=ADMINS, method="POST"),
    Page(path="/mentorships", show=mentorships.show, to=SIGNED_IN),
    Page(path="/mentorships", show=mentorships.pair, to=COORDINATORS, method="POST"),
    Page(path="/me", show=me.show, to=SIGNED_IN),
    Page(path="/me/language", show=me.speak, to=SIGNED_IN, method="POST"),
    Page(path="/me/lists", show=me.deliver, to=SIGNED_IN, method="POST"),
    Page(path="/me/mail", show=me.mail, to=SIGNED_IN, method="POST"),
    Page(path="/me/categories", show=me.hear, to=SIGNED_IN, method="POST"),
    Page(path="/{nouns}/{number:int}/{verb}", show=acts.show, to=SIGNED_IN),
    Page(path="/{nouns}/{number:int}/{verb}", show=acts.act, to=SIGNED_IN, method="POST"),
    Page(path="/{nouns}/{token}/{verb}", show=links.show, to=EVERYBODY, is_link=True),
    Page(
        path="/{nouns}/{token}/{verb}",
        show=links.act,
        to=EVERYBODY,
        method="POST",
        is_link=True,
    ),
)


def build(  # noqa: PLR0913 - what a site is made of
    store: Store,
    house: House,
    clock: Clock,
    *,
    default_language: Language = "en",
    machines: Machines | None = None,
    registry: CollectorRegistry | None = None,
    checks: tuple[tuple[str, ops.Check], ...] = (),
    patience_seconds: float = Site.patience_seconds,
) -> Starlette:
    """Return the application that serves every page, the links of mails, and what monitors ask.

    `machines` are other programs that are served, or help. `checks` are parts that must be ready
    besides the database, by name; each says in a few words what is wrong with it, or "".
    """
    site = Site(
        store=store,
        house=house,
        clock=clock,
        templates=templates(house),
        default_language=default_language,
        extract=machines.extract if machines else None,
        patience_seconds=patience_seconds,
    )
    watched = Ops(registry=registry or CollectorRegistry(), checks=checks)

    def error(request: Request, status: int, reference: str) -> Response:
        return errors.page(site, request, status, reference)

    async def no(request: Request, exception: Exception) -> Response:
        assert isinstance(exception, HTTPException)  # noqa: S101 - Starlette's signature is wider
        answer = error(request, exception.status_code, "")
        answer.headers.update(exception.headers or {})
        return answer

    return Starlette(
        routes=[
            Route("/healthz", ops.alive),
            Route("/readyz", ops.ready(site, watched)),
            Route("/metrics", ops.metrics(site, watched)),
            Mount("/static", StaticFiles(directory=STATIC)),
            *served.routes(machines or Machines()),
            *(route(site, page) for page in PAGES),
        ],
        middleware=[Middleware(Shield, hosts=site.hosts, is_secure=site.is_secure, error=error)],
        exception_handlers={HTTPException: no},
    )
