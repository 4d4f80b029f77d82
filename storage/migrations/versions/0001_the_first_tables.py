"""The first tables."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FIRST_REQUEST = 1001


def upgrade() -> None:
    """Create everything."""
    _clients()
    _consents()
    _advices()
    _requests()
    _inbox()
    _outbox()
    op.create_table("facts", _text("key"), _text("value"), sa.PrimaryKeyConstraint("key", name="pk_facts"))


def downgrade() -> None:
    """Drop everything, what refers to clients first."""
    for table in ("facts", "outbox", "inbox", "requests", "advices", "consents", "clients"):
        op.drop_table(table)


def _clients() -> None:
    op.create_table(
        "clients",
        sa.Column("id", _id(), nullable=False),
        _number("telegram_user_id"),
        _number("chat_id"),
        _personal("profile"),
        _text("language"),
        _text("source", nullable=True),
        _text("place"),
        _personal("consultation"),
        _personal("draft"),
        _personal("contact"),
        _number("screen_message_id", nullable=True),
        _text("screen_digest", nullable=True),
        _text("screen_advice", nullable=True),
        sa.Column("screen_owed", sa.Boolean(), nullable=False),
        _instant("paused_at", nullable=True),
        _instant("blocked_at", nullable=True),
        _instant("created_at"),
        _instant("seen_at"),
        sa.PrimaryKeyConstraint("id", name="pk_clients"),
        sa.UniqueConstraint("telegram_user_id", name="uq_clients_telegram_user_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_clients_screen_owed",
        "clients",
        ["id"],
        sqlite_where=sa.text("screen_owed = 1"),
        postgresql_where=sa.text("screen_owed"),
    )


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", _id(), nullable=False),
        sa.Column("client_id", _id(), nullable=False),
        _text("purpose"),
        _text("text_version"),
        _instant("given_at"),
        _instant("withdrawn_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        _of_client("consents"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_consents_client_id", "consents", ["client_id"])
    _partial("uq_consents_in_force", "consents", ["client_id", "purpose"], "withdrawn_at IS NULL", unique=True)


def _advices() -> None:
    op.create_table(
        "advices",
        sa.Column("id", _id(), nullable=False),
        sa.Column("client_id", _id(), nullable=False),
        _text("protocol_version"),
        sa.Column("given_on", sa.Date(), nullable=False),
        _instant("given_at"),
        _personal("answers"),
        _personal("advice"),
        sa.PrimaryKeyConstraint("id", name="pk_advices"),
        _of_client("advices"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_advices_client_id_id", "advices", ["client_id", "id"])


def _requests() -> None:
    op.create_table(
        "requests",
        sa.Column("number", _id(), sa.Identity(start=FIRST_REQUEST), nullable=False),
        sa.Column("client_id", _id(), nullable=False),
        _text("state"),
        _personal("details"),
        _instant("slot_start"),
        _instant("slot_end"),
        _instant("created_at"),
        _number("taken_by_id", nullable=True),
        _personal("taken_by_name", nullable=True),
        _instant("taken_at", nullable=True),
        _instant("closed_at", nullable=True),
        _number("staff_chat_id", nullable=True),
        _number("staff_message_id", nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_requests"),
        _of_client("requests"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_requests_client_id", "requests", ["client_id"])
    _partial("uq_requests_open", "requests", ["client_id"], "state IN ('open', 'taken')", unique=True)
    if op.get_bind().dialect.name == "sqlite":  # which knows no start of an identity
        sequences = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))
        op.execute(sequences.insert().values(name="requests", seq=FIRST_REQUEST - 1))


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", _id(), nullable=False),
        _number("bot_id"),
        _number("update_id"),
        _number("lane"),
        _personal("raw"),
        _instant("received_at"),
        _text("state"),
        sa.Column("tries", sa.Integer(), nullable=False),
        _text("error", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("bot_id", "update_id", name="uq_inbox_bot_id_update_id"),
        sa.CheckConstraint("state IN ('waiting', 'done', 'set_aside')", name=op.f("ck_inbox_state")),
        sqlite_autoincrement=True,
    )
    _partial("ix_inbox_waiting", "inbox", ["id"], "state = 'waiting'")
    _partial("ix_inbox_waiting_lane", "inbox", ["lane", "id"], "state = 'waiting'")


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _id(), nullable=False),
        _text("recipient"),
        sa.Column("client_id", _id(), nullable=True),
        _text("kind"),
        _text("subject"),
        _personal("payload"),
        _instant("planned_for"),
        _instant("due_at"),
        _text("state"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _instant("leased_until", nullable=True),
        _text("lease_token", nullable=True),
        _text("last_error", nullable=True),
        _instant("sent_at", nullable=True),
        _number("message_id", nullable=True),
        _instant("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("recipient", "kind", "subject", name="uq_outbox_recipient_kind_subject"),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'failed', 'missed', 'cancelled')", name=op.f("ck_outbox_state")
        ),
        _of_client("outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_client_id", "outbox", ["client_id"])
    _partial("ix_outbox_due", "outbox", ["due_at", "id"], "state = 'waiting'")


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _personal(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_client(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=f"fk_{table}_client_id", ondelete="CASCADE")


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
