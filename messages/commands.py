"""What Telegram itself shows of the bot: command menus and descriptions."""

from messages.catalog import Catalog
from messages.layout import shortened

CLIENT_COMMANDS = ("start", "consult", "callback", "reminders", "privacy", "my_data", "help", "cancel")
STAFF_COMMANDS = ("queue", "stats", "export", "help")

DESCRIPTION_LENGTH = 512
SHORT_DESCRIPTION_LENGTH = 120
"""Telegram's limits, in characters."""


def client_commands(catalog: Catalog) -> tuple[tuple[str, str], ...]:
    """The commands of a client's chat with what they do."""
    return tuple((name, catalog.plain(f"command.{name}")) for name in CLIENT_COMMANDS)


def staff_commands(catalog: Catalog) -> tuple[tuple[str, str], ...]:
    """The commands of the staff chat with what they do."""
    return tuple((name, catalog.plain(f"command.staff_{name}")) for name in STAFF_COMMANDS)


def description(catalog: Catalog, *, clinic: str) -> str:
    """What an empty chat with the bot shows."""
    return shortened(catalog.plain("bot.description", clinic=clinic), DESCRIPTION_LENGTH)


def short_description(catalog: Catalog, *, clinic: str) -> str:
    """What the bot's profile shows."""
    return shortened(catalog.plain("bot.short_description", clinic=clinic), SHORT_DESCRIPTION_LENGTH)
