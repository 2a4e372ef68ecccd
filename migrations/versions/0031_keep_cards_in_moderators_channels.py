"""Keep the cards that stand in moderators’ channels, and what is known of those channels."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_card",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("changes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("shown", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("doubts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("faults", sa.Integer(), server_default="0", nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'due') = (next_at IS NOT NULL)", name=op.f("ck_channel_card_settled")
        ),
        sa.CheckConstraint(
            "state IN ('due', 'done', 'failed', 'cancelled')", name=op.f("ck_channel_card_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_card")),
        sa.UniqueConstraint("key", name=op.f("uq_channel_card_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("channel_card", schema=None) as batch_op:
        batch_op.create_index("ix_channel_card_kind_object_id", ["kind", "object_id"], unique=False)
        batch_op.create_index(
            "ix_channel_card_next_at",
            ["next_at"],
            unique=False,
            postgresql_where=sa.text("next_at IS NOT NULL"),
            sqlite_where=sa.text("next_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_channel_card_reference"), ["reference"], unique=False)

    op.create_table(
        "moderators_channel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderators_channel")),
        sa.UniqueConstraint("channel", name=op.f("uq_moderators_channel_channel")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("moderators_channel")
    with op.batch_alter_table("channel_card", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_channel_card_reference"))
        batch_op.drop_index(
            "ix_channel_card_next_at",
            postgresql_where=sa.text("next_at IS NOT NULL"),
            sqlite_where=sa.text("next_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_channel_card_kind_object_id")

    op.drop_table("channel_card")
