"""The moderators' queue in Slack: opened from a card, walked by pages, decided in one form."""

from typing import Final

from bot.blocks import held as blocks
from bot.blocks.held import Shelf
from bot.blocks.kit import Json
from bot.metadata import chosen, kept, number, of_older_version
from bot.turns import Listener, Turn
from community import bulks, holds, people
from community.bulks import Counted
from community.cases import Decision
from community.holds import Wanted
from community.lists import MailingList
from community.people import Role
from community.store import Session
from letters.posts import QUEUE
from texts import say_many


async def form(turn: Turn) -> Json:
    """Return the first page of the queue of the list that the button names; 0 for all lists."""
    await turn.ask(people.require, turn.reader.person_id, Role.MODERATOR)
    element = (turn.body.get("actions") or [{}])[0]
    list_id = number(chosen(element) or "0")
    address = await turn.ask(_address, list_id) if list_id else ""
    return await _page(turn, Shelf(wanted=Wanted(list_address=address)))


async def send(turn: Turn) -> None:
    """Decide about the marked posts, or about all that fit, and show what is left."""
    view = turn.body["view"]
    shelf, given = _shelf(view), _given(view)
    decision = Decision(given[blocks.DECISION][0])
    by, now = turn.reader.person_id, turn.door.clock.now()
    if given.get(blocks.EVERY):
        bulk = await turn.act(bulks.decide_all, shelf.wanted, decision, by=by, now=now)
        note = say_many(
            turn.language, "{n} post is being decided.", "{n} posts are being decided.", bulk.count
        )
    else:
        ids = [number(each) for each in given.get(blocks.MARKED, [])]
        counted = await turn.act(bulks.decide, ids, decision, by=by, now=now)
        note = _decided(turn, counted)
    await turn.finish(await _page(turn, shelf, note=f"✓ {note}"))


def _decided(turn: Turn, counted: Counted) -> str:
    done, late = counted.done, counted.late
    words = say_many(turn.language, "{n} post is decided.", "{n} posts are decided.", done)
    if not late:
        return words
    before = say_many(
        turn.language, "{n} had been decided before.", "{n} had been decided before.", late
    )
    return f"{words} {before}"


async def sift(turn: Turn) -> None:
    """Show the posts of one rule, or of all."""
    shelf, rule = _shelf(turn.body["view"]), chosen(turn.body["actions"][0])
    wanted = Wanted(list_address=shelf.wanted.list_address, rule="" if rule == blocks.ALL else rule)
    await _show(turn, Shelf(wanted=wanted))


async def later(turn: Turn) -> None:
    """Show the next page."""
    shelf = _shelf(turn.body["view"])
    after = number(chosen(turn.body["actions"][0]))
    await _show(turn, Shelf(wanted=shelf.wanted, before=(*shelf.before, after)[-MOST_PAGES:]))


async def earlier(turn: Turn) -> None:
    """Show the page before."""
    shelf = _shelf(turn.body["view"])
    await _show(turn, Shelf(wanted=shelf.wanted, before=shelf.before[:-1]))


async def look(turn: Turn) -> None:
    """Show one post of the queue whole."""
    await turn.ask(people.require, turn.reader.person_id, Role.MODERATOR)
    post = await turn.ask(holds.card, number(chosen(turn.body["actions"][0])))
    shelf, house = _shelf(turn.body["view"]), turn.door.house
    await _update(turn, blocks.one(turn.language, post, turn.reader, house, shelf=shelf))


async def back(turn: Turn) -> None:
    """Show the page of the queue from which one post was looked at."""
    await _show(turn, _shelf(turn.body["view"]))


def is_queue(view: Json | None) -> bool:
    """Say whether a view is the queue, a page of it or one post."""
    return (view or {}).get("callback_id") == QUEUE


async def show_again(turn: Turn, view: Json, *, note: str) -> None:
    """Show the queue in this view as it is after something was done in it."""
    page = await _page(turn, _shelf(view), note=note)
    await turn.show(view, page)


async def _show(turn: Turn, shelf: Shelf) -> None:
    await turn.ask(people.require, turn.reader.person_id, Role.MODERATOR)
    await _update(turn, await _page(turn, shelf))


async def _update(turn: Turn, view: Json) -> None:
    await turn.show(turn.body["view"], view)


async def _page(turn: Turn, shelf: Shelf, *, note: str = "") -> Json:
    page = await turn.ask(holds.page, shelf.wanted, after=shelf.after, limit=blocks.MOST)
    if not page.posts and shelf.before:  # what was on this page has been decided
        shelf = Shelf(wanted=shelf.wanted)
        page = await turn.ask(holds.page, shelf.wanted, limit=blocks.MOST)
    return blocks.queue(turn.language, page, shelf, turn.door.house, note=note)


def _shelf(view: Json) -> Shelf:
    memory = kept(view)
    return Shelf(
        wanted=Wanted(list_address=str(memory.get("list", "")), rule=str(memory.get("rule", ""))),
        before=tuple(number(each) for each in memory.get("before", ())),
    )


def _given(view: Json) -> dict[str, list[str]]:
    """Return what was chosen in the form, by name."""
    found: dict[str, list[str]] = {}
    for block in view["state"]["values"].values():
        for name, field in block.items():
            several = field.get("selected_options")
            options = [field.get("selected_option")] if several is None else several
            found[name] = [str(each["value"]) for each in options if each]
    return found


def _address(session: Session, list_id: int) -> str:
    a_list = session.get(MailingList, list_id)
    if a_list is None:
        raise of_older_version()
    return a_list.address


#: So many pages back one can go.
MOST_PAGES: Final = 100

PRESSES: Final[dict[str, Listener]] = {
    blocks.SIFT: sift,
    blocks.LATER: later,
    blocks.EARLIER: earlier,
    blocks.LOOK: look,
    blocks.BACK: back,
}
