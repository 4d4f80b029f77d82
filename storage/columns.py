"""The column types: times that always know their zone, and the one type through which personal data passes."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

BigId = BigInteger().with_variant(Integer(), "sqlite")
"""A generated 64-bit key. SQLite generates keys for columns declared INTEGER only, which hold 64 bits there anyway."""


class Instant(TypeDecorator[datetime]):
    """A moment: aware in, stored in UTC, aware (UTC) out. A naive time is refused with a ``ValueError``."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Bring ``value`` to UTC. SQLite stores the digits alone, so that text order is the order in time."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back where the database dropped it."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Personal(TypeDecorator[Any]):
    """Personal data as JSON text; encryption with a key per client belongs here and nowhere else.

    A change is noticed when the attribute is replaced, not when the value inside is mutated:
    write ``client.draft = {**client.draft, "name": name}``. The database never searches inside such a column.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Dump ``value``; ``None`` becomes NULL. Raises ``TypeError`` for what JSON cannot hold."""
        if value is None:
            return None
        # ASCII only: half a surrogate pair in somebody's message is legal JSON, but no database stores it as text.
        return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Load what was dumped."""
        return None if value is None else json.loads(value)
