"""Where the second client library is found."""

from importlib import import_module
from typing import Any


def aiogram_client() -> Any:
    """Its module, imported by whoever is the first to need it: that takes seconds."""
    return import_module("tests.standin.aiogram_client")
