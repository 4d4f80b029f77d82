"""The humans of this world: each can do what Telegram's apps let a person do."""

from typing import TYPE_CHECKING, Any

from demo.chats import Chat
from demo.entities import TEXT_LIMIT, plain, utf16_length
from demo.errors import ImpossibleError, Json
from demo.files import Upload, plain_png
from demo.message import ANONYMOUS, StoredMessage
from demo.presses import Press

if TYPE_CHECKING:
    from demo.world import World

__all__ = ["Person", "Press"]


class Person:
    """A human with a private chat with the bot."""

    def __init__(self, world: "World", user: Json, phone: str) -> None:
        self.world = world
        self.user = user
        self.id: int = user["id"]
        self.phone = phone
        self.chat = Chat(world, self.id, "private", user["first_name"], [self])
        self.started = False
        self.blocked = False
        self.deactivated = False

    def as_user(self) -> Json:
        """Telegram's ``User`` object."""
        return dict(self.user)

    def say(
        self,
        text: str,
        *,
        chat: Chat | None = None,
        reply_to: int | None = None,
        thread_id: int | None = None,
        anonymous: bool = False,
    ) -> StoredMessage:
        """Send text, to the bot or into ``chat``; ``anonymous``: as an administrator who stays anonymous."""
        text, entities = _typed(text)
        fields: Json = {"text": text} | ({"entities": entities} if entities else {})
        return self._send(fields, chat, reply_to=reply_to, thread_id=thread_id, anonymous=anonymous)

    def press(
        self, message: StoredMessage | int, data: str, *, chat: Chat | None = None, strict: bool = False
    ) -> Press:
        """Tap an inline button with this ``callback_data``.

        The button may be gone by now (an old keyboard, a double tap); ``strict`` insists that it is there.
        """
        place = message.chat if isinstance(message, StoredMessage) else chat or self.chat
        self._check_can_write(place)
        message_id = message.message_id if isinstance(message, StoredMessage) else message
        found = place.message(message_id)
        if strict and (found is None or not found.has_button(data)):
            raise ImpossibleError(f"message {message_id} has no button {data!r}:\n{place}")
        return self.world.press(self, place, message_id, data)

    def tap(self, text_or_data: str, chat: Chat | None = None) -> Press:
        """Tap the newest button with this text or ``callback_data``, on the reply keyboard or under a message.

        A reply keyboard's button says its text, or shares the person's own number where it asks for it.
        """
        place = chat or self.chat
        if (keyed := _keyboard_button(place, text_or_data)) is not None:
            return self._tap_keyboard(place, keyed)
        for message in reversed(place.messages):
            for button in (button for row in message.buttons for button in row):
                if text_or_data in {button["text"], button.get("callback_data")} and "callback_data" in button:
                    return self.press(message, button["callback_data"], strict=True)
        raise ImpossibleError(f"no button {text_or_data!r} to tap in\n{place}")

    def share_contact(
        self,
        *,
        of: "Person | None" = None,
        phone: str | None = None,
        user_id: int | None = None,
        chat: Chat | None = None,
        reply_to: int | None = None,
    ) -> StoredMessage:
        """Share a contact: one's own, ``of`` somebody else, or any ``phone`` (a contact without an account)."""
        owner = of or self
        contact: Json = {"phone_number": phone or owner.phone, "first_name": owner.user["first_name"]}
        if "last_name" in owner.user:
            contact["last_name"] = owner.user["last_name"]
        known = owner.id if phone is None or of is not None else None
        if (shown := user_id or known) is not None:
            contact["user_id"] = shown
        return self._send({"contact": contact}, chat, reply_to=reply_to)

    def send_sticker(self, emoji: str = "👍", *, chat: Chat | None = None) -> StoredMessage:
        """Send a sticker."""
        return self._send_file("sticker", Upload(b"RIFF sticker", "sticker.webp"), _sticker(emoji), chat)

    def send_voice(self, seconds: int = 3, *, chat: Chat | None = None) -> StoredMessage:
        """Send a voice message."""
        details = {"duration": seconds, "mime_type": "audio/ogg"}
        return self._send_file("voice", Upload(b"OggS voice", "voice.ogg"), details, chat)

    def send_video_note(self, seconds: int = 3, *, chat: Chat | None = None) -> StoredMessage:
        """Send a round video message."""
        details = {"duration": seconds, "length": 240}
        return self._send_file("video_note", Upload(b"ftyp video note", "note.mp4"), details, chat)

    def send_photo(
        self, content: bytes | None = None, *, caption: str = "", chat: Chat | None = None, reply_to: int | None = None
    ) -> StoredMessage:
        """Send a photo; without ``content`` a plain picture."""
        picture = plain_png(320, 240, (214, 196, 184)) if content is None else content
        file = self.world.files.add("photo", Upload(picture, "photo.png"))
        return self._send({"photo": file.photo_sizes(), **_caption(caption)}, chat, file=file, reply_to=reply_to)

    def send_document(
        self,
        content: bytes = b"a file",
        file_name: str = "notes.txt",
        *,
        caption: str = "",
        chat: Chat | None = None,
    ) -> StoredMessage:
        """Send a file."""
        file = self.world.files.add("document", Upload(content, file_name))
        return self._send({"document": file.document(), **_caption(caption)}, chat, file=file)

    def send_location(
        self, latitude: float = 50.4501, longitude: float = 30.5234, *, chat: Chat | None = None
    ) -> StoredMessage:
        """Send a place; degrees."""
        return self._send({"location": {"latitude": latitude, "longitude": longitude}}, chat)

    def edit(self, message: StoredMessage, text: str) -> StoredMessage:
        """Change the text (or caption) of one's own message."""
        if message.sender["id"] != self.id:
            raise ImpossibleError("only own messages can be edited")
        text, entities = _typed(text)
        prefix = "caption" if message.file else "text"
        marks = "caption_entities" if message.file else "entities"
        message.fields = {**{key: value for key, value in message.fields.items() if key != marks}, prefix: text}
        if entities:
            message.fields[marks] = entities
        message.edit_date = self.world.now()
        self.world.tell("edited", message.chat, message)
        if self.world.bot_sees(message):
            self.world.emit("edited_message", message.as_json())
        return message

    def block_bot(self) -> None:
        """Stop and block the bot: it can write no more."""
        self._set_blocked(blocked=True)

    def unblock_bot(self) -> None:
        """Let the bot write again."""
        self._set_blocked(blocked=False)

    def deactivate(self) -> None:
        """Delete the account: the bot learns it only when it writes."""
        self.deactivated = True
        self.world.tell_person(self)

    def join(self, chat: Chat) -> None:
        """Join a group."""
        chat.members[self.id] = self
        chat.banned.discard(self.id)
        self._service(chat, {"new_chat_members": [self.as_user()]})

    def be_removed(self, chat: Chat) -> None:
        """Be removed from a group by an administrator, for good."""
        chat.banned.add(self.id)
        self.leave(chat)

    def leave(self, chat: Chat) -> None:
        """Leave a group."""
        del chat.members[self.id]
        self._service(chat, {"left_chat_member": self.as_user()})

    def _service(self, chat: Chat, fields: Json) -> None:
        message = self.world.post(chat, self.as_user(), fields)
        if chat.bot_status in {"member", "administrator"}:
            self.world.emit("message", message.as_json())

    def _set_blocked(self, *, blocked: bool) -> None:
        if self.blocked == blocked:
            return
        self.blocked = blocked
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        self.world.emit_bot_member(self.chat, self.as_user(), old, new)
        self.world.tell_person(self)

    def _tap_keyboard(self, chat: Chat, button: Json) -> Press:
        source, keyboard = chat.keyboard_message, chat.keyboard or {}
        if button.get("request_contact"):
            said = self.share_contact(chat=chat, reply_to=source.message_id if source else None)
        else:
            said = self.say(button["text"], chat=chat)
        if keyboard.get("one_time_keyboard"):
            chat.keyboard, chat.keyboard_message = None, None
            self.world.tell("chat", chat)
        press = Press("", self, chat, said, button["text"], self.world.now())
        press.answered.set()
        return press

    def _send_file(self, kind: str, upload: Upload, details: Json, chat: Chat | None) -> StoredMessage:
        file = self.world.files.add(kind, upload)
        return self._send({kind: {**details, **file.reference()}}, chat, file=file)

    def _send(self, fields: Json, chat: Chat | None, *, anonymous: bool = False, **details: Any) -> StoredMessage:
        place = chat or self.chat
        self._check_can_write(place)
        if place is self.chat:
            self.started = True
        if reply_to := details.pop("reply_to", None):
            details["reply_to"] = place.message(reply_to)
        sender = ANONYMOUS if anonymous else self.as_user()
        sender_chat = place.as_json() if anonymous else None
        message = self.world.post(place, sender, fields, sender_chat=sender_chat, **details)
        if self.world.bot_sees(message):
            self.world.emit("message", message.as_json())
        return message

    def _check_can_write(self, chat: Chat) -> None:
        if self.id not in chat.members:
            raise ImpossibleError(f"{self.user['first_name']} is not in {chat.title}")
        if chat is self.chat and self.blocked:
            raise ImpossibleError(f"{self.user['first_name']} has blocked the bot: unblock_bot() first")
        if chat.migrated_to:
            raise ImpossibleError(f"{chat.title} was upgraded to a supergroup")


def _typed(text: str) -> tuple[str, list[Json]]:
    """A text as the apps send it: they send no empty one, and cut a longer one into several messages."""
    text, entities = plain(text)
    if not 1 <= utf16_length(text) <= TEXT_LIMIT:
        raise ImpossibleError(f"a message has 1 to {TEXT_LIMIT} UTF-16 code units, not {utf16_length(text)}")
    return text, entities


def _sticker(emoji: str) -> Json:
    size = {"width": 512, "height": 512}
    return {**size, "emoji": emoji, "type": "regular", "is_animated": False, "is_video": False}


def _caption(text: str) -> Json:
    text, entities = plain(text)
    return ({"caption": text} if text else {}) | ({"caption_entities": entities} if entities else {})


def _keyboard_button(chat: Chat, text: str) -> Json | None:
    rows = (chat.keyboard or {}).get("keyboard", [])
    buttons = ({"text": button} if isinstance(button, str) else button for row in rows for button in row)
    return next((button for button in buttons if button["text"] == text), None)
