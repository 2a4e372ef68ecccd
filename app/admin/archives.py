"""`samband list export-mbox` and `import-mbox`: the archive of a list as a file, out and in."""

import itertools
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

import click

from app.admin.desk import Desk, desk
from app.admin.output import tell
from community import lists, old_mails
from community.errors import Refusal
from mailing import mboxes
from mailing.mboxes import Mail
from texts import say, say_many

#: So many mails are kept by one transaction, or read from the database at once.
A_BATCH: Final = 100


@click.command(name="export-mbox")
@click.argument("address")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only from this day on.")
def export_mbox(address: str, file: Path, since: datetime | None) -> None:
    """Write the posts of a list, as they came, into an mbox file."""
    with desk() as at:
        start = since and at.store.calendar.at_local(since.date(), since.time())
        list_id = at.store.read_sync(lists.by_address, address).id
        many = at.store.read_sync(old_mails.count, list_id, since=start)
        partly = file.with_name(file.name + ".part")
        with partly.open("wb") as out, click.progressbar(length=many, label=file.name) as bar:
            written = 0
            for _ in _written(at, list_id, out, start):
                written += 1
                bar.update(1)
            out.flush()
            os.fsync(out.fileno())
        partly.replace(file)  # whoever sees the file sees all of it
        said = say_many(at.language, "{n} post written.", "{n} posts written.", written)
        tell(said, *_without_mail(at, many - written))


def _written(at: Desk, list_id: int, out: BinaryIO, since: datetime | None) -> Iterator[int]:
    last = 0
    while True:
        batch = at.store.read_sync(old_mails.after, list_id, last, since=since, most=A_BATCH)
        for kept in batch:
            mboxes.write(out, kept.raw, sender=kept.sender, at=kept.at)
            yield kept.post_id
        if not batch:
            return
        last = batch[-1].post_id


def _without_mail(at: Desk, count: int) -> list[str]:
    if count <= 0:
        return []
    words = say_many(
        at.language,
        "{n} post has no mail any more: its author was erased, or it was removed.",
        "{n} posts have no mail any more: their authors were erased, or they were removed.",
        count,
    )
    return [words]


@click.command(name="import-mbox")
@click.argument("address")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_mbox(address: str, file: Path) -> None:
    """Put the mails of an mbox file into the archive of a list, with their dates.

    Nothing is sent. What is there already is left out: an import that was cut off is begun again
    in the same way.
    """
    # Imported here: the readers of mails take their time to load, which other commands need not.
    from app.reading import Reader

    with desk() as at, file.open("rb") as archive:
        list_id = at.store.read_sync(lists.by_address, address).id
        most = at.settings.max_message_bytes
        tally = {"new": 0, "known": 0, "unread": 0}
        size = file.stat().st_size
        with click.progressbar(length=size, label=file.name) as bar, Reader() as reader:
            done = 0
            mails = mboxes.read(archive, most_bytes=most)
            while batch := _batch(mails, file.name):
                old = reader.read(batch, address=address, now=at.now)
                new = at.store.run_sync(old_mails.take, list_id, old, now=at.now)
                tally["new"] += new
                tally["known"] += len(old) - new
                tally["unread"] += len(batch) - len(old)
                bar.update(batch[-1].end - done)
                done = batch[-1].end
        tell(
            say(
                at.language,
                "New: {new}, there already: {known}, not readable and left out: {unread}.",
                **tally,
            )
        )


def _batch(mails: Iterator[Mail], name: str) -> list[Mail]:
    try:
        return list(itertools.islice(mails, A_BATCH))
    except mboxes.NoArchive:
        raise Refusal(
            "{file} is no archive in mbox format: it does not begin with “From ”.", file=name
        ) from None
