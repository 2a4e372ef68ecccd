"""`samband list requests`: who waits to join a list until a moderator decides."""

import click

from app.admin.desk import Desk, desk
from app.admin.output import as_json, table, tell
from community import join_cards, lists
from community.errors import N_
from community.join_cards import Page
from community.store import Session
from texts import say

#: So many are shown; more wait only where nobody decides.
MOST = 1000


@click.command(name="requests")
@click.argument("address", required=False)
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
def show_requests(address: str | None, *, is_json: bool) -> None:
    """Show who waits to join the list ADDRESS, or any list; moderators decide on their page."""
    with desk() as at:

        def read(session: Session) -> Page:
            wanted = lists.by_address(session, address).address if address else ""
            return join_cards.page(session, list_address=wanted, limit=MOST)

        found = at.store.read_sync(read)
        if is_json:
            as_json(found.cards)
        elif found.cards:
            _show(at, found)
        else:
            tell(say(at.language, "Nobody waits. Thank you."))


def _show(at: Desk, found: Page) -> None:
    titles = (N_("List"), N_("Who"), N_("Asked"), N_("Community"))
    rows = [
        (
            each.list_address,
            f"{each.name} <{each.email}>",
            at.moment(each.asked_at),
            say(at.language, "yes" if each.is_of_community else "no"),
        )
        for each in found.cards
    ]
    table([say(at.language, title) for title in titles], rows)
    url = f"{at.settings.public_url}/join-requests"
    tell("", say(at.language, "Moderators decide here: {url}", url=url))
