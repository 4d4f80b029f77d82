"""Questions that clients pass on to the clinic, and the messages that belong to each."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables, and room for words that may be passed on with the next tap."""
    op.add_column("clients", sa.Column("question", sa.Text(), nullable=True))
    op.create_table(
        "questions",
        _id("number"),
        _client(nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("staff_chat_id", sa.BigInteger(), nullable=True),
        sa.Column("staff_message_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name="fk_questions_client_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name="pk_questions"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_questions_client_id", "questions", ["client_id"])
    op.create_table(
        "question_posts",
        _id("id"),
        sa.Column("question", sa.BigInteger(), nullable=False),
        _client(nullable=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name="fk_question_posts_client_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_question_posts"),
        sa.UniqueConstraint("chat_id", "message_id", name="uq_question_posts_chat_id_message_id"),
    )
    op.create_index("ix_question_posts_client_id", "question_posts", ["client_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("question_posts")
    op.drop_table("questions")
    op.drop_column("clients", "question")


def _id(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _client(*, nullable: bool) -> sa.Column[int]:
    return sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=nullable)
