"""Keep by which way each kind of message comes; what people have stopped stays stopped."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "category_choice",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "way IN ('slack', 'mail', 'both', 'none')", name=op.f("ck_category_choice_way")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_category_choice_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", "category", name=op.f("pk_category_choice")),
    )
    op.execute(
        "INSERT INTO category_choice (person_id, category, way, since) "
        "SELECT person_id, topic, 'none', since FROM mute"
    )
    op.drop_table("mute")


def downgrade() -> None:
    """Take it back; that a kind came by another way is forgotten, it then comes as ever."""
    op.create_table(
        "mute",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_mute_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "topic", name=op.f("pk_mute")),
    )
    op.execute(
        "INSERT INTO mute (person_id, topic, since) "
        "SELECT person_id, category, since FROM category_choice WHERE way = 'none'"
    )
    op.drop_table("category_choice")
