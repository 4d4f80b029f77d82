"""What every handler works with, wired once in main.py."""

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.clinic import Clinic
from bot.clock import Clock
from bot.consultation.protocol import Protocol
from bot.email_address import MailDomains
from bot.gateways.mail import MailServer
from bot.gateways.telegram import RawBot
from bot.metrics import Metrics
from bot.phone import time_zone
from handlers.calm import Calm
from handlers.membership import Membership
from messages.catalog import Catalog, Catalogs
from storage.storage import Storage
from storage.tables import Client


@dataclass(slots=True)
class LastSeen:
    """Where the staff chat was when it was last looked up, for when the database cannot be asked."""

    chat: int | None = None
    topic: int | None = None


@dataclass(frozen=True, slots=True)
class Services:
    """The tools of the house.

    ``metrics`` counts what happens, for ``/metrics``. ``process`` names this process among those that share the
    database: its claims are known by it.
    ``staff_chat_setting`` is ``STAFF_CHAT_ID`` as it was set; where the staff is now is told by ``staff_chat.py``,
    which keeps ``staff_seen``.
    ``members`` knows who belongs to the staff, ``calm`` whether somebody waits for an answer.
    """

    bot: RawBot
    storage: Storage
    catalogs: Catalogs
    clinic: Clinic
    protocol: Protocol
    clock: Clock
    staff_chat_setting: int | None = None
    staff_seen: LastSeen = field(default_factory=LastSeen)
    mail_server: MailServer | None = None
    mail_domains: MailDomains | None = None
    metrics: Metrics = field(default_factory=Metrics)
    process: str = field(default_factory=lambda: secrets.token_hex(8))
    members: Membership = field(default_factory=Membership)
    calm: Calm = field(default_factory=Calm)

    @property
    def due(self) -> asyncio.Event:
        """Set when something to be said later may have become due: by the storage, or by whoever moves the clock."""
        return self.storage.due

    def now(self, client: Client | None = None) -> datetime:
        """The present moment in the client's time zone; without a client in the clinic's."""
        return self.clock().astimezone(self.zone(client))

    def today(self, client: Client | None = None) -> date:
        """The day it is for the client; without one for the clinic."""
        return self.now(client).date()

    def zone(self, client: Client | None, phone: str | None = None) -> ZoneInfo:
        """The time zone the client chose, else that of their phone's country, else the clinic's.

        ``phone`` is a number that they are just giving, if they are.
        """
        if client and client.time_zone:
            return ZoneInfo(client.time_zone)
        phone = phone or (client.contact.get("phone") if client else None)
        return (time_zone(phone) if phone else None) or self.clinic.time_zone

    def catalog(self, client: Client) -> Catalog:
        """The texts in the client's language."""
        return self.catalogs.choose(client.language)

    @property
    def staff_catalog(self) -> Catalog:
        """The texts in the language of the clinic's staff."""
        return self.catalogs.choose(None)
