"""Forget on which day a digest was made: the moment says it, and nobody asks."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("digest", "made_on")


def downgrade() -> None:
    op.add_column("digest", sa.Column("made_on", sa.Date(), nullable=True))
    op.execute("UPDATE digest SET made_on = date(made_at)")
    with op.batch_alter_table("digest") as digest:
        digest.alter_column("made_on", existing_type=sa.Date(), nullable=False)
