"""Let the archive walk a list's posts from the newest on, without reading the posts."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        op.f("ix_post_list_id_received_at"),
        "post",
        ["list_id", "received_at", "thread_id", "state"],
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_post_list_id_received_at"), table_name="post")
