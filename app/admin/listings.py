"""`samband list members`, `people list`: who is there, for a person or a program."""

import os
from pathlib import Path

import click

from app.admin.desk import Desk, desk
from app.admin.output import as_json, table, tell
from community import listings, lists
from community.errors import N_
from community.listings import ListLine, Subscriber
from community.people import Role
from community.roster_writing import written
from community.store import Session
from texts import say, say_many

#: How posts come to somebody, and what is beyond that.
MODES = {
    "each": N_("at once"),
    "daily": N_("daily digest"),
    "weekly": N_("weekly digest"),
    "followed": N_("only what they follow"),
    "none": N_("no mail"),
}
TRUSTS = {"trusted": N_("trusted"), "hold": N_("held"), "reject": N_("sent back")}


@click.command()
@click.argument("address")
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
def members(address: str, *, is_json: bool) -> None:
    """Show who is on a list, and how its posts come to them."""

    def read(session: Session) -> list[Subscriber]:
        return listings.subscribers(session, lists.by_address(session, address).id)

    with desk() as at:
        found = at.store.read_sync(read)
        if is_json:
            as_json(found)
        elif found:
            titles = (N_("Address"), N_("Name"), N_("Posts come"), N_("Besides"))
            rows = [(each.email, each.name, *_how(at, each)) for each in found]
            table([say(at.language, title) for title in titles], rows)
        else:
            words = "Nobody is on it. Put people on it: samband list subscribe {address} --all"
            tell(say(at.language, words, address=address))


def _how(at: Desk, subscriber: Subscriber) -> tuple[str, str]:
    besides = [] if subscriber.is_reached else [say(at.language, "mail does not reach them")]
    if subscriber.paused_until is not None and subscriber.paused_until > at.now:
        paused = at.moment(subscriber.paused_until)
        besides.append(say(at.language, "paused until {when}", when=paused))
    if subscriber.trust in TRUSTS:
        trust = say(at.language, TRUSTS[subscriber.trust])
        besides.append(say(at.language, "own posts: {trust}", trust=trust))
    return say(at.language, MODES[subscriber.mode]), "; ".join(besides)


def tell_lists(at: Desk, *, is_json: bool) -> None:
    """Write every list in a line."""
    found = at.store.read_sync(listings.all_lists)
    if is_json:
        as_json(found)
    elif found:
        titles = [N_("List"), N_("On it"), N_("Made")]
        if any(each.closes_at for each in found):
            titles.append(N_("Closed from"))
        rows = [_line(at, each)[: len(titles)] for each in found]
        table([say(at.language, title) for title in titles], rows)
    else:
        tell(say(at.language, "There is no list yet. Make one: samband list create ADDRESS"))


def _line(at: Desk, each: ListLine) -> tuple[str, ...]:
    closes = at.moment(each.closes_at) if each.closes_at else ""
    return each.address, str(each.subscribers), at.moment(each.created_at), closes


@click.command(name="list")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="Only with it.")
@click.option(
    "--csv",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write them into this file, as a spreadsheet and people import read it.",
)
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
def list_people(role: str | None, *, file: Path | None, is_json: bool) -> None:
    """Show who is in the community: everybody active, or those with a role."""
    with desk() as at:
        found = at.store.read_sync(listings.community, role=Role(role) if role else None)
        if file is not None:
            _write(file, written(found))
            said = say_many(
                at.language,
                "{n} person is in {file}.",
                "{n} people are in {file}.",
                len(found),
                file=str(file),
            )
            tell(said)
        elif is_json:
            as_json(found)
        elif found:
            titles = (N_("Address"), N_("Name"), N_("Roles"), N_("Until"), N_("Department"))
            rows = [
                (
                    each.email,
                    each.name,
                    ";".join(each.roles or ()),
                    str(each.ends_on or ""),
                    each.department or "",
                )
                for each in found
            ]
            table([say(at.language, title) for title in titles], rows)
        else:
            tell(say(at.language, "Nobody is here yet. Bring them in: samband people import FILE"))


def _write(file: Path, content: bytes) -> None:
    """Write people's data where nobody but the caller reads it."""
    place = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(place, "wb") as target:
        target.write(content)
