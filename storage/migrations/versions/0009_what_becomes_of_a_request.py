"""What becomes of a request: tries, outcomes, a place in front, and who looked at the answers behind it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BEFORE = "state IN ('open', 'taken')"
AFTER = "state IN ('open', 'taken', 'no_answer')"


def upgrade() -> None:
    """Add the columns (what is stored already has no outcome) and the log of views."""
    op.add_column("requests", sa.Column("no_answers", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("requests", sa.Column("has_priority", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("requests", sa.Column("outcome", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("requests", sa.Column("asking", sa.Text(), nullable=True))
    _one_that(AFTER)
    op.create_table(
        "views",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("request_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("viewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_number"], ["requests.number"], name="fk_views_request_number", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_views"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_views_request_number", "views", ["request_number"])


def downgrade() -> None:
    """Take them back; a request without an answer is open again."""
    op.drop_table("views")
    op.execute("UPDATE requests SET state = 'open' WHERE state = 'no_answer'")
    _one_that(BEFORE)
    for name in ("asking", "outcome", "has_priority", "no_answers"):
        op.drop_column("requests", name)


def _one_that(condition: str) -> None:
    op.drop_index("uq_requests_open", "requests")
    where = sa.text(condition)
    op.create_index(
        "uq_requests_open", "requests", ["client_id"], unique=True, sqlite_where=where, postgresql_where=where
    )
