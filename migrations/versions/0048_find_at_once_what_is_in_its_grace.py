"""Find at once what is in its grace."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_IN_GRACE = sa.text("state = 'releasing'")


def upgrade() -> None:
    op.create_index(
        "ix_post_on_its_way",
        "post",
        ["list_id", "is_contained", "fields", "is_reply", "author_id", "state"],
        sqlite_where=_IN_GRACE,
        postgresql_where=_IN_GRACE,
    )


def downgrade() -> None:
    op.drop_index("ix_post_on_its_way", table_name="post")
