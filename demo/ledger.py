"""What the bot asked for and what became of it."""

from dataclasses import dataclass, field
from datetime import datetime

from demo.chats import StoredMessage
from demo.errors import Json


@dataclass(slots=True)
class Call:
    """A call that reached the server; ``params`` as parsed (files as their names).

    ``status`` is the HTTP status that was (or would have been) answered, 0 while it is being processed or where a
    fault ended it before; ``answered`` is false where a fault kept the true answer from the bot.
    """

    method: str
    params: Json
    at: datetime
    chat_id: int | None = None
    status: int = 0
    description: str = ""
    result: object = None
    fault: str = ""
    answered: bool = True

    @property
    def ok(self) -> bool:
        """Whether it was processed with success."""
        return self.status == 200


@dataclass(frozen=True, slots=True)
class Delivery:
    """Something that people can see: a message sent, edited or deleted, a callback query answered."""

    method: str
    chat_id: int | None
    message_id: int | None
    at: datetime
    params: Json = field(default_factory=dict)
    message: StoredMessage | None = None

    @property
    def text(self) -> str:
        """The text (or caption) that was delivered then, as the bot wrote it."""
        return str(self.params.get("text") or self.params.get("caption") or "")
