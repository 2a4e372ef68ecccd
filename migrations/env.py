"""Alembic runs this file for every command: open our own connection and run the scripts on it.

All scripts run in one transaction, on SQLite too. SQLite's foreign keys are off meanwhile: Alembic
alters a table there by copying and dropping it, and with the keys on the drop would empty, through
ON DELETE CASCADE, every table that refers to it. They are checked before the commit instead.
"""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

#: SQLite's full text table, and what it keeps in tables of its own.
FULL_TEXT_TABLE = "post_words"
#: PostgreSQL's generated column and its index.
FULL_TEXT_NAMES = ("words", "ix_post_stems_words")


class BrokenReferences(Exception):
    """A migration left rows that refer to nothing; it was rolled back."""


def run() -> None:
    """Run the scripts that the command asks for, in one transaction."""
    url = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True)["url"]
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    on_sqlite = engine.dialect.name == "sqlite"
    if on_sqlite:
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=context.config.attributes.get("metadata"),
            render_as_batch=True,
            compare_type=True,
            render_item=_render,
            include_object=_is_ours,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            if on_sqlite:
                _check_references(connection)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin transactions late and commit before DDL; we begin them ourselves.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("PRAGMA busy_timeout=30000")


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _check_references(connection: sa.Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        tables = sorted({f"{row[0]} -> {row[2]}" for row in broken})
        raise BrokenReferences(f"{len(broken)} rows refer to nothing: {', '.join(tables)}")


def _is_ours(
    _object: object, name: str | None, kind: str, is_reflected: object, _compare_to: object
) -> bool:
    # What the databases keep for the full text search follows by itself and is in no class (0016).
    if not is_reflected or name is None:
        return True
    if kind == "table":
        return not name.startswith(FULL_TEXT_TABLE)
    return name not in FULL_TEXT_NAMES


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    # A script never imports `community`, so our own column types appear as what they store.
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        impl = item.impl_instance
        return f"sa.{impl!r}" if type(impl).__module__.startswith("sqlalchemy.sql") else False
    return False


run()
