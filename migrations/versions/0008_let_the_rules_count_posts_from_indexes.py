"""Let the posting rules count posts from indexes, without reading the posts."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        op.f("ix_post_list_id_author_id"), "post", ["list_id", "author_id", "state", "released_at"]
    )
    op.create_index(op.f("ix_post_list_id_released_at"), "post", ["list_id", "released_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_post_list_id_released_at"), table_name="post")
    op.drop_index(op.f("ix_post_list_id_author_id"), table_name="post")
