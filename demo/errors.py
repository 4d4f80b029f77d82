"""Errors of the stand-in: what the Bot API answers, and misuse of the Python interface."""

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""One JSON object."""


class BotApiError(Exception):
    """A refusal as Telegram words it; becomes ``{"ok": false, …}`` with ``code`` as the HTTP status too."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def as_json(self) -> Json:
        """The response's envelope."""
        envelope: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            envelope["parameters"] = dict(self.parameters)
        return envelope


class ImpossibleError(Exception):
    """A person of this world was asked to do what Telegram's apps would not let them do."""


def bad_request(description: str, **parameters: int) -> BotApiError:
    """A 400 with Telegram's prefix."""
    return BotApiError(400, f"Bad Request: {description}", **parameters)


def forbidden(description: str) -> BotApiError:
    """A 403 with Telegram's prefix."""
    return BotApiError(403, f"Forbidden: {description}")


def conflict(description: str) -> BotApiError:
    """A 409 with Telegram's prefix."""
    return BotApiError(409, f"Conflict: {description}")


def too_many_requests(seconds: int) -> BotApiError:
    """A 429 that names the wait in seconds."""
    return BotApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
