"""Steps of deliveries, drafts of subscriptions, an audit of their changes; whether a server was told."""

import sqlalchemy as sa
from alembic import op

from bot.adapters.database.tables import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_deliveries_slug", "deliveries")
    op.create_index("ix_deliveries_slug", "deliveries", ["slug", "content_hash"])
    op.add_column("subscriptions", sa.Column("told_at", UtcDateTime))
    op.create_table(
        "steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("slug", sa.String(512), nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("detail", sa.Text),
    )
    op.create_index("ix_steps_delivery", "steps", ["channel_id", "slug"])
    op.create_index("ix_steps_at", "steps", ["at"])
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("values", sa.JSON, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("old", sa.JSON),
        sa.Column("new", sa.JSON),
    )
    op.create_index("ix_audit_guild", "audit", ["guild_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_deliveries_slug", "deliveries")
    op.create_index("ix_deliveries_slug", "deliveries", ["slug"])
    op.drop_table("audit")
    op.drop_table("drafts")
    op.drop_table("steps")
    op.drop_column("subscriptions", "told_at")
