"""Write a post that waits to fewer indexes.

One for each author serves all that two did; no question is about the moment of release alone; and
what has not gone out is not among what has.
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_BY_LIST = "ix_post_list_id_released_at"
_OF_A_LIST = ["list_id", "released_at", "state", "is_reply", "is_contained", "fields"]
_COUNTED = ["state", "is_reply", "released_at"]
_IS_OUT = sa.text("released_at IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_post_released_at", table_name="post")
    op.drop_index(_BY_LIST, table_name="post")
    op.create_index(_BY_LIST, "post", _OF_A_LIST, sqlite_where=_IS_OUT, postgresql_where=_IS_OUT)
    op.create_index("ix_post_author_id_list_id", "post", ["author_id", "list_id", *_COUNTED])
    op.drop_index("ix_post_list_id_author_id", table_name="post")
    op.drop_index("ix_post_author_id", table_name="post")


def downgrade() -> None:
    op.create_index("ix_post_author_id", "post", ["author_id"])
    op.create_index("ix_post_list_id_author_id", "post", ["list_id", "author_id", *_COUNTED])
    op.drop_index("ix_post_author_id_list_id", table_name="post")
    op.drop_index(_BY_LIST, table_name="post")
    op.create_index(_BY_LIST, "post", _OF_A_LIST)
    op.create_index("ix_post_released_at", "post", ["released_at"])
