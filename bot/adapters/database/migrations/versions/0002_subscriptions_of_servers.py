"""Subscriptions with an id, tags, role and kind of channel; what deliveries need for corrections."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.database.tables import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEPT = (
    *("channel_id", "post_time", "timezone", "weekdays", "layout", "locale", "origin", "created_at"),
    "paused_because",
)


def upgrade() -> None:
    # Neither database changes a primary key in place: the rows are few and are carried over.
    rows = _rows()
    op.drop_table("subscriptions")
    table = op.create_table(
        "subscriptions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False, server_default="text"),
        sa.Column("post_time", sa.String(5)),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("weekdays", sa.String(7), nullable=False),
        sa.Column("layout", sa.String(16), nullable=False),
        sa.Column("locale", sa.String(8), nullable=False),
        sa.Column("include_tags", sa.JSON, nullable=False, server_default="[]"),
        sa.Column("exclude_tags", sa.JSON, nullable=False, server_default="[]"),
        sa.Column("role_id", sa.BigInteger),
        sa.Column("silent", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("publish", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("forum_tags", sa.JSON, nullable=False, server_default="[]"),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("paused_because", sa.Text),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("retry_at", UtcDateTime),
        sa.UniqueConstraint("channel_id", name="uq_subscriptions_channel"),
    )
    op.create_index("ix_subscriptions_guild", "subscriptions", ["guild_id"])
    op.bulk_insert(table, rows)
    op.add_column("deliveries", sa.Column("content_hash", sa.String(64)))
    op.add_column("deliveries", sa.Column("updated_on", sa.Date))
    op.add_column("deliveries", sa.Column("listed_in", sa.String(512)))
    op.add_column("deliveries", sa.Column("published_at", UtcDateTime))
    op.create_index("ix_deliveries_slug", "deliveries", ["slug"])


def downgrade() -> None:
    rows = _rows()
    op.drop_index("ix_deliveries_slug", "deliveries")
    for column in ("published_at", "listed_in", "updated_on", "content_hash"):
        op.drop_column("deliveries", column)
    op.drop_table("subscriptions")
    table = op.create_table(
        "subscriptions",
        sa.Column("channel_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("post_time", sa.String(5)),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("weekdays", sa.String(7), nullable=False),
        sa.Column("layout", sa.String(16), nullable=False),
        sa.Column("locale", sa.String(8), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("paused_because", sa.Text),
    )
    op.bulk_insert(table, rows)


def _rows() -> list[dict[str, object]]:
    typed = sa.table(
        "subscriptions", *(sa.column(name, UtcDateTime if name == "created_at" else None) for name in KEPT)
    )
    return [dict(row) for row in op.get_bind().execute(sa.select(typed)).mappings()]
