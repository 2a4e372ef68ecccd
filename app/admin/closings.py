"""`samband list close`, `reopen`, `remove`: a list whose time is over."""

from datetime import datetime

import click

from app.admin.desk import Desk, Said, desk
from app.admin.output import tell
from community import list_closures, list_removals
from letters.closings import closing
from texts import say

_DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


@click.command()
@click.argument("address")
@click.option("--at", "when", type=click.DateTime(_DAYS), help="Close it then, local time.")
def close(address: str, *, when: datetime | None) -> None:
    """Let a list take no posts and nobody new; its archive and its members stay."""
    with desk() as at:
        moment = at.store.calendar.planned(when.date(), when.time()) if when else None
        closed = at.store.run_sync(list_closures.close, address, by=None, now=at.now, at=moment)
        waits = at.store.read_sync(list_closures.waiting, closed.id)
        tell(*standing(at, closed.closes_at), *_waits(at, waits))


@click.command()
@click.argument("address")
def reopen(address: str) -> None:
    """Let a closed list take posts again, or not be closed at the time that was set."""
    with desk() as at:
        a_list = at.store.run_sync(list_closures.reopen, address, by=None, now=at.now)
        tell(say(at.language, "{address} takes posts.", address=a_list.address))


@click.command()
@click.argument("address")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
def remove(address: str, *, is_sure: bool) -> None:
    """Remove a closed list for good, with its archive and everybody's place on it."""
    with desk() as at:
        found = at.store.read_sync(list_removals.weigh, address, now=at.now)
        if not is_sure:
            tell(
                say(
                    at.language,
                    "{address} has {posts} posts and {people} people. All of it goes for good; a "
                    "copy of the archive: samband list export-mbox {address} FILE",
                    address=address,
                    posts=found.posts,
                    people=found.subscribers,
                )
            )
            question = say(at.language, "Type the address again to remove this list for good")
            if click.prompt(question, err=True).strip().lower() != address.strip().lower():
                raise Said(say(at.language, "That is another address. Nothing was removed."))
        done = at.store.run_sync(list_removals.remove, address, by=None, now=at.now)
        tell(
            say(at.language, "Removed, with {posts} posts.", posts=done.posts),
            say(
                at.language,
                "Backups hold the list until they are deleted, and mails that were sent cannot be "
                "called back. Mail to its address is refused as unknown.",
            ),
        )


def standing(at: Desk, closes_at: datetime | None) -> list[str]:
    """Say since or from when a list is closed; nothing of one that stays open."""
    is_open = closes_at is None or closes_at > at.now
    words = closing(at.language, closes_at, is_open=is_open, local=at.store.calendar.local)
    return [words] if words else []


def _waits(at: Desk, waits: list_closures.Waiting) -> list[str]:
    """Say what of a list that closes is still to come."""
    if not waits:
        return []
    return [
        say(
            at.language,
            "What came before goes its way: {held} held (decide, or they run out), {accepted} "
            "accepted and still to go out, {copies} copies on their way.",
            held=waits.held,
            accepted=waits.accepted,
            copies=waits.copies,
        )
    ]
