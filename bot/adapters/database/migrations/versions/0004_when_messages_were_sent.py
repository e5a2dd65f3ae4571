"""An index by the instant of sending: how much was sent today is counted without reading every delivery."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_deliveries_sent_at", "deliveries", ["state", "sent_at"])


def downgrade() -> None:
    op.drop_index("ix_deliveries_sent_at", "deliveries")
