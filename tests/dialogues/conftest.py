"""Dialogue tests speak to the running bot through the stand-in, over real HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.house import House, open_house


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as built:
        yield built
