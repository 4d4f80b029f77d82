"""The shipped protocol for all tests beside this file."""

import pytest

from bot.consultation.protocol import Protocol, load_protocol


@pytest.fixture(scope="session")
def protocol() -> Protocol:
    return load_protocol()
