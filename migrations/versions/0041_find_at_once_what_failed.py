"""Find at once what failed, and what somebody has said about their lists."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

INDEXES = (
    *(
        (f"ix_{name}_failed", name, "id", "state = 'failed'")
        for name in ("channel_card", "delivery")
    ),
    *((f"ix_{name}_failed", name, "id", "state = 'failed'") for name in ("notice", "step")),
    ("ix_journal_person_id_lists", "journal", "person_id", "noun = 'mailing_list'"),
)


def upgrade() -> None:
    for name, table, column, where in INDEXES:
        few = sa.text(where)
        op.create_index(name, table, [column], postgresql_where=few, sqlite_where=few)


def downgrade() -> None:
    for name, table, _, _ in INDEXES:
        op.drop_index(name, table_name=table)
