"""Keep topics of threads, and to whom the posts of which come otherwise; old threads have none."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("thread", sa.Column("topic", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_thread_list_id_topic", "thread", ["list_id", "topic"])
    op.create_table(
        "topic_choice",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.CheckConstraint("way IN ('each', 'digest', 'none')", name=op.f("ck_topic_choice_way")),
        sa.ForeignKeyConstraint(
            ["list_id", "person_id"],
            ["subscription.list_id", "subscription.person_id"],
            name=op.f("fk_topic_choice_list_id_person_id_subscription"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_topic_choice_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("list_id", "topic", "person_id", name=op.f("pk_topic_choice")),
    )
    op.create_index(op.f("ix_topic_choice_person_id"), "topic_choice", ["person_id"])


def downgrade() -> None:
    op.drop_table("topic_choice")
    op.drop_index("ix_thread_list_id_topic", table_name="thread")
    with op.batch_alter_table("thread") as thread:
        thread.drop_column("topic")
