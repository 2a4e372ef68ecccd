"""Let an accepted post wait a little before it goes out, and be withdrawn meanwhile."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OLD = "state IN ('released', 'held', 'queued', 'discarded', 'quarantined', 'returned', 'digested')"
NEW = "state IN ('releasing', 'held', 'queued', 'discarded', 'quarantined', 'returned', 'released', 'withdrawn', 'digested')"


def upgrade() -> None:
    with op.batch_alter_table("post") as post:
        post.drop_constraint(op.f("ck_post_state"), type_="check")
        post.create_check_constraint(op.f("ck_post_state"), NEW)


def downgrade() -> None:
    op.execute("UPDATE post SET state = 'held' WHERE state = 'releasing'")
    op.execute("UPDATE post SET state = 'discarded' WHERE state = 'withdrawn'")
    with op.batch_alter_table("post") as post:
        post.drop_constraint(op.f("ck_post_state"), type_="check")
        post.create_check_constraint(op.f("ck_post_state"), OLD)
