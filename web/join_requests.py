"""Who waits to join a list: a page of them, decided one by one or all that are marked."""

from urllib.parse import urlencode

from starlette.responses import Response

from community import admissions, join_cards, lists
from web import forms
from web.asking import Ask

PATH = "/join-requests"
MARK = "request-"
LONGEST = 100
#: What can be decided about everybody who is marked: whether they come in.
DECISIONS = {"accept": True, "decline": False}


async def show(ask: Ask) -> Response:
    """Show who waits, the longest waiting first."""
    query = ask.request.query_params
    wanted, after = query.get("list", "")[:LONGEST], forms.number(query.get("after", ""))
    page = await ask.read(join_cards.page, list_address=wanted, after=after)
    return ask.page(
        "join_requests.html",
        page=page,
        wanted=wanted,
        after=after,
        lists=[each.address for each in await ask.read(lists.all_lists)],
        next=_path(wanted, after=page.after) if page.after else "",
        back=_path(wanted, after=after),
        came_of=(forms.number(query.get("decided", "")), forms.number(query.get("late", ""))),
    )


async def decide(ask: Ask) -> Response:
    """Decide about everybody who is marked, and say how many were."""
    decision = DECISIONS.get(ask.form.get("decision", ""))
    if decision is None:
        raise forms.unfilled()
    counted = await ask.run(
        admissions.decide,
        forms.marked(ask.form, MARK),
        accepts=decision,
        reason=forms.text(ask.form, "reason"),
        by=ask.me.person_id,
        now=ask.now,
    )
    wanted, after = ask.form.get("list", "")[:LONGEST], forms.number(ask.form.get("after", ""))
    return ask.go(_path(wanted, after=after, decided=counted.done, late=counted.late))


def _path(wanted: str, **numbers: int) -> str:
    """Return the address of a page of who waits."""
    given = {"list": wanted} if wanted else {}
    given |= {name: str(number) for name, number in numbers.items() if number}
    return f"{PATH}?{urlencode(given)}" if given else PATH
