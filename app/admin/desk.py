"""Where commands work: the settings, the database, the clock and the language, opened together."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import click

import migrations
from app.admin.output import printable
from community import tables
from community.calendar import Calendar
from community.clock import Clock, SystemClock
from community.errors import Refusal
from community.store import DATABASE_AWAY, Store
from config import loading, logging
from config.loading import WrongSettings
from config.settings import Settings, secrets_of
from texts import Language, local, moment, say

#: A disk that is full, a quota that is used up.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class Said(click.ClickException):
    """A command that ends with an expected no: its words go to standard error, the code is 1."""

    def show(self, file: object = None) -> None:
        """Write the words; they are whole sentences and need no “Error:” before them."""
        for line in self.message.splitlines():
            click.echo(printable(line), err=True)


class Broken(Said):
    """A command that met a bug; the log has what happened under the reference."""

    exit_code = 3


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What a command works with."""

    settings: Settings
    store: Store
    now: datetime

    @property
    def language(self) -> Language:
        """The language in which commands answer."""
        return self.settings.default_language

    def moment(self, when: datetime) -> str:
        """Return a moment as people of this place write it, with the year when it is another."""
        there = self.store.calendar.local(when)
        other_year = there.year != self.store.calendar.local(self.now).year
        return moment(self.language, there, year=other_year)


def loaded(*, makes_key: bool = False) -> Settings:
    """Read the settings and set the log up; wrong ones end the command with a line each.

    `makes_key` is for what makes the database; all else leaves a folder as it is.
    """
    try:
        file = env_file_of(click.get_current_context())
        given = loading.load(env_file=file, makes_key=makes_key)
    except WrongSettings as wrong:
        raise Said("\n".join(wrong.lines)) from None
    logging.configure(given.log_format, secrets=secrets_of(given))
    return given


def env_file_of(context: click.Context) -> str:
    """Return the file of settings that the caller named, else the usual one."""
    return str(context.find_root().params.get("env_file") or ".env")


def clock_of(context: click.Context) -> Clock:
    """Return the clock that the caller gave as the context's object, else the machine's."""
    clock: Clock | None = context.find_root().obj
    return clock or SystemClock()


@contextmanager
def desk() -> Iterator[Desk]:
    """Open the database for one command; a Refusal inside ends it with its words and code 1."""
    given = loaded()
    language = given.default_language
    calendar = Calendar(given.timezone)
    url = given.database_url.get_secret_value()
    try:
        _insist_on_our_schema(url)
        tables.load()  # an act may touch a table whose module this command does not import
        store = Store(url, calendar, checkpoints=False)
        try:
            now = clock_of(click.get_current_context()).now()
            yield Desk(settings=given, store=store.door("command"), now=now)
        finally:
            store.close()
    except Refusal as refusal:
        facts = local(refusal.facts, calendar.zone)
        raise Said(say(language, refusal.message, **facts)) from None
    except DATABASE_AWAY as away:
        raise Said(
            say(
                language,
                "The database does not answer: {reason}. “samband doctor” says more.",
                reason=str(getattr(away, "orig", away)).strip().split("\n")[0],
            )
        ) from None
    except OSError as no:
        if no.filename is None and no.errno not in _FULL:
            raise  # a closed pipe, or a bug
        raise Said(_no_file(language, no)) from None


def _no_file(language: Language, no: OSError) -> str:
    if no.errno in _FULL:
        return say(language, "There is no room on the disk. Nothing in the database is lost.")
    return say(
        language,
        "{file} cannot be opened: {reason}. The service’s account must be allowed to.",
        file=str(no.filename),
        reason=str(no.strerror),
    )


def _insist_on_our_schema(url: str) -> None:
    path = migrations.sqlite_path(url)
    if path is not None and not path.exists():
        raise Refusal(
            "There is no database here: {file}. Is this the folder of the service? A new one is "
            "made by its first start, or by: samband db upgrade",
            file=str(path.absolute()),
        )
    revision = migrations.current(url)
    if not migrations.knows(revision):
        raise Refusal(
            "The database was made by a newer version. Install that one again, or restore the copy "
            "from before its upgrade."
        )
    if revision != migrations.head():
        raise Refusal("The database is not ready for this version. Run: samband db upgrade")
