"""What a screen is derived from, and the row of a place."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from bot.callback import Draft
from bot.consultation.advice import Advice
from bot.consultation.interview import Consultation
from bot.reminders.offers import Known
from handlers.plans import Desk
from handlers.services import Services
from messages.catalog import Catalog
from messages.screen import Screen
from storage.storage import Transaction
from storage.tables import Client


@dataclass(frozen=True, slots=True)
class View:
    """A client's stored state, as a screen is derived from it."""

    services: Services
    tx: Transaction
    client: Client

    @property
    def catalog(self) -> Catalog:
        """The texts in the client's language."""
        return self.services.catalog(self.client)

    @property
    def today(self) -> date:
        """The client's day."""
        return self.services.today(self.client)

    @property
    def consultation(self) -> Consultation:
        """The interview as far as it has come."""
        return Consultation.from_json(self.client.consultation)

    @property
    def draft(self) -> Draft:
        """The callback request as far as it is filled in."""
        return Draft.from_json(self.client.draft.get("callback", {}))

    @property
    def is_minor(self) -> bool:
        """Whether the client said so: a minor is asked for nothing, and nothing is offered to one."""
        return self.consultation.answers.get("age") == "minor"

    @property
    def uncleared(self) -> bool:
        """Whether the client gave an urgent answer that nobody at the clinic has cleared yet.

        Until then nothing is suggested, offered or booked, whatever is answered (protocol.md, section 6).
        """
        return self.client.paused_at is not None

    @property
    def desk(self) -> Desk:
        """What planning reminders for the client needs."""
        return Desk.of(self.services, self.tx, self.client)

    async def known(self) -> Known | None:
        """The advice given last, as offers of reminders look at it; ``None`` while nothing may be offered."""
        row = None if self.uncleared else await self.tx.advices.latest(self.client.id)
        return self.desk.known(Advice.from_stored(row.advice), row.answers) if row else None

    async def advice(self) -> Advice | None:
        """The advice given last."""
        row = await self.tx.advices.latest(self.client.id)
        return Advice.from_stored(row.advice) if row else None


@dataclass(frozen=True, slots=True)
class Place:
    """How a place is drawn. A screen that ``stays`` is left in the chat when a screen of another family follows."""

    render: Callable[[View], Awaitable[Screen]]
    family: str
    stays: bool = False
