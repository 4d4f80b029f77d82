"""Benchmarks wait for the disk as the product does."""

import pytest

from storage.engine import PRAGMAS
from tests import fresh


@pytest.fixture(autouse=True)
def _durable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fresh, "SYNCHRONOUS", PRAGMAS["synchronous"])
