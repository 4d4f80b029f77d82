"""What Alembic runs: the migrations, on the connection that ``storage.schema`` hands over."""

from typing import Any, Literal

from alembic import context

from storage.columns import Instant, Personal
from storage.tables import Base


def _plain_type(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write our own types as what they are to the database, so that a step stays true when they change."""
    if kind == "type" and isinstance(item, Personal):
        return "sa.Text()"
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter most things in place
    render_item=_plain_type,
)
with context.begin_transaction():
    context.run_migrations()
