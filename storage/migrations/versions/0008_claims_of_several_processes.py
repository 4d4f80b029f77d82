"""Which of several processes works on an update or draws a screen, and until when."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OVER = sa.text("state <> 'waiting'")


def upgrade() -> None:
    """Apply this step."""
    op.add_column("clients", sa.Column("screen_leased_until", sa.DateTime(timezone=True)))
    op.add_column("clients", sa.Column("screen_lease_token", sa.String()))
    op.add_column("clients", sa.Column("screen_again", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("inbox", sa.Column("leased_until", sa.DateTime(timezone=True)))
    op.add_column("inbox", sa.Column("lease_token", sa.String()))
    op.create_index("ix_inbox_over", "inbox", ["received_at"], sqlite_where=OVER, postgresql_where=OVER)


def downgrade() -> None:
    """Take this step back."""
    op.drop_index("ix_inbox_over", "inbox")
    for column in ("lease_token", "leased_until"):
        op.drop_column("inbox", column)
    for column in ("screen_again", "screen_lease_token", "screen_leased_until"):
        op.drop_column("clients", column)
