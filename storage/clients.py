"""Clients: who they are and where their conversation stands."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from storage.own_data import own_data
from storage.repository import LOCK, Repository
from storage.tables import Client


class Clients(Repository):
    """The people who wrote to the bot."""

    async def get_or_create(
        self, user_id: int, *, chat_id: int, profile: Mapping[str, Any], language: str, now: datetime
    ) -> Client:
        """The client with Telegram's ``user_id``, locked until the transaction ends, seen ``now``.

        ``profile`` and ``chat_id`` are brought up to date; ``language`` counts for somebody new only.
        """
        new = {"chat_id": chat_id, "profile": dict(profile), "language": language, "created_at": now, "seen_at": now}
        client = await self._locked_or_new(Client, {"telegram_user_id": user_id}, new)
        client.chat_id = chat_id
        client.profile = dict(profile)
        client.seen_at = now
        return client

    async def by_id(self, client_id: int, *, lock: bool = False) -> Client | None:
        """The client, locked until the transaction ends where ``lock`` says so."""
        return await self._session.get(
            Client, client_id, with_for_update=LOCK if lock else None, populate_existing=lock
        )

    async def by_user(self, user_id: int) -> Client | None:
        """The client with Telegram's ``user_id``."""
        return await self._session.scalar(select(Client).where(Client.telegram_user_id == user_id))

    async def owed(self) -> Sequence[int]:
        """Ids of the clients whose last change was saved but not yet shown; who blocked the bot is left out."""
        owed = select(Client.id).where(Client.screen_owed, Client.blocked_at.is_(None)).order_by(Client.id)
        return (await self._session.scalars(owed)).all()

    async def everything(self, client_id: int) -> dict[str, Any]:
        """All that is stored about the client, ready for JSON. Raises ``LookupError`` for an unknown id."""
        return await own_data(self._session, client_id)
