"""Consents: what a client agreed to, when, and to which text."""

from datetime import datetime

from sqlalchemy import exists, select, update

from storage.repository import Repository
from storage.tables import Consent


class Consents(Repository):
    """The consents given and withdrawn; nothing is overwritten, since the history is the proof."""

    async def give(self, client_id: int, purpose: str, text_version: str, now: datetime) -> None:
        """Record the consent. The same text again changes nothing; another text's version ends the former consent."""
        current = await self._session.scalar(
            select(Consent.text_version).where(
                Consent.client_id == client_id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None)
            )
        )
        if current == text_version:
            return
        if current is not None:
            await self.withdraw(client_id, purpose, now)
        await self._add(Consent(client_id=client_id, purpose=purpose, text_version=text_version, given_at=now))

    async def withdraw(self, client_id: int, purpose: str, now: datetime) -> bool:
        """End the consent; ``False`` where there was none in force."""
        in_force = (Consent.client_id == client_id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None))
        return await self._changed(update(Consent).where(*in_force).values(withdrawn_at=now)) > 0

    async def has(self, client_id: int, purpose: str) -> bool:
        """Whether a consent to ``purpose`` is in force."""
        in_force = exists().where(
            Consent.client_id == client_id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None)
        )
        return bool(await self._session.scalar(select(in_force)))
