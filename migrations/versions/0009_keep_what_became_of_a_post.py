"""Keep what the rules said, how many copies a post has, its hash, doubts, doors, and flaws.

Bytes that came before are hashed as they are now: nobody knows better.
"""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("post", sa.Column("judgement", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("post", sa.Column("copies", sa.Integer(), nullable=True))
    op.add_column(
        "post_source", sa.Column("sha256", sa.String(), nullable=False, server_default="")
    )
    op.add_column("delivery", sa.Column("doubts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("notice", sa.Column("doubts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("journal", sa.Column("door", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "flaw",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("ids", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_flaw")),
    )
    op.execute(
        "UPDATE post SET copies = (SELECT count(*) FROM delivery WHERE delivery.post_id = post.id) "
        "WHERE state = 'released'"
    )
    _hash_what_is_there()


def downgrade() -> None:
    op.drop_table("flaw")
    for table, column in (
        ("journal", "door"),
        ("notice", "doubts"),
        ("delivery", "doubts"),
        ("post_source", "sha256"),
        ("post", "copies"),
        ("post", "judgement"),
    ):
        op.drop_column(table, column)


def _hash_what_is_there() -> None:
    source = sa.table("post_source", sa.column("post_id"), sa.column("raw"), sa.column("sha256"))
    connection = op.get_bind()
    for post_id in connection.scalars(sa.select(source.c.post_id)).all():
        raw = connection.scalar(sa.select(source.c.raw).where(source.c.post_id == post_id))
        values = {"sha256": hashlib.sha256(raw).hexdigest()}
        connection.execute(source.update().where(source.c.post_id == post_id).values(values))
