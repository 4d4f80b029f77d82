"""A price quote: what may be offered under an advice, the client's draft of it, its lines and their total. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from bot.clinic import Service
from bot.consultation.advice import BOOKABLE, Advice

Step: TypeAlias = Literal["services", "address", "slip", "summary"]

MOST_LINES = 12
"""Services on one quote: more do not fit on its page."""

MOST_OFFERS = 90
"""Services on one screen: Telegram takes 100 buttons."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A service that may be quoted: at once, or only ``since`` a day; ``approval``: a specialist has to agree first."""

    service: Service
    since: date | None = None
    approval: bool = False


def offers(services: Iterable[Service], advice: Advice | None, today: date) -> tuple[Offer, ...]:
    """What fits today's ``advice``; the whole price list where there is none.

    A technique that waits is offered from its first day on, one that is excluded (or whose last day before a planned
    filler has passed) not at all; an outcome that allows no booking offers nothing (protocol.md, sections 4 and 6).
    """
    if advice is None:
        found = (Offer(service) for service in services)
    elif advice.outcome not in BOOKABLE:
        return ()
    else:
        found = (offer for service in services if (offer := _offer(service, advice, today)))
    return tuple(found)[:MOST_OFFERS]


def _offer(service: Service, advice: Advice, today: date) -> Offer | None:
    given = advice.techniques.get(service.technique)
    if given is None:
        return None
    match given.verdict:
        case "yes" | "light" if advice.allows(service.technique, today):
            return Offer(service)
        case "specialist":
            return Offer(service, approval=True)
        case "wait" if given.since is not None:
            return Offer(service, since=given.since)
    return None


@dataclass(frozen=True, slots=True)
class Line:
    """One service as it was quoted: its name and prices no longer change. ``minutes`` and ``price`` are a session's."""

    service: str
    name: str
    minutes: int
    sessions: int
    price: Decimal
    since: date | None = None
    approval: bool = False

    @property
    def amount(self) -> Decimal:
        """A course counts all its sessions."""
        return self.price * self.sessions

    @classmethod
    def of(cls, offer: Offer, language: str) -> "Line":
        """The line that quotes ``offer`` to somebody who reads ``language``."""
        service = offer.service
        name = service.name(language)
        return cls(service.id, name, service.minutes, service.sessions, service.price, offer.since, offer.approval)

    def as_json(self) -> dict[str, Any]:
        """The line as it is stored; the price as text, so that it stays exact."""
        return {
            "service": self.service,
            "name": self.name,
            "minutes": self.minutes,
            "sessions": self.sessions,
            "price": str(self.price),
            "from": self.since and self.since.isoformat(),
            "approval": self.approval,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Line":
        """Read what :meth:`as_json` wrote."""
        return cls(
            data["service"],
            data["name"],
            data["minutes"],
            data["sessions"],
            Decimal(data["price"]),
            date.fromisoformat(data["from"]) if data["from"] else None,
            data["approval"],
        )


def total(lines: Iterable[Line]) -> Decimal:
    """The sum of all amounts, exact."""
    return sum((line.amount for line in lines), Decimal())


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote as it is read. ``checked`` says that it follows from an advice; without one suitability is still open."""

    number: str
    made_on: date
    valid_until: date
    lines: tuple[Line, ...]
    currency: str
    price_list: str
    checked: bool

    @property
    def total(self) -> Decimal:
        """What all lines cost together."""
        return total(self.lines)


def last_day(made_on: date, valid_days: int) -> date:
    """The last day on which a quote holds."""
    return made_on + timedelta(days=valid_days)


def number_text(year: int, serial: int) -> str:
    """``2026-0001``."""
    return f"{year}-{serial:04}"


@dataclass(frozen=True, slots=True)
class QuoteDraft:
    """What the client has chosen so far; the step to show is the first that is missing.

    ``meant`` is the address that was perhaps meant by ``email``. ``again`` is the number of a quote whose address was
    refused and that waits for another one: its services are settled.
    """

    services: tuple[str, ...] = ()
    done: bool = False
    email: str = ""
    meant: str = ""
    again: str = ""

    @property
    def step(self) -> Step:
        """What is asked next."""
        if not self.done and not self.again:
            return "services"
        if not self.email:
            return "address"
        return "slip" if self.meant else "summary"

    def toggled(self, service: str) -> "QuoteDraft":
        """With ``service`` ticked, or no longer; the order of ticking does not matter."""
        chosen = set(self.services) ^ {service}
        return replace(self, services=tuple(sorted(chosen)))

    def without(self, step: str) -> "QuoteDraft":
        """The draft with one step to be done again; :class:`ValueError` for one that cannot be."""
        if step == "address":
            return replace(self, email="", meant="")
        if step == "services" and not self.again:
            return replace(self, done=False)
        raise ValueError(step)

    def chosen(self, offered: Sequence[Offer]) -> tuple[Offer, ...]:
        """What is ticked and still offered, in the price list's order."""
        return tuple(offer for offer in offered if offer.service.id in self.services)

    def as_json(self) -> dict[str, Any]:
        """The draft as it is stored."""
        return {
            "services": list(self.services),
            "done": self.done,
            "email": self.email,
            "meant": self.meant,
            "again": self.again,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "QuoteDraft":
        """Read what :meth:`as_json` wrote; nothing is an empty draft."""
        return cls(**{**data, "services": tuple(data["services"])}) if data else cls()
