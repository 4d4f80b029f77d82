"""What every handler works with, wired once in main.py."""

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.clinic import Clinic
from bot.clock import Clock
from bot.consultation.protocol import Protocol
from bot.gateways.mail import MailServer
from bot.gateways.telegram import RawBot
from bot.metrics import Metrics
from messages.catalog import Catalog, Catalogs
from storage.storage import Storage
from storage.tables import Client


@dataclass(frozen=True, slots=True)
class Services:
    """The tools of the house. ``due`` is set when something to be said later may have become due.

    ``metrics`` counts what happens, for ``/metrics``.
    ``staff_chat_setting`` is ``STAFF_CHAT_ID`` as it was set; where the staff is now is told by ``staff_chat.py``.
    """

    bot: RawBot
    storage: Storage
    catalogs: Catalogs
    clinic: Clinic
    protocol: Protocol
    clock: Clock
    staff_chat_setting: int | None = None
    mail_server: MailServer | None = None
    due: asyncio.Event = field(default_factory=asyncio.Event)
    metrics: Metrics = field(default_factory=Metrics)

    def now(self) -> datetime:
        """The present moment in the clinic's time zone, in which clients are spoken to."""
        return self.clock().astimezone(self.clinic.time_zone)

    def today(self) -> date:
        """The day it is for clients."""
        return self.now().date()

    def catalog(self, client: Client) -> Catalog:
        """The texts in the client's language."""
        return self.catalogs.choose(client.language)

    @property
    def staff_catalog(self) -> Catalog:
        """The texts in the language of the clinic's staff."""
        return self.catalogs.choose(None)
