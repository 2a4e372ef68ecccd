"""Keep the footer of a post: decided once, before the first copy; none for those on their way."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("departure", sa.Column("footer", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("departure") as departure:
        departure.drop_column("footer")
