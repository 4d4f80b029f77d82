"""Tapped buttons and the answers to them."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from demo.chats import Chat
from demo.errors import Json
from demo.message import StoredMessage

if TYPE_CHECKING:
    from demo.people import Person


@dataclass(eq=False, slots=True)
class Press:
    """A tapped button; ``answered`` is set when the bot answers the callback query, ``answer`` holds what it said.

    A tap on a reply keyboard's button only says something: it has no ``query_id`` and counts as answered.
    """

    query_id: str
    person: "Person"
    chat: Chat
    message: StoredMessage | None
    data: str
    at: datetime
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    answer: Json | None = None
