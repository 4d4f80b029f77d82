"""Everything that is stored about one client, for ``/my_data``."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import AdviceRow, Base, Client, Consent, OutboxRow, Plan, Question, Quote, Request

_CLIENT = (
    *("telegram_user_id", "chat_id", "profile", "language", "time_zone", "source"),
    *("contact", "draft", "question", "created_at", "seen_at"),
)
_PAUSES = ("paused_at", "blocked_at")
_CONSENT = ("purpose", "text_version", "given_at", "withdrawn_at")
_ADVICE = ("protocol_version", "given_on", "given_at", "answers", "advice")
_REQUEST = ("number", "state", "details", "slot_start", "slot_end", "created_at", "outcome", "has_priority")
_REQUEST_LIFE = ("taken_at", "called_at", "called_in_time", "reached_at", "booked_at", "closed_at")
_PLAN = ("kind", "subject", "state", "reason", "facts", "step", "created_at", "changed_at")
_QUOTE = (
    *("number", "state", "lines", "total", "currency", "price_list", "valid_until", "language", "email"),
    *("created_at", "sent_at", "accepted_at"),
)
_QUESTION = ("number", "text", "asked_at", "answered_at", "answered_by")
_REMINDER = ("kind", "subject", "payload", "planned_for", "due_at", "state", "sent_at")

_OfClient: TypeAlias = AdviceRow | Consent | OutboxRow | Plan | Question | Quote | Request


async def own_data(session: AsyncSession, client_id: int) -> dict[str, Any]:
    """The client's data as JSON knows it, moments as ISO 8601 in UTC.

    ``answers`` are those of the interview under way or last finished, ``advice`` is the one that counts, if any.
    Raises ``LookupError`` for an unknown id.
    """
    client = await session.get(Client, client_id)
    if client is None:
        raise LookupError(f"no client {client_id}")

    async def rows_of(table: type[_OfClient], key: Any) -> Sequence[Any]:
        return (await session.scalars(select(table).where(table.client_id == client_id).order_by(key))).all()

    advices = [_readable(row, _ADVICE) for row in await rows_of(AdviceRow, AdviceRow.id)]
    reminders = [row for row in await rows_of(OutboxRow, OutboxRow.id) if row.recipient == f"client:{client_id}"]
    return {
        **_readable(client, _CLIENT + _PAUSES),
        "answers": client.consultation.get("answers", {}),
        "advice": advices[-1]["advice"] if advices else None,
        "advices": advices,
        "consents": [_readable(row, _CONSENT) for row in await rows_of(Consent, Consent.id)],
        "requests": [_readable(row, _REQUEST + _REQUEST_LIFE) for row in await rows_of(Request, Request.number)],
        "plans": [_readable(row, _PLAN) for row in await rows_of(Plan, Plan.id)],
        "quotes": [_readable(row, _QUOTE) for row in await rows_of(Quote, Quote.id)],
        "questions": [_readable(row, _QUESTION) for row in await rows_of(Question, Question.number)],
        "reminders": [_readable(row, _REMINDER) for row in reminders],
    }


def _readable(row: Base, names: Iterable[str]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
