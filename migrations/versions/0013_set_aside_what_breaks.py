"""Set aside what breaks: count the tries that ended in a bug or never ended; none so far."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("notice", "delivery"):
        op.add_column(table, sa.Column("faults", sa.Integer(), nullable=False, server_default="0"))
    op.add_column(
        "post", sa.Column("preparations", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("post", sa.Column("preparing_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    for table in ("notice", "delivery"):
        with op.batch_alter_table(table) as rows:
            rows.drop_column("faults")
    with op.batch_alter_table("post") as post:
        post.drop_column("preparing_at")
        post.drop_column("preparations")
