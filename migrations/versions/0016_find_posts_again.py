"""Find posts again: their stems, and a full text index of each database's own.

SQLite: an FTS5 table that reads from `post_stems` and follows it by triggers; whoever rebuilds that
table by a batch alter must make the triggers again. PostgreSQL: a generated column with a GIN index.
Posts that are there already are taken up by the service, a few hundred at a time.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_PUT_IN = (
    "INSERT INTO post_words(rowid, subject, author, text) "
    "VALUES (new.post_id, new.subject, new.author, new.text);"
)
_TAKE_OUT = (
    "INSERT INTO post_words(post_words, rowid, subject, author, text) "
    "VALUES ('delete', old.post_id, old.subject, old.author, old.text);"
)
SQLITE = (
    "CREATE VIRTUAL TABLE post_words USING fts5("
    "subject, author, text, content='post_stems', content_rowid='post_id', "
    'tokenize="unicode61 remove_diacritics 0")',
    f"CREATE TRIGGER post_stems_put AFTER INSERT ON post_stems BEGIN {_PUT_IN} END",
    f"CREATE TRIGGER post_stems_taken AFTER DELETE ON post_stems BEGIN {_TAKE_OUT} END",
    f"CREATE TRIGGER post_stems_changed AFTER UPDATE ON post_stems BEGIN {_TAKE_OUT} {_PUT_IN} END",
)
POSTGRES = (
    "ALTER TABLE post_stems ADD COLUMN words tsvector GENERATED ALWAYS AS ("
    "setweight(to_tsvector('simple', subject), 'A') || "
    "setweight(to_tsvector('simple', author), 'B') || "
    "to_tsvector('simple', text)) STORED",
    "CREATE INDEX ix_post_stems_words ON post_stems USING gin (words)",
)


def upgrade() -> None:
    op.create_table(
        "post_stems",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"],
            ["post.id"],
            name=op.f("fk_post_stems_post_id_post"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_post_stems")),
    )
    for statement in SQLITE if _is_sqlite() else POSTGRES:
        op.execute(sa.text(statement.replace(":", r"\:")))


def downgrade() -> None:
    if _is_sqlite():
        op.execute("DROP TABLE post_words")
    op.drop_table("post_stems")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
