"""Dialogue tests speak to the running bot through the stand-in, over real HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.house import House, open_house


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Days pass in no time here, so the second between two reminders to one client need not be a real one."""
    monkeypatch.setattr("bot.gateways.pacing.CHAT_PAUSE", 0.05)


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path, at_once=True) as built:
        yield built
