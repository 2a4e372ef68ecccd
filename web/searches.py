"""Finding posts again: the search page."""

from starlette.responses import Response

from community import queries, searches
from community.errors import Refusal
from community.queries import Query
from letters.posts import STATES
from web import errors
from web.asking import Ask


async def show(ask: Ask) -> Response:
    """Show the field and, when something is asked, what was found; the best first."""
    asked = ask.request.query_params.get("q", "")[: queries.MOST_SIGNS]
    query, refused = Query(), ""
    try:
        query = queries.read(asked)
    except Refusal as no:
        refused = errors.words(ask, no)
    number = ask.number("page")
    found = await ask.read(searches.find, query, reader=ask.me, now=ask.now, number=number)
    return ask.page(
        "search.html",
        asked=asked,
        is_asked=not query.is_empty,
        refused=refused,
        found=found,
        states=STATES,
        most=searches.MOST_RANKED,
    )
