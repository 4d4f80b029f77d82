"""Whether a request's first call came before the time that was promised then was over."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of calls so far the promised time is taken as it stands now."""
    op.add_column("requests", sa.Column("called_in_time", sa.Boolean(), nullable=True))
    op.execute("UPDATE requests SET called_in_time = (called_at <= slot_end) WHERE called_at IS NOT NULL")


def downgrade() -> None:
    """Drop it."""
    op.drop_column("requests", "called_in_time")
