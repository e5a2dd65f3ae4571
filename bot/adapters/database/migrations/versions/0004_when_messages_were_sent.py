"""When messages were sent, in an index, and where to."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("place_id", sa.BigInteger))
    op.create_index("ix_deliveries_sent_at", "deliveries", ["state", "sent_at"])


def downgrade() -> None:
    op.drop_index("ix_deliveries_sent_at", "deliveries")
    op.drop_column("deliveries", "place_id")
