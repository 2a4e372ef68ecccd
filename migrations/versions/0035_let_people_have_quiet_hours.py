"""Let people have quiet hours."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quiet_hours",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("opens_hour", sa.Integer(), nullable=False),
        sa.Column("closes_hour", sa.Integer(), nullable=False),
        sa.Column("days", sa.String(), nullable=False),
        sa.CheckConstraint(
            "opens_hour >= 0 AND opens_hour < closes_hour", name=op.f("ck_quiet_hours_hours")
        ),
        sa.CheckConstraint("closes_hour <= 24", name=op.f("ck_quiet_hours_closes")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_quiet_hours_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_quiet_hours")),
    )


def downgrade() -> None:
    op.drop_table("quiet_hours")
