"""Why a database does not open, and what to do: the words of `samband serve`, `db` and `doctor`.

Only looks at files; what is wrong inside a database is not its concern.
"""

import errno
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import migrations
from community.database_facts import Unreachable
from community.store import DATABASE_AWAY, is_away

#: SQLite needs some room even to read: for its log, and to share it.
LEAST_BYTES = 1024**2
#: What somebody else made of the machine, and no bug of ours.
_NOT_OURS = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ENOTDIR}
)


class NotOpened(Exception):
    """The database cannot be used; the message says in one line why and what to do."""


@contextmanager
def in_words(url: str) -> Iterator[None]:
    """Turn what keeps a database from being opened into one line.

    Raises:
        NotOpened: it is away, not ours to write, on a full disk, or of a newer version.
    """
    try:
        yield
    except (migrations.NewerSchema, Unreachable) as no:
        raise NotOpened(str(no)) from no
    except DATABASE_AWAY as away:
        if not is_away(away):
            raise  # a statement of ours that is wrong
        reason = str(away.orig).strip().partition("\n")[0]
        raise NotOpened(f"The database does not answer: {reason}. {to_do(url)}") from away
    except OSError as no:
        if no.errno not in _NOT_OURS:
            raise
        where = no.filename or "The database"
        raise NotOpened(f"{where} cannot be used: {no.strerror}. {to_do(url)}") from no


def unwritable(folder: Path) -> str:
    """Say why nothing can be written in a folder; empty if something can. Leaves nothing there.

    A file system that went read-only by a fault may say so to those alone who write.
    """
    try:
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as no:
        return str(no.strerror)


def to_do(url: str, *, account: int | None = None) -> str:
    """Say what to do about a database that does not answer, to a process of this account."""
    path = migrations.sqlite_path(url)
    if path is None:
        return "See that PostgreSQL runs, and look at SAMBAND_DATABASE_URL (host, name, password)."
    folder = next(each for each in path.absolute().parents if each.is_dir())
    if unwritable(folder) == os.strerror(errno.EROFS):
        return f"The file system of {folder} is read-only: the kernel's log (dmesg) says why."
    if shutil.disk_usage(folder).free < LEAST_BYTES:
        return "Make room on the disk; nothing needs repair."
    us = os.geteuid() if account is None else account
    for each in (folder, *sorted(folder.glob(f"{path.name}*"))):
        if each.stat().st_uid != us:
            whose, ours = _name(each.stat().st_uid), _name(us)
            return f"{each} belongs to {whose}, not to {ours}: chown -R {ours}: {folder}"
    return "Look at SAMBAND_DATABASE_URL."


def _name(account: int) -> str:
    try:
        return pwd.getpwuid(account).pw_name
    except KeyError:
        return str(account)
