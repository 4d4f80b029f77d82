"""After a long silence, clients in the middle of a question see it again.

Telegram keeps messages for a day, but the taps of only the last two minutes or so: whoever tapped while the bot was
away tapped in vain, and nothing tells us who did. So the moment when Telegram was last heard is kept in the database,
and when the gap since then is long, every client who was being asked something just before is shown the question anew.
"""

import asyncio
import logging
from datetime import datetime, timedelta

from handlers.presenter import Presenter
from handlers.services import Services
from storage.errors import StorageError

log = logging.getLogger(__name__)

HEARD = "telegram_heard_at"
"""The fact that keeps when any process of this bot last heard of Telegram, as ISO 8601."""

GAP = timedelta(minutes=2)
"""A shorter silence costs nothing: Telegram still has the taps."""

RECENT = timedelta(minutes=30)
"""Who answered longer ago than this, before the silence, was not waiting for us."""

BEAT_SECONDS = 20.0
LONGEST_POLL = timedelta(minutes=1)
"""How much later than noted Telegram may have been heard: a poll, a beat, and some time for each."""

ASKING = ("consultation", "callback", "quote")
"""The places at which a client is asked something."""


class Silence:
    """Notes that Telegram is heard (:meth:`heard`), and finds the long silences."""

    def __init__(self, services: Services, presenter: Presenter) -> None:
        self._services = services
        self._presenter = presenter
        self._noted: float | None = None
        self._showing: asyncio.Task[None] | None = None

    async def heard(self) -> None:
        """Telegram was heard just now. Costs nothing but every ``BEAT_SECONDS``; raises ``StorageError``."""
        loop_time = asyncio.get_running_loop().time()
        silent = None if self._noted is None else timedelta(seconds=loop_time - self._noted)
        if silent is not None and silent.total_seconds() < BEAT_SECONDS:
            return
        asked = await self._note(self._services.now(), silent)
        self._noted = loop_time  # not before: a silence that could not be noted is still to be found
        if asked:
            self._showing = asyncio.create_task(self._presenter.show_unattended())

    async def beat(self) -> None:
        """Behind a webhook nothing is heard unless somebody writes: there, running is hearing. Until cancelled."""
        while True:
            try:
                await self.heard()
            except StorageError as error:  # the next beat may be noted
                log.warning("that Telegram is heard cannot be noted: %s", error)
            await asyncio.sleep(BEAT_SECONDS)

    async def _note(self, now: datetime, silent: timedelta | None) -> int:
        """Remember ``now``; answers how many clients are to see their question again.

        In this process's life the silence is measured by its own clock, which nobody sets; ``None`` at its start,
        where what is stored tells. Of several processes that start at once, one finds the gap.
        """
        async with self._services.storage.transaction() as tx:
            before = await tx.facts.swap(HEARD, now.isoformat())
            if before is None or (silent is not None and silent < GAP):
                return 0
            since = datetime.fromisoformat(before)
            if now - since < GAP:
                return 0
            asked = await tx.screens.owe_all(ASKING, seen_after=since - RECENT, seen_before=since + LONGEST_POLL)
        if asked:
            log.info("%s clients see their question again, after a silence since %s", asked, before)
        return asked
