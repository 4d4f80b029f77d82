"""An index by which what has just happened is found among many reminders that are due."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Add it."""
    op.create_index("ix_outbox_waiting_kind", "outbox", ["kind"], sqlite_where=WAITING, postgresql_where=WAITING)


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_outbox_waiting_kind", "outbox")
