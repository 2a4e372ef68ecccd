"""Know what posts say the same; those that are there already are too old to matter."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

SPEAKS = sa.text("said IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.add_column(sa.Column("said", sa.String(), nullable=True))
    columns = ["list_id", "said", "received_at"]
    op.create_index("ix_post_said", "post", columns, sqlite_where=SPEAKS, postgresql_where=SPEAKS)


def downgrade() -> None:
    op.drop_index("ix_post_said", "post")
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_column("said")
