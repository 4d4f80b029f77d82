"""The shipped protocol for all tests beside this file, and the proof kept for `make proof`."""

import pytest

from bot.consultation.protocol import Protocol, load_protocol


@pytest.fixture(scope="session")
def protocol() -> Protocol:
    return load_protocol()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The proof takes minutes: it runs only where it is asked for (`-m proof`)."""
    if "proof" in config.option.markexpr:
        return
    proofs = [item for item in items if item.get_closest_marker("proof")]
    items[:] = [item for item in items if item not in proofs]
    config.hook.pytest_deselected(items=proofs)
