"""Keep about which months lists have had their letter; none for those that are over."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "monthly_letter",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["mailing_list.id"],
            name=op.f("fk_monthly_letter_list_id_mailing_list"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["post_id"],
            ["post.id"],
            name=op.f("fk_monthly_letter_post_id_post"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("list_id", "month", name=op.f("pk_monthly_letter")),
    )
    op.create_index(op.f("ix_monthly_letter_post_id"), "monthly_letter", ["post_id"])


def downgrade() -> None:
    op.drop_table("monthly_letter")
