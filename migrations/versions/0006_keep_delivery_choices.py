"""Keep how each person wants the posts of the lists; make digests of one person, not of one list.

Digests that were made before become digests of those who got them, so that a notice that has not
gone out yet still finds its contents. A notice's id becomes the id of its digest.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _keep_old_digests()
    with op.batch_alter_table("post", table_kwargs={"sqlite_autoincrement": True}) as post:
        post.drop_constraint(op.f("fk_post_digest_id_digest"), type_="foreignkey")
        post.drop_column("digest_id")
    op.drop_table("digest")
    op.create_table(
        "digest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("format IN ('plain', 'mime', 'html')", name=op.f("ck_digest_format")),
        sa.CheckConstraint("mode IN ('daily', 'weekly')", name=op.f("ck_digest_mode")),
        _to("digest", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("message_id", name=op.f("uq_digest_message_id")),
        sa.UniqueConstraint("person_id", "number", name=op.f("uq_digest_person_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "digest_entry",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("digest_id", sa.Integer(), nullable=True),
        _to("digest_entry", "digest"),
        _to("digest_entry", "person"),
        _to("digest_entry", "post"),
        sa.PrimaryKeyConstraint("person_id", "post_id", name=op.f("pk_digest_entry")),
    )
    op.create_index("ix_digest_entry_digest_id", "digest_entry", ["digest_id"])
    op.create_index("ix_digest_entry_post_id", "digest_entry", ["post_id"])
    _bring_old_digests()
    _make_choices()


def downgrade() -> None:
    """Take it back; digests that were made meanwhile are lost, their notices with them."""
    op.execute("DELETE FROM notice WHERE kind = 'digest.publish'")
    with op.batch_alter_table("subscription") as subscription:
        subscription.drop_constraint(op.f("ck_subscription_mode"), type_="check")
        subscription.drop_column("paused_until")
        subscription.drop_column("mode")
    for table in ("addressee", "thread_choice", "mail_choice", "digest_entry", "digest"):
        op.drop_table(table)
    op.create_table(
        "digest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        _to("digest", "mailing_list", column="list_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("list_id", "number", name=op.f("uq_digest_list_id_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("post", table_kwargs={"sqlite_autoincrement": True}) as post:
        post.add_column(sa.Column("digest_id", sa.Integer(), nullable=True))
        post.create_foreign_key(op.f("fk_post_digest_id_digest"), "digest", ["digest_id"], ["id"])


def _keep_old_digests() -> None:
    op.execute(
        "CREATE TABLE old_digest AS SELECT notice.id, notice.person_id, digest.made_on, "
        "notice.due_at AS made_at, row_number() OVER "
        "(PARTITION BY notice.person_id ORDER BY notice.id) AS number "
        "FROM notice JOIN digest ON digest.id = notice.object_id "
        "WHERE notice.kind = 'digest.publish'"
    )
    op.execute(
        "CREATE TABLE old_entry AS SELECT notice.person_id, post.id AS post_id, "
        "notice.id AS digest_id FROM notice JOIN post ON post.digest_id = notice.object_id "
        "WHERE notice.kind = 'digest.publish'"
    )


def _bring_old_digests() -> None:
    op.execute(
        "INSERT INTO digest (id, person_id, number, mode, format, message_id, made_on, made_at) "
        "SELECT id, person_id, number, 'daily', 'html', "
        "'<digest.' || CAST(person_id AS VARCHAR) || '.' || CAST(number AS VARCHAR) || '@old>', "
        "made_on, made_at FROM old_digest ORDER BY id"
    )
    op.execute("INSERT INTO digest_entry SELECT person_id, post_id, digest_id FROM old_entry")
    op.execute(
        "UPDATE notice SET object_id = id, key = 'digest.publish:' || CAST(id AS VARCHAR) || '::' "
        "|| CAST(person_id AS VARCHAR) || ':' || channel WHERE kind = 'digest.publish'"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('digest', 'id'), "
            "(SELECT coalesce(max(id), 0) + 1 FROM digest), false)"
        )
    op.drop_table("old_entry")
    op.drop_table("old_digest")


def _make_choices() -> None:
    op.create_table(
        "mail_choice",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("gets_own", sa.Boolean(), nullable=False),
        sa.Column("gets_second", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "format IN ('plain', 'mime', 'html')", name=op.f("ck_mail_choice_format")
        ),
        _to("mail_choice", "person"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mail_choice")),
    )
    op.create_table(
        "thread_choice",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("follows", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        _to("thread_choice", "person"),
        _to("thread_choice", "thread"),
        sa.PrimaryKeyConstraint("thread_id", "person_id", name=op.f("pk_thread_choice")),
    )
    op.create_index("ix_thread_choice_person_id", "thread_choice", ["person_id"])
    op.create_table(
        "addressee",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _to("addressee", "person"),
        _to("addressee", "post"),
        sa.PrimaryKeyConstraint("post_id", "person_id", name=op.f("pk_addressee")),
    )
    op.create_index("ix_addressee_person_id", "addressee", ["person_id"])
    with op.batch_alter_table("subscription") as subscription:
        each = sa.Column("mode", sa.String(), nullable=False, server_default="each")
        subscription.add_column(each)
        subscription.add_column(
            sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True)
        )
        subscription.create_check_constraint(
            op.f("ck_subscription_mode"),
            "mode IN ('each', 'daily', 'weekly', 'followed', 'none')",
        )


def _to(table: str, other: str, *, column: str = "") -> sa.ForeignKeyConstraint:
    own = column or f"{other}_id"
    name = op.f(f"fk_{table}_{own}_{other}")
    return sa.ForeignKeyConstraint([own], [f"{other}.id"], name=name, ondelete="CASCADE")
