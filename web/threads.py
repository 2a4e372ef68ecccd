"""The archive of a list: its threads, the posts of one, and the rules of the list."""

from starlette.responses import Response

from community import directory, field_tags, lists, people, thread_pages, threads
from community.meters import of_list as of_list_now
from community.posting_rules import laws
from community.topics import NAMES
from letters import meters
from letters.closings import closing
from letters.posts import OUTCOMES, STATES
from web.asking import Ask


async def of_list(ask: Ask) -> Response:
    """Show the threads of a list, newest first."""
    after = thread_pages.read(ask.request.query_params.get("after", ""))
    page = await ask.read(thread_pages.of_list, ask.path["address"], reader=ask.me, after=after)
    left = await _left(ask, page.list_id)
    a_list = await ask.read(threads.list_at, page.list_address)
    return ask.page(
        "threads.html",
        page=page,
        left=left,
        closed=_closing(ask, a_list),
        is_open=not a_list.is_closed(ask.now),
        topics=NAMES,
    )


async def one(ask: Ask) -> Response:
    """Show a thread."""
    number = ask.thing()
    thread = await ask.read(threads.shown, number, reader=ask.me, number=ask.number("page"))
    a_list = await ask.read(threads.list_at, thread.list_address)
    return ask.page(
        "thread.html",
        thread=thread,
        states=STATES,
        topics=NAMES,
        is_apart=await ask.read(threads.goes_on_apart, number, now=ask.now),
        am_moderator=threads.moderates(ask.me),
        closed=_closing(ask, a_list) if a_list.is_closed(ask.now) else "",
    )


async def post(ask: Ask) -> Response:
    """Lead to the place of a post in its thread (Archived-At, RFC 5064)."""
    number = ask.thing()
    thread_id, page = await ask.read(threads.page_of, number, reader=ask.me)
    return ask.go(f"/threads/{thread_id}{f'?page={page}' if page > 1 else ''}#post-{number}")


async def rules(ask: Ask) -> Response:
    """Print the rules of a list from the policy that enforces them."""
    a_list = await ask.read(threads.list_at, ask.path["address"])
    return ask.page(
        "rules.html",
        list=a_list,
        laws=laws,
        tags=field_tags.names(ask.language),
        outcomes=OUTCOMES,
        left=await _left(ask, a_list.id),
        closed=_closing(ask, a_list),
        may_change=ask.visit is not None and people.coordinates(ask.me),
    )


async def mine(ask: Ask) -> Response:
    """Show the lists there are."""
    offered = await ask.read(directory.offers, ask.me.person_id, now=ask.now)
    shown = [(a_list, verb, _closing(ask, a_list)) for a_list, verb in offered]
    return ask.page("lists.html", lists=shown)


def _closing(ask: Ask, a_list: lists.MailingList) -> str:
    is_open, local = not a_list.is_closed(ask.now), ask.site.house.local
    return closing(ask.language, a_list.closes_at, is_open=is_open, local=local)


async def _left(ask: Ask, list_id: int) -> str:
    return meters.left(ask.language, await ask.read(of_list_now, list_id, now=ask.now))
