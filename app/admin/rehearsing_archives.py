"""`samband list rehearse`: what the rules of a list would have done with any archive of mails."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from app.admin.desk import Desk, desk
from app.admin.lists import settings_in
from app.admin.output import as_json, table, tell
from app.admin.rehearsing import plain
from community import lists, rehearsals
from community.errors import Refusal
from community.policies import Policy
from community.rehearsals import Rehearsal
from community.replays import Mail
from letters import rehearsals as words
from letters import week_pictures
from texts import day, number, say, say_many


@click.command(name="rehearse")
@click.argument("address")
@click.option(
    "--mbox",
    "archive",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The mails, as one file in mbox format.",
)
@click.option(
    "--policy",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Lines key=value that differ from the rules of the list; # begins a comment.",
)
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Change one key.")
@click.option("--members", type=click.IntRange(1, 1_000_000), help="How many are on the list.")
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Draw the weeks into this file (SVG).",
)
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
def of_archive(
    address: str,
    archive: Path,
    *,
    file: Path | None,
    changes: tuple[str, ...],
    members: int | None,
    picture: Path | None,
    is_json: bool,
) -> None:
    """Show what the rules of a list would have done with the mails of any archive.

    Nothing is kept and nothing is sent.
    """
    wanted = (*(settings_in(file.read_text("utf-8", "replace")) if file else ()), *changes)
    with desk() as at:
        policy = at.store.read_sync(lists.by_address, address).policy.changed(wanted)
        mails = _read(at, archive, policy)
        found = rehearsals.of_mails(mails, policy, at.store.calendar, members=members)
        if found is None:
            raise Refusal("There is no mail with a date in {file}.", file=archive.name)
        if picture is not None:
            picture.write_text(week_pictures.draw(at.language, found, is_file=True), "utf-8")
        if is_json:
            as_json(plain(found))
            return
        _show_archive(at, found)
        if picture is not None:
            tell(say(at.language, "The picture is in {file}.", file=picture.name))


def _read(at: Desk, archive: Path, policy: Policy) -> Iterator[Mail]:
    """Give the mails of an archive in order of time, showing how far one has come."""
    # Imported here: the mail door takes long to load, which other commands need not wait for.
    from mailing import mboxes, rereading

    size = archive.stat().st_size
    label = say(at.language, "Reading {file}", file=archive.name)
    with (
        archive.open("rb") as file,
        click.progressbar(length=size, label=label, file=sys.stderr) as bar,
    ):
        try:
            yield from rereading.in_order(
                mboxes.read(file, most_bytes=rereading.MOST_BYTES),
                suspect_headers=policy.suspect_headers,
                passed=lambda end: bar.update(end - bar.pos),
            )
        except mboxes.NoArchive:
            raise Refusal(
                "{file} is no archive in mbox format: it does not begin with “From ”.",
                file=archive.name,
            ) from None


def _show_archive(at: Desk, found: Rehearsal) -> None:
    tongue, calendar = at.language, at.store.calendar
    first, last = (calendar.local(moment) for moment in (found.since, found.until))
    tell(
        say(
            tongue,
            "From {first} to {last}; {members} are on the list.",
            first=day(tongue, first, year=True),
            last=day(tongue, last, year=True),
            members=say_many(tongue, "{n} person", "{n} people", found.members),
        ),
        words.headline(tongue, found),
        "",
    )
    table(("", say(tongue, "With these rules")), words.fared(tongue, found))
    tell("", words.without(tongue, found), "")
    if found.rules:
        titles = (say(tongue, "Which rule spoke"), say(tongue, "How often"))
        spoke = words.spoke(tongue, found)
        table(titles, [(rule, number(tongue, count)) for rule, count in spoke])
        tell("")
    tell(*(say(tongue, each) for each in words.ASSUMED_OF_ARCHIVE))
