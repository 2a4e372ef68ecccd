"""Never give an id again on SQLite, also in tables that were rebuilt: links in old mails carry ids.

The journal knows which were given before, also to who has been erased since.
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

REBUILT = ("person", "address", "thread", "post")
BEGIN = sa.text(
    "INSERT INTO sqlite_sequence SELECT :name, 0"
    " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = :name)"
)
GO_ON = sa.text(
    "UPDATE sqlite_sequence"
    " SET seq = max(seq, (SELECT coalesce(max(object_id), 0) FROM journal WHERE noun = :name))"
    " WHERE name = :name"
)


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":  # a sequence never goes back
        return
    for name in REBUILT:
        options = {"sqlite_autoincrement": True}
        with op.batch_alter_table(name, recreate="always", table_kwargs=options):
            pass
        for statement in (BEGIN, GO_ON):
            op.get_bind().execute(statement, {"name": name})


def downgrade() -> None:
    """Leave the tables as they are: the version before takes them so."""
