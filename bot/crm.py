"""What the clinic's customer database is told: the event, its bytes, and their signature. Pure."""

import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal, TypeAlias

Event: TypeAlias = Literal[
    "created",
    "taken",
    "released",
    "reached",
    "no_answer",
    "booked",
    "declined",
    "withdrawn",
    "moved",
    "reopened",
]
"""The changes of a callback request that are told."""


def body(event: Mapping[str, Any]) -> bytes:
    """The event as the bytes that are signed and sent: the same event always gives the same bytes."""
    return json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def headers(secret: str, content: bytes, event_id: str, now: datetime) -> dict[str, str]:
    """The headers of one call. The signature covers the time too, so that a recorded call cannot be played again."""
    timestamp = str(int(now.timestamp()))
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Afterglow",
        "X-Afterglow-Event": event_id,
        "X-Afterglow-Timestamp": timestamp,
        "X-Afterglow-Signature": f"sha256={signature(secret, timestamp, content)}",
    }


def signature(secret: str, timestamp: str, content: bytes) -> str:
    """HMAC-SHA256 over timestamp, a dot and the body, in hexadecimal digits."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + content, sha256).hexdigest()
