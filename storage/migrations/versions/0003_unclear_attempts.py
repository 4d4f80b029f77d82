"""Whether an earlier attempt to say something may have arrived."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this step."""
    op.add_column("outbox", sa.Column("unclear", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Take this step back."""
    op.drop_column("outbox", "unclear")
