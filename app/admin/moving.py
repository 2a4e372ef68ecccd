"""`samband db move`: from the SQLite file to PostgreSQL, while the service is stopped."""

import sys

import click

import migrations
from app import safety
from app.admin.desk import Desk, Said, desk
from app.admin.output import tell
from community import moves
from community.errors import Refusal
from texts import say, say_many

_KINDS = ("postgresql://", "postgresql+psycopg://")


@click.command()
@click.option(
    "--to",
    "target",
    metavar="URL",
    prompt="postgresql://NAME:PASSWORD@HOST/DATABASE",
    hide_input=True,
    help="postgresql://…, an empty database; asked for when it is not given.",
)
def move(target: str) -> None:
    """Copy everything into an empty PostgreSQL database; stop the service before."""
    with desk() as at:
        source = at.settings.database_url.get_secret_value()
        if migrations.sqlite_path(source) is None:
            raise Said(say(at.language, "This moves an SQLite file, and the settings name none."))
        if not target.startswith(_KINDS):
            raise Said(say(at.language, "Say where to: postgresql://NAME:PASSWORD@HOST/DATABASE"))
        with safety.sole_process(source):
            # A copy from a backup shows itself before it is moved, and arrives frozen (U3).
            safety.compare_marks(at.store, now=at.now)
            _make_ready(target)
            twice = 2 * moves.count(source)  # copied, and read back
            words = say(at.language, "Copied and compared")
            is_hidden = not sys.stderr.isatty()
            with click.progressbar(
                length=twice, label=words, file=sys.stderr, hidden=is_hidden
            ) as bar:
                counts = moves.move(source, target, now=at.now, went_on=bar.update)
        tell(*_moved(at, counts))


def _make_ready(target: str) -> None:
    """Give a database in which nothing was ever done our tables; refuse other versions' tables."""
    had = migrations.current(target)
    if had == migrations.BASE:
        migrations.upgrade(target)
    elif had != migrations.head():
        raise Refusal(
            "The database to move to has schema {had}, this version makes {head}. Make it anew: "
            "dropdb, then createdb.",
            had=had,
            head=migrations.head(),
        )


def _moved(at: Desk, counts: dict[str, int]) -> list[str]:
    some = sum(count > 0 for count in counts.values())
    rows = say_many(
        at.language,
        "{n} row in {tables} tables is there, and the same as here.",
        "{n} rows in {tables} tables are there, and the same as here.",
        sum(counts.values()),
        tables=some,
    )
    further = say(
        at.language,
        "Now set SAMBAND_DATABASE_URL to it, and SAMBAND_SECRET_KEY to what var/secret-key holds "
        "if it is not set yet; then samband doctor, samband check, and start. The old file does "
        "not start any more.",
    )
    return [rows, further]
