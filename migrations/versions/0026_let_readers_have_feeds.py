"""Let readers have feeds: a key of one reader for one list, kept as its hash."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key_sha256", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["mailing_list.id"],
            name=op.f("fk_feed_list_id_mailing_list"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_feed_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("list_id", "person_id", name=op.f("pk_feed")),
        sa.UniqueConstraint("key_sha256", name=op.f("uq_feed_key_sha256")),
    )
    op.create_index(op.f("ix_feed_person_id"), "feed", ["person_id"])


def downgrade() -> None:
    op.drop_table("feed")
