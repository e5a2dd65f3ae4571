"""The tables, as SQLAlchemy sees them; Alembic's revisions under ``migrations`` make them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData()


class UtcDateTime(TypeDecorator[datetime]):
    """Aware instants, kept as UTC: SQLite has no time zones of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """To the database; a naive value is a mistake in the program."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"an instant without a time zone: {value!r}")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """From the database; SQLite hands out naive values, which are UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("guild_id", BigInteger),
    Column("channel_id", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False, server_default="text"),
    Column("post_time", String(5)),  # HH:MM; NULL means as soon as a post is out
    Column("timezone", String(64), nullable=False),
    Column("weekdays", String(7), nullable=False),  # digits, Monday is 0
    Column("layout", String(16), nullable=False),
    Column("locale", String(8), nullable=False),
    Column("include_tags", JSON, nullable=False, server_default="[]"),
    Column("exclude_tags", JSON, nullable=False, server_default="[]"),
    Column("role_id", BigInteger),
    Column("silent", Boolean, nullable=False, server_default=false()),
    Column("publish", Boolean, nullable=False, server_default=false()),
    Column("forum_tags", JSON, nullable=False, server_default="[]"),
    Column("origin", String(16), nullable=False),  # "settings": follows NEWS_CHANNEL_ID
    Column("created_at", UtcDateTime, nullable=False),
    Column("paused_because", Text),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("retry_at", UtcDateTime),
    Column("told_at", UtcDateTime),  # until when nobody tells the server why it is paused; see ``telling``
    # A channel has one: two would argue about its language and its layout.
    UniqueConstraint("channel_id", name="uq_subscriptions_channel"),
    Index("ix_subscriptions_guild", "guild_id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    # The primary key is what makes a second post impossible.
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    Column("slug", String(512), primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("parts", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("payload_hash", String(64), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("retry_at", UtcDateTime),
    Column("message_id", BigInteger),
    Column("cause", Text),
    Column("content_hash", String(64)),  # of the post's file when this was sent; tells what was corrected
    Column("updated_on", Date),  # the post's own date of correction at its first delivery
    Column("listed_in", String(512)),  # a post that was only named in a list: the list's slug
    Column("place_id", BigInteger),  # the channel or thread that it was claimed for; NULL: not recorded
    Column("published_at", UtcDateTime),  # handed on to the servers that follow the channel
    Index("ix_deliveries_state", "state", "channel_id"),
    Index("ix_deliveries_sent_at", "state", "sent_at"),
    Index("ix_deliveries_slug", "slug", "content_hash"),  # what is outdated is found in it alone
)

posts_seen = Table(
    "posts_seen",
    metadata,
    Column("slug", String(512), primary_key=True),
    Column("first_seen_at", UtcDateTime, nullable=False),
)

marks = Table(
    "marks",
    metadata,
    Column("name", String(64), primary_key=True),  # see bot.adapters.database.marks
    Column("at", UtcDateTime, nullable=False),
)

steps = Table(
    "steps",
    metadata,
    # What became of each delivery, for whoever asks why a post did or did not arrive.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("slug", String(512), nullable=False),
    Column("part", Integer, nullable=False),
    Column("step", String(16), nullable=False),
    Column("detail", Text),
    Index("ix_steps_delivery", "channel_id", "slug"),
    Index("ix_steps_at", "at"),
)

drafts = Table(
    "drafts",
    metadata,
    # Subscriptions that somebody is setting up and has not saved yet.
    Column("id", String(16), primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("values", JSON, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    # Who changed what in a server's subscriptions.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("guild_id", BigInteger),
    Column("user_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("action", String(16), nullable=False),
    Column("old", JSON),
    Column("new", JSON),
    Index("ix_audit_guild", "guild_id", "id"),
)
