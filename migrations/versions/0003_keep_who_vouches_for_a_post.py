"""Keep who vouches for a post's sender."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: What is there was never checked. Added one by one: SQLite need not copy all posts for that.
COLUMNS = (("proof", "unknown"), ("proof_domain", ""), ("authentication", ""))


def upgrade() -> None:
    for name, value in COLUMNS:
        op.add_column("post", sa.Column(name, sa.String(), server_default=value, nullable=False))


def downgrade() -> None:
    for name, _value in COLUMNS:
        op.drop_column("post", name)
