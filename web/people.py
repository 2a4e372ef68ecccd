"""Finding each other: the people of a field and the related ones, or by name."""

from starlette.responses import Response

from community import introductions
from community.errors import Refusal
from community.introductions import Found
from letters.introductions import lines, title
from web import errors
from web.asking import Ask


async def show(ask: Ask) -> Response:
    """Show the people of a field, or whom a name may mean; the nearest first."""
    given = ask.request.query_params
    asked, field = given.get("q", "")[:100], given.get("field", "")
    me = ask.me.person_id
    found, refused = Found(cards=()), ""
    if asked:
        try:
            found = await ask.read(introductions.find, asked, by=me)
        except Refusal as no:
            refused = errors.words(ask, no)
    number = ask.number("page")
    people = await ask.read(introductions.of_fields, (field,), number=number, by=me)
    return ask.page(
        "people.html",
        asked=asked,
        found=found,
        refused=refused,
        people=people,
        form={"field": people.fields[0] if people.fields else ""},
        title=title(ask.language, () if asked else people.fields),
        lines=lines,
    )
