"""Whether somebody waits for an answer, so that what can wait a moment does not push in front of it."""

import asyncio
import contextlib

LONGEST_SECONDS = 0.1
"""An answer that takes longer than this is held up by something else, and nothing steps aside for it any more."""


class Calm:
    """Kept by the inbox; asked by whoever has time."""

    def __init__(self) -> None:
        self._is_calm = asyncio.Event()
        self._is_calm.set()
        self._lost_at = 0.0

    def lose(self) -> None:
        """Somebody wants something."""
        if self._is_calm.is_set():
            self._is_calm.clear()
            self._lost_at = asyncio.get_running_loop().time()

    def find(self) -> None:
        """Everybody has been answered."""
        self._is_calm.set()

    async def moment(self) -> None:
        """Wait until nobody waits, or until that has taken ``LONGEST_SECONDS``."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(self._lost_at + LONGEST_SECONDS):
                await self._is_calm.wait()
