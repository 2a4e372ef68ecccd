"""Let a claim take some deliveries of each post: index what waits by its post first."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WAITING = sa.text("next_at IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_delivery_post_id_next_at",
        "delivery",
        ["post_id", "next_at"],
        postgresql_where=_WAITING,
        sqlite_where=_WAITING,
    )
    op.drop_index("ix_delivery_next_at", "delivery")


def downgrade() -> None:
    op.create_index(
        "ix_delivery_next_at",
        "delivery",
        ["next_at"],
        postgresql_where=_WAITING,
        sqlite_where=_WAITING,
    )
    op.drop_index("ix_delivery_post_id_next_at", "delivery")
