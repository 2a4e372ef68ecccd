"""Keep posts that were sent on to one person alone, and which threads are closed."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

OLD = (
    "state IN ('releasing', 'held', 'queued', 'discarded', 'quarantined', 'returned', 'released', "
    "'withdrawn', 'digested', 'removed')"
)
NEW = (
    "state IN ('releasing', 'held', 'queued', 'discarded', 'quarantined', 'returned', 'released', "
    "'forwarded', 'withdrawn', 'digested', 'removed')"
)


def upgrade() -> None:
    with op.batch_alter_table("post") as post:
        post.drop_constraint(op.f("ck_post_state"), type_="check")
        post.create_check_constraint(op.f("ck_post_state"), NEW)
    op.add_column("thread", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("thread", "closed_at")
    op.execute("UPDATE post SET state = 'returned' WHERE state = 'forwarded'")
    with op.batch_alter_table("post") as post:
        post.drop_constraint(op.f("ck_post_state"), type_="check")
        post.create_check_constraint(op.f("ck_post_state"), OLD)
