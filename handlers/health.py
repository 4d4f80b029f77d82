"""Whether this process can serve: the findings of ``/readyz``, and the gauges of ``/metrics`` that need a look."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import NamedTuple

from handlers.services import Services
from storage.errors import StorageError

log = logging.getLogger(__name__)

POLL_SECONDS = 90
"""How old the last answered poll may be; a poll lasts 25 seconds where nothing happens."""

DUE_SECONDS = 15 * 60
"""For how long a row of the outbox may be overdue while the bot runs, before something must be wrong."""

PATIENCE_SECONDS = 4


class Finding(NamedTuple):
    """One line of ``/readyz``."""

    part: str
    good: bool
    words: str


@dataclass
class Pulse:
    """When the loops last gave a sign of life, on the event loop's own clock, in seconds.

    ``polled`` is the last poll that Telegram answered; ``polls`` says whether polling is this process's business now:
    it is not behind a webhook, nor while another process polls for all.
    """

    ready: bool = False
    polls: bool = False
    standby: bool = False
    polled: float = 0
    began: float = field(default_factory=lambda: asyncio.get_running_loop().time())

    def poll(self) -> None:
        """Note that Telegram answered a poll."""
        self.polled = asyncio.get_running_loop().time()


class Doctor:
    """Answers ``/readyz``, within ``PATIENCE_SECONDS`` however long the database takes."""

    def __init__(self, services: Services, pulse: Pulse) -> None:
        self._services = services
        self._pulse = pulse
        self._look: asyncio.Task[list[Finding]] | None = None

    async def findings(self) -> list[Finding]:
        """Look at everything that serving needs; an outage is a finding, never an exception.

        A look that a held lock keeps waiting cannot be broken off: it is left to end, and until then no other begins.
        """
        ready = self._pulse.ready
        lines = [
            Finding("start", ready, "done" if ready else "Telegram has not answered yet"),
            _polling(self._pulse),
        ]
        look = self._look = self._look or asyncio.create_task(_stored(self._services, self._pulse))
        done, _ = await asyncio.wait({look}, timeout=PATIENCE_SECONDS)
        if not done:
            return [*lines, Finding("database", good=False, words="no answer in time")]
        self._look = None
        return lines + look.result()

    async def stop(self) -> None:
        """Leave nothing running."""
        if self._look is not None:
            self._look.cancel()
            await asyncio.gather(self._look, return_exceptions=True)


async def _stored(services: Services, pulse: Pulse) -> list[Finding]:
    try:
        return [await _schema(services), await _outbox(services, pulse)]
    except StorageError as error:
        return [Finding("database", good=False, words=str(error))]


async def measure(services: Services) -> None:
    """Bring the gauges up to date; where the database does not answer they keep their last values."""
    metrics, now = services.metrics, services.now()
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), services.storage.snapshot() as tx:
            metrics.inbox_waiting.set(await tx.inbox.waiting())
            metrics.screens_owed.set(len(await tx.clients.owed()))
            count, oldest = await tx.outbox.overdue(now)
    except (StorageError, TimeoutError):
        log.warning("the gauges could not be measured")
        return
    metrics.outbox_due.set(count)
    metrics.oldest_due_seconds.set((now - oldest).total_seconds() if oldest else 0)


def _polling(pulse: Pulse) -> Finding:
    if not pulse.polls:
        return Finding("polling", good=True, words="another process polls" if pulse.standby else "by webhook")
    age = asyncio.get_running_loop().time() - max(pulse.polled, pulse.began)
    return Finding("polling", age < POLL_SECONDS, f"Telegram answered {age:.0f} s ago")


async def _schema(services: Services) -> Finding:
    """The database takes a write, and its schema is this release's."""
    async with services.storage.transaction() as tx:
        await tx.facts.put("ready_asked_at", services.now().isoformat(timespec="seconds"))
    if await services.storage.at_head():
        return Finding("database", good=True, words="writable, schema current")
    return Finding("database", good=False, words="the schema is not current; run: python main.py migrate")


async def _outbox(services: Services, pulse: Pulse) -> Finding:
    now = services.now()
    async with services.storage.snapshot() as tx:
        _, oldest = await tx.outbox.overdue(now)
    age = (now - oldest).total_seconds() if oldest else 0
    up = asyncio.get_running_loop().time() - pulse.began  # what fell due while nothing ran is no fault of this process
    return Finding("outbox", min(age, up) < DUE_SECONDS, f"oldest due row is {age:.0f} s late")
