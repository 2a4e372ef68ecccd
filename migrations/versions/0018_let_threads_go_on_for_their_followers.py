"""Let threads go on for those who follow them; those that were there go on as the policy says."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ANSWERS = """UPDATE post SET is_reply = EXISTS (
    SELECT 1 FROM post AS earlier
    WHERE earlier.thread_id = post.thread_id AND earlier.id < post.id
)"""


def upgrade() -> None:
    op.add_column("digest_entry", _no("is_line"))
    op.add_column("post", _no("is_contained"))
    op.add_column("post", _no("is_reply"))
    op.execute(ANSWERS)
    _count_by(["state", "is_reply", "is_contained"], ["state", "is_reply"])
    with op.batch_alter_table("thread") as thread:
        thread.add_column(sa.Column("reach", sa.String(), nullable=False, server_default=""))
        thread.create_check_constraint(op.f("ck_thread_reach"), "reach IN ('', 'all', 'followers')")


def downgrade() -> None:
    with op.batch_alter_table("thread") as thread:
        thread.drop_constraint(op.f("ck_thread_reach"), type_="check")
        thread.drop_column("reach")
    _count_by([], ["state"])
    with op.batch_alter_table("post") as post:
        post.drop_column("is_reply")
        post.drop_column("is_contained")
    with op.batch_alter_table("digest_entry") as entry:
        entry.drop_column("is_line")


def _no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def _count_by(of_list: list[str], of_author: list[str]) -> None:
    by_list, by_author = op.f("ix_post_list_id_released_at"), op.f("ix_post_list_id_author_id")
    op.drop_index(by_list, table_name="post")
    op.drop_index(by_author, table_name="post")
    op.create_index(by_list, "post", ["list_id", "released_at", *of_list])
    op.create_index(by_author, "post", ["list_id", "author_id", *of_author, "released_at"])
