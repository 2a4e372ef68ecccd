"""Let posts be removed from the archive: a stub stays."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

OLD = (
    "state IN ('releasing', 'held', 'queued', 'discarded', 'quarantined', 'returned', 'released', "
    "'withdrawn', 'digested')"
)
NEW = (
    "state IN ('releasing', 'held', 'queued', 'discarded', 'quarantined', 'returned', 'released', "
    "'withdrawn', 'digested', 'removed')"
)


def upgrade() -> None:
    with op.batch_alter_table("post") as post:
        post.drop_constraint(op.f("ck_post_state"), type_="check")
        post.create_check_constraint(op.f("ck_post_state"), NEW)


def downgrade() -> None:
    op.execute("UPDATE post SET state = 'discarded' WHERE state = 'removed'")
    with op.batch_alter_table("post") as post:
        post.drop_constraint(op.f("ck_post_state"), type_="check")
        post.create_check_constraint(op.f("ck_post_state"), OLD)
