"""Plans of reminders, and the time zone that a client chose.

Reminders that wait already become plans, with the facts that their rows hold: the day, in UTC, which is the clinic's
day too wherever a decent hour lies on the same day in both.
"""

import json
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and a plan for each reminder that waits."""
    op.add_column("clients", sa.Column("time_zone", sa.String(), nullable=True))
    op.create_table(
        "plans",
        sa.Column("id", _id(), nullable=False),
        sa.Column("client_id", _id(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("snoozes", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
        sa.UniqueConstraint("uid", name="uq_plans_uid"),
        sa.CheckConstraint("state IN ('active', 'paused', 'ended')", name=op.f("ck_plans_state")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name="fk_plans_client_id", ondelete="CASCADE"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_plans_client_id", "plans", ["client_id"])
    _partial("uq_plans_live", ["client_id", "kind", "subject"], "state <> 'ended'", unique=True)
    _partial("ix_plans_active", ["id"], "state = 'active'")
    _plan_what_waits()


def downgrade() -> None:
    """Drop the table; the rows that wait are reminders again as they were."""
    op.drop_table("plans")
    with op.batch_alter_table("clients") as clients:
        clients.drop_column("time_zone")


def _plan_what_waits() -> None:
    """``safe_now`` and ``unfinished`` were rows of the outbox alone."""
    names = ("id", "client_id", "kind", "subject", "due_at", "state", "created_at")
    outbox = sa.table("outbox", *(sa.column(name) for name in names))
    plans = sa.table("plans", *(sa.column(name) for name in _PLAN))
    connection = op.get_bind()
    kinds = outbox.c.kind.in_(("safe_now", "unfinished"))
    waiting = sa.select(outbox).where(outbox.c.state == "waiting", kinds, outbox.c.client_id.is_not(None))
    for row in connection.execute(waiting.order_by(outbox.c.id)).all():
        subject = "" if row.kind == "safe_now" else row.subject
        new = {
            "client_id": row.client_id,
            "kind": row.kind,
            "subject": subject,
            "state": "active",
            "reason": "",
            "facts": json.dumps({"day": str(row.due_at)[:10]}),
            "step": 0,
            "snoozes": 0,
            "uid": secrets.token_hex(16),
            "sequence": 0,
            "created_at": row.created_at,
            "changed_at": row.created_at,
        }
        connection.execute(plans.insert().values(**new))
        mine = sa.and_(plans.c.client_id == row.client_id, plans.c.kind == row.kind, plans.c.subject == subject)
        plan_id = connection.execute(sa.select(sa.func.max(sa.column("id"))).select_from(plans).where(mine)).scalar()
        connection.execute(outbox.update().where(outbox.c.id == row.id).values(subject=f"{plan_id}:0"))


_PLAN = (
    "client_id", "kind", "subject", "state", "reason", "facts", "step", "snoozes", "uid", "sequence", "created_at",
    "changed_at",
)  # fmt: skip


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _partial(name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, "plans", columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
