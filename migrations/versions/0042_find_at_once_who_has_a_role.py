"""Find at once who has a role."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_person_role_role", "person_role", ["role"])


def downgrade() -> None:
    op.drop_index("ix_person_role_role", table_name="person_role")
