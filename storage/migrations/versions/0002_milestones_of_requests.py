"""When a request was first called, reached and booked; and the indexes that figures are counted by."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MILESTONES = ("called_at", "reached_at", "booked_at")


def upgrade() -> None:
    """Add the columns; a request that was reached so far was called at the same moment."""
    for name in MILESTONES:
        op.add_column("requests", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE requests SET called_at = closed_at, reached_at = closed_at WHERE state = 'reached'")
    op.create_index("ix_requests_created_at", "requests", ["created_at"])
    op.create_index("ix_clients_created_at_source", "clients", ["created_at", "source"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_clients_created_at_source", "clients")
    op.drop_index("ix_requests_created_at", "requests")
    for name in reversed(MILESTONES):
        op.drop_column("requests", name)
