"""Walk the posts of all lists from the newest on, and sum threads up, without reading posts."""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

NEWEST = ("ix_post_received_at", ["received_at", "id", "list_id", "thread_id", "state"])
OF_THREAD = ("ix_post_thread_id_received_at", ["thread_id", "received_at", "state", "id"])


def upgrade() -> None:
    op.create_index(NEWEST[0], "post", NEWEST[1])
    op.create_index(OF_THREAD[0], "post", OF_THREAD[1])
    op.drop_index(op.f("ix_post_thread_id"), table_name="post")


def downgrade() -> None:
    op.create_index(op.f("ix_post_thread_id"), "post", ["thread_id"])
    op.drop_index(OF_THREAD[0], table_name="post")
    op.drop_index(NEWEST[0], table_name="post")
