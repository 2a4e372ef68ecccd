"""`python -m migrations draft MESSAGE` writes a script; `check` compares scripts and classes."""

import importlib
import pkgutil
import sys
import tempfile

import sqlalchemy as sa
from alembic import command
from alembic.util import CommandError

import community
import migrations
from migrations.running import config_for


def load_tables() -> sa.MetaData:
    """Import every stored class and return all tables that the code wants."""
    for module in pkgutil.walk_packages(community.__path__, "community."):
        importlib.import_module(module.name)
    from community.store import Base

    return Base.metadata


def draft(message: str) -> None:
    """Write the script that leads from the migrations so far to the classes of today."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/draft.db"
        if migrations.head() != migrations.BASE:
            migrations.upgrade(url)
        config = config_for(url, scripts=migrations.SCRIPTS)
        config.attributes["metadata"] = load_tables()
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        command.revision(config, message, autogenerate=True, rev_id=next_revision())


def next_revision() -> str:
    """Number the scripts: 0001, 0002, ..."""
    newest = migrations.head()
    return "0001" if newest == migrations.BASE else f"{int(newest) + 1:04}"


def check(url: str) -> str:
    """Migrate the database at `url` and say how it differs from the classes; empty if it agrees."""
    migrations.upgrade(url)
    config = config_for(url, scripts=migrations.SCRIPTS)
    config.attributes["metadata"] = load_tables()
    config.print_stdout = lambda *_words: None  # type: ignore[method-assign]
    try:
        command.check(config)
    except CommandError as difference:
        return str(difference)
    return "\n".join(_unseen_by_alembic(url)) if migrations.sqlite_path(url) else ""


def _unseen_by_alembic(url: str) -> list[str]:
    """Compare the CHECKs and partial indexes of an SQLite file with those of the classes.

    Alembic compares neither, and an old CHECK would refuse a new state, in production only.
    """
    migrated = sa.create_engine(url, poolclass=sa.NullPool)
    fresh = sa.create_engine("sqlite://")
    load_tables().create_all(fresh)
    had, wanted = _conditions(migrated), _conditions(fresh)
    fresh.dispose()
    return [f"New in the classes: {words}" for words in sorted(wanted - had)] + [
        f"Only in the migrations: {words}" for words in sorted(had - wanted)
    ]


def _conditions(engine: sa.Engine) -> set[str]:
    inspector = sa.inspect(engine)
    checks = {
        f"{table}: CHECK {found['name']} {' '.join(found['sqltext'].split())}"
        for table in inspector.get_table_names()
        for found in inspector.get_check_constraints(table)
    }
    with engine.connect() as connection:
        sql = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'"
        return checks | {" ".join(row.split()) for row in connection.scalars(sa.text(sql))}


def main(arguments: list[str]) -> int:
    """Run one of the two commands."""
    if arguments[:1] == ["draft"] and len(arguments) == 2:
        draft(arguments[1])
        return 0
    if arguments == ["check"]:
        with tempfile.TemporaryDirectory() as folder:
            difference = check(f"sqlite:///{folder}/check.db")
        sys.stderr.write(difference + "\n" if difference else "Migrations and classes agree.\n")
        return 1 if difference else 0
    sys.stderr.write('Say `python -m migrations draft "what changes"` or `check`.\n')
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
