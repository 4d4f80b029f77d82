"""A message as everybody in its chat sees it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from demo.errors import Json
from demo.files import StoredFile

if TYPE_CHECKING:
    from demo.chats import Chat

ANONYMOUS: Json = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
"""Whom Telegram names as the sender of an anonymous administrator's message."""


@dataclass(eq=False, slots=True)
class StoredMessage:
    """A message that can be seen in a chat; ``fields`` holds the Message fields that depend on its kind."""

    message_id: int
    chat: "Chat"
    sender: Json
    date: datetime
    fields: Json
    reply_markup: Json | None = None
    reply_to: "StoredMessage | None" = None
    thread_id: int | None = None
    file: StoredFile | None = None
    edit_date: datetime | None = None
    sender_chat: Json | None = None
    reactions: list[Json] = field(default_factory=list)

    @property
    def text(self) -> str | None:
        """The text of a text message."""
        text: str | None = self.fields.get("text")
        return text

    @property
    def caption(self) -> str | None:
        """The text under a photo or a document."""
        caption: str | None = self.fields.get("caption")
        return caption

    @property
    def entities(self) -> list[Json]:
        """The entities of the text or of the caption; offsets in UTF-16 code units."""
        found: list[Json] = self.fields.get("entities") or self.fields.get("caption_entities") or []
        return found

    @property
    def contact(self) -> Json | None:
        """Telegram's ``Contact`` object."""
        contact: Json | None = self.fields.get("contact")
        return contact

    @property
    def photo(self) -> list[Json] | None:
        """The ``PhotoSize`` list of a photo."""
        photo: list[Json] | None = self.fields.get("photo")
        return photo

    @property
    def document(self) -> Json | None:
        """Telegram's ``Document`` object."""
        document: Json | None = self.fields.get("document")
        return document

    @property
    def content(self) -> bytes:
        """The bytes of the message's file; none where it has no file."""
        return self.file.content if self.file else b""

    @property
    def file_name(self) -> str | None:
        """The name of the message's file."""
        return self.file.file_name if self.file else None

    @property
    def buttons(self) -> list[list[Json]]:
        """The inline keyboard's rows; empty where there is none."""
        return (self.reply_markup or {}).get("inline_keyboard") or []

    @property
    def from_bot(self) -> bool:
        """Whether the bot wrote it (an anonymous administrator is no bot)."""
        return bool(self.sender["is_bot"]) and self.sender["id"] != ANONYMOUS["id"]

    def has_button(self, data: str) -> bool:
        """Whether a button of the inline keyboard carries this ``callback_data``."""
        return any(button.get("callback_data") == data for row in self.buttons for button in row)

    def as_json(self, *, nested: bool = False) -> Json:
        """Telegram's ``Message`` object; a ``nested`` one (a quoted one) does not quote another in turn."""
        message: Json = {"message_id": self.message_id}
        if self.thread_id is not None:
            message |= {"message_thread_id": self.thread_id, "is_topic_message": True}
        message |= {"from": self.sender, "chat": self.chat.as_json(), "date": int(self.date.timestamp())}
        if self.sender_chat is not None:
            message["sender_chat"] = self.sender_chat
        if self.edit_date is not None:
            message["edit_date"] = int(self.edit_date.timestamp())
        if self.reply_to is not None and not nested:
            message["reply_to_message"] = self.reply_to.as_json(nested=True)
        message |= self.fields
        if self.buttons:
            message["reply_markup"] = self.reply_markup
        return message

    def __str__(self) -> str:
        shown = next((str(self.fields[kind]) for kind in ("text", "caption") if kind in self.fields), "")
        kinds = [kind for kind in self.fields if kind not in {"text", "entities", "caption", "caption_entities"}]
        rows = [
            " | ".join(f"{button['text']} <{button.get('callback_data', '')}>" for button in row)
            for row in self.buttons
        ]
        return "\n".join(
            [
                f"#{self.message_id} {self.sender['first_name']}: {shown} {' '.join(kinds)}".rstrip(),
                *(f"    [{row}]" for row in rows),
            ]
        )
