"""Keep whom the answers to a post reach: its author alone for those that have left already."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    no = sa.false()
    op.add_column(
        "departure", sa.Column("to_list", sa.Boolean(), nullable=False, server_default=no)
    )


def downgrade() -> None:
    with op.batch_alter_table("departure") as departure:
        departure.drop_column("to_list")
