"""Send posts to people of some fields; those that were there have gone to all."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

COUNTED = ["list_id", "released_at", "state", "is_reply", "is_contained"]


def upgrade() -> None:
    for table in ("thread", "post"):
        op.add_column(table, sa.Column("fields", sa.String(), nullable=False, server_default=""))
    _count_by([*COUNTED, "fields"])


def downgrade() -> None:
    _count_by(COUNTED)
    for table in ("post", "thread"):
        with op.batch_alter_table(table) as rows:
            rows.drop_column("fields")


def _count_by(columns: list[str]) -> None:
    name = op.f("ix_post_list_id_released_at")
    op.drop_index(name, table_name="post")
    op.create_index(name, "post", columns)
