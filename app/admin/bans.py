"""`samband list ban …`: who may not write to a list, and who may again."""

from typing import Final

import click

from app.admin.desk import Desk, desk
from app.admin.output import as_json, table, tell
from community import bans, lists
from community.errors import N_
from community.store import Session
from texts import say

#: Written where an address of a list is asked for.
EVERYWHERE: Final = "all"


@click.command()
@click.argument("address")
@click.argument("whom")
@click.option("--why", default="", help="A sentence for the moderators.")
def ban(address: str, whom: str, *, why: str) -> None:
    """Let WHOM, an address or a domain (@elsewhere.example), not write to a list.

    ADDRESS is a list, or “all”.
    """
    with desk() as at:

        def act(session: Session) -> str:
            list_id = _list_id(session, address)
            return bans.ban(session, whom, list_id=list_id, by=None, now=at.now, why=why).whom

        named = at.store.run_sync(act)
        tell(say(at.language, "{whom} is banned: nothing from there is taken.", whom=named))


@click.command()
@click.argument("address")
@click.argument("whom")
def unban(address: str, whom: str) -> None:
    """Let WHOM, an address or a domain, write to a list (or to “all”) again."""
    with desk() as at:

        def act(session: Session) -> None:
            list_id = _list_id(session, address)
            bans.lift(session, whom, list_id=list_id, by=None, now=at.now)

        at.store.run_sync(act)
        tell(say(at.language, "{whom} is no longer banned.", whom=whom))


@click.command(name="bans")
@click.argument("address")
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
def show_bans(address: str, *, is_json: bool) -> None:
    """Show who may not write to a list."""
    with desk() as at:

        def read(session: Session) -> list[bans.BanCard]:
            return bans.of_list(session, lists.by_address(session, address).id)

        found = at.store.read_sync(read)
        if is_json:
            as_json(found)
        elif found:
            _show(at, found)
        else:
            tell(say(at.language, "Nobody is banned."))


def _show(at: Desk, found: list[bans.BanCard]) -> None:
    titles = (N_("Whom"), N_("List"), N_("Since"), N_("By"), N_("Why"))
    rows = [
        (
            each.whom,
            each.list_address or say(at.language, "every list"),
            at.moment(each.since),
            each.by_name or say(at.language, "a command"),
            each.why,
        )
        for each in found
    ]
    table([say(at.language, title) for title in titles], rows)


def _list_id(session: Session, address: str) -> int | None:
    return None if address == EVERYWHERE else lists.by_address(session, address).id
