"""Spare addresses that did not ask, and count quickly who waits to join."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

WAITS = "state = 'waiting'"


def upgrade() -> None:
    op.create_table(
        "respite",
        sa.Column("address_hash", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_respite")),
    )
    op.create_index(op.f("ix_respite_until"), "respite", ["until"])
    op.create_index(
        "ix_join_request_waits",
        "join_request",
        ["id"],
        sqlite_where=sa.text(WAITS),
        postgresql_where=sa.text(WAITS),
    )


def downgrade() -> None:
    op.drop_index("ix_join_request_waits", table_name="join_request")
    op.drop_table("respite")
