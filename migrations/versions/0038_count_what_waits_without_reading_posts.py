"""Count what waits without reading posts."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

WAITS = sa.text("state IN ('held', 'quarantined')")


def upgrade() -> None:
    op.drop_index("ix_post_waits", "post")
    columns = ["id", "list_id", "rule"]
    op.create_index("ix_post_waits", "post", columns, sqlite_where=WAITS, postgresql_where=WAITS)


def downgrade() -> None:
    op.drop_index("ix_post_waits", "post")
    op.create_index("ix_post_waits", "post", ["id"], sqlite_where=WAITS, postgresql_where=WAITS)
