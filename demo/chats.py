"""Chats as everybody in them sees them, and what the bot is in each."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, TypeAlias

from demo.errors import ImpossibleError, Json
from demo.message import ANONYMOUS, StoredMessage

if TYPE_CHECKING:
    from demo.people import Person
    from demo.world import World

__all__ = ["BotStatus", "Chat", "ChatType", "StoredMessage"]

ChatType: TypeAlias = Literal["private", "group", "supergroup"]
BotStatus: TypeAlias = Literal["member", "administrator", "left", "kicked"]

KEYBOARDS = ("keyboard", "remove_keyboard", "force_reply")
"""The field that tells each kind of reply markup that replaces the client's keyboard."""


class Chat:
    """A private chat with the bot, or a group.

    ``messages`` are those that can be seen now, in order. ``keyboard`` is the reply keyboard that the members see, a
    ``ReplyKeyboardMarkup``; ``force_reply`` is the message that the app asks to reply to. ``banned`` are users whom an
    administrator removed; ``anonymous_admins`` write in the group's name, but press buttons as themselves.
    """

    def __init__(self, world: "World", chat_id: int, kind: ChatType, title: str, members: Iterable["Person"]) -> None:
        self.world = world
        self.id = chat_id
        self.type = kind
        self.title = title
        self.members: dict[int, Person] = {person.id: person for person in members}
        self.banned: set[int] = set()
        self.anonymous_admins: set[int] = set()
        self.messages: list[StoredMessage] = []
        self.keyboard: Json | None = None
        self.keyboard_message: StoredMessage | None = None
        self.force_reply: StoredMessage | None = None
        self.bot_status: BotStatus = "member"
        self.is_forum = False
        self.topics: dict[int, StoredMessage] = {}
        self.migrated_to: Chat | None = None
        self.pinned: list[StoredMessage] = []
        self.last_message_id = 0

    @property
    def person(self) -> "Person":
        """The one human of a private chat."""
        return next(iter(self.members.values()))

    @property
    def bot_can_read_all(self) -> bool:
        """Whether the bot gets every message here, or (privacy mode) only those meant for it."""
        free = bool(self.world.bot["can_read_all_group_messages"])
        return self.type == "private" or self.bot_status == "administrator" or free

    def as_json(self) -> Json:
        """Telegram's ``Chat`` object."""
        if self.type == "private":
            names = {key: self.person.as_user().get(key) for key in ("first_name", "last_name", "username")}
            return {"id": self.id, **{key: name for key, name in names.items() if name}, "type": "private"}
        chat: Json = {"id": self.id, "title": self.title, "type": self.type}
        return chat | ({"is_forum": True} if self.is_forum else {})

    def message(self, message_id: int) -> StoredMessage | None:
        """The visible message with this number."""
        return next((message for message in self.messages if message.message_id == message_id), None)

    def last(self, *, from_bot: bool = True) -> StoredMessage | None:
        """The newest message of the bot (or, with ``from_bot=False``, of anybody)."""
        return next((message for message in reversed(self.messages) if message.from_bot or not from_bot), None)

    def show(self, message: StoredMessage) -> None:
        """Add a message; a reply markup that belongs to the client's keyboard replaces it."""
        self.messages.append(message)
        self.force_reply = None
        markup = message.reply_markup or {}
        if message.from_bot and any(kind in markup for kind in KEYBOARDS):
            self.keyboard = markup if "keyboard" in markup else None
            self.keyboard_message = message if "keyboard" in markup else None
            self.force_reply = message if "force_reply" in markup else None

    def hide(self, message: StoredMessage) -> None:
        """Remove a message for everybody; a keyboard that it brought goes with it."""
        self.messages.remove(message)
        if message in self.pinned:
            self.pinned.remove(message)
        if self.keyboard_message is message:
            self.keyboard, self.keyboard_message = None, None
        if self.force_reply is message:
            self.force_reply = None

    def add_topic(self, name: str, by: "Person") -> int:
        """Open a forum topic; its thread id."""
        if not self.is_forum:
            raise ImpossibleError(f"{self.title} is no forum")
        fields = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        opening = self.world.post(self, by.as_user(), fields)
        opening.thread_id = opening.message_id
        self.topics[opening.message_id] = opening
        self.world.emit("message", opening.as_json())
        return opening.message_id

    def delete_topic(self, thread_id: int) -> None:
        """Delete a forum topic with its messages."""
        del self.topics[thread_id]
        for message in [message for message in self.messages if message.thread_id == thread_id]:
            self.hide(message)
            self.world.tell("deleted", self, message)

    def add_bot(self, by: "Person") -> None:
        """A member adds the bot."""
        self.set_bot_status("member", by)
        message = self.world.post(self, by.as_user(), {"new_chat_members": [self.world.bot_user()]})
        self.world.emit("message", message.as_json())

    def promote_bot(self, by: "Person | None" = None) -> None:
        """The bot becomes an administrator with all ordinary rights."""
        self.set_bot_status("administrator", by)

    def remove_bot(self, by: "Person | None" = None) -> None:
        """A member (by default the first one) removes the bot from the group."""
        self.set_bot_status("kicked", by)

    def set_bot_status(self, status: BotStatus, by: "Person | None" = None) -> None:
        """Change what the bot is here and tell it (``my_chat_member``); without ``by`` the owner did it."""
        person = by or next(iter(self.members.values()))
        old, self.bot_status = self.bot_status, status
        self.world.emit_bot_member(self, person.as_user(), old, status)
        self.world.tell("chat", self)

    def migrate_to_supergroup(self) -> "Chat":
        """Upgrade a basic group: a new chat with a new id takes its place; both chats' service messages say so."""
        if self.type != "group" or self.migrated_to:
            raise ImpossibleError(f"{self.title} is no basic group")
        new = self.world.add_group(self.title, self.members.values(), supergroup=True)
        new.bot_status = self.bot_status
        self.migrated_to = new
        owner = next(iter(self.members.values())).as_user()
        leaving = self.world.post(self, owner, {"migrate_to_chat_id": new.id})
        arriving = self.world.post(new, ANONYMOUS, {"migrate_from_chat_id": self.id}, sender_chat=new.as_json())
        self.world.emit("message", leaving.as_json())
        self.world.emit("message", arriving.as_json())
        self.world.tell("chat", self)
        return new

    def __str__(self) -> str:
        lines = [f"{self.title} ({self.type} {self.id})", *(str(message) for message in self.messages)]
        if self.keyboard:
            texts = [[_button_text(button) for button in row] for row in self.keyboard["keyboard"]]
            lines.append(f"    keyboard: {texts}")
        return "\n".join(lines)


def _button_text(button: Json | str) -> str:
    return button if isinstance(button, str) else str(button["text"])
