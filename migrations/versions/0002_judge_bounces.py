"""Keep why a mail came back, and which addresses are in doubt for it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("address") as address:
        address.add_column(
            sa.Column("state", sa.String(), server_default="deliverable", nullable=False)
        )
        address.create_check_constraint(
            op.f("ck_address_state"), "state IN ('deliverable', 'probed', 'suppressed')"
        )
    with op.batch_alter_table("bounce") as bounce:
        # What is there was never judged, and is too old to be.
        bounce.add_column(sa.Column("cause", sa.String(), server_default="unknown", nullable=False))
        bounce.create_check_constraint(
            op.f("ck_bounce_cause"),
            "cause IN ('passing', 'unknown', 'content', 'soft', 'gone', 'complaint')",
        )
    op.create_table(
        "suppression",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address_id", sa.Integer(), nullable=False),
        sa.Column("probed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("suppressed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("diagnostic", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["address.id"],
            name=op.f("fk_suppression_address_id_address"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_suppression_address_id"), "suppression", ["address_id"])
    open_ones = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_suppression_open",
        "suppression",
        ["address_id"],
        unique=True,
        sqlite_where=open_ones,
        postgresql_where=open_ones,
    )


def downgrade() -> None:
    op.drop_table("suppression")
    with op.batch_alter_table("bounce") as bounce:
        bounce.drop_constraint(op.f("ck_bounce_cause"), type_="check")
        bounce.drop_column("cause")
    with op.batch_alter_table("address") as address:
        address.drop_constraint(op.f("ck_address_state"), type_="check")
        address.drop_column("state")
