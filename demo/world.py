"""The world behind the stand-in: people, chats, messages, and the updates that the bot gets from them.

Plain Python, for tests and for the demo page; the HTTP server in ``bot_api.py`` shows the bot's side of it. Everything
runs in one event loop: no call here waits for the bot, except :meth:`World.until`.
"""

import asyncio
import contextlib
import zlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from demo.changes import Change, Changes, Kind, Subscription
from demo.chats import BotStatus, Chat
from demo.errors import ImpossibleError, Json
from demo.files import Files
from demo.ledger import Call, Delivery
from demo.membership import member
from demo.message import StoredMessage
from demo.people import Person
from demo.presses import Press
from demo.profile import Profile
from demo.updates import UpdateQueue

__all__ = ["Call", "Change", "Chat", "Delivery", "ImpossibleError", "Person", "Press", "StoredMessage", "World"]

T = TypeVar("T")


class World:
    """Everybody and everything; ``now`` tells the time (aware)."""

    def __init__(self, now: Callable[[], datetime], *, bot_id: int, username: str, name: str) -> None:
        self.now = now
        self.bot: Json = {
            "id": bot_id,
            "is_bot": True,
            "first_name": name,
            "username": username,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.calls: list[Call] = []
        self.deliveries: list[Delivery] = []
        self.presses: dict[str, Press] = {}
        self.files = Files()
        self.profile = Profile()
        self.updates = UpdateQueue(now)
        self._changes = Changes()
        self._last_message_id = 0

    # People and chats

    def add_user(
        self,
        first_name: str,
        *,
        language_code: str | None = "en",
        username: str | None = None,
        last_name: str | None = None,
        phone: str | None = None,
    ) -> Person:
        """A human who has not yet talked to the bot; ``phone`` in international digits (default: made up)."""
        number = len(self.people) + 1
        optional = {"last_name": last_name, "username": username, "language_code": language_code}
        user: Json = {"id": 7_000_000_000 + number, "is_bot": False, "first_name": first_name}
        user |= {key: value for key, value in optional.items() if value}
        digits = "".join(filter(str.isdigit, phone or f"1202555{100 + number:04d}"))
        person = Person(self, user, digits)
        self.people[person.id] = person
        self.chats[person.id] = person.chat
        self.tell_person(person)
        return person

    def add_group(
        self,
        title: str,
        members: Iterable[Person],
        *,
        bot_is_member: bool = True,
        supergroup: bool = True,
        forum: bool = False,
    ) -> Chat:
        """A group that exists already (nothing is sent to the bot); the first member owns it."""
        number = sum(chat.type != "private" for chat in self.chats.values()) + 1
        chat_id = -1_001_900_000_000 - number if supergroup else -4_500_000_000 - number
        chat = Chat(self, chat_id, "supergroup" if supergroup else "group", title, members)
        chat.bot_status = "member" if bot_is_member else "left"
        chat.is_forum = forum
        self.chats[chat_id] = chat
        self.tell("chat", chat)
        return chat

    def bot_user(self) -> Json:
        """The bot as the sender of a message."""
        return {key: self.bot[key] for key in ("id", "is_bot", "first_name", "username")}

    def commands_for(self, person: Person, chat: Chat | None = None) -> list[Json]:
        """The ``BotCommand`` list of the person's menu in a chat (default: the private one)."""
        place = chat or person.chat
        admin = person.id == next(iter(place.members), None)
        language = person.user.get("language_code", "")
        private = place.type == "private"
        return self.profile.commands_for(person.id, place.id, private=private, admin=admin, language=language)

    # What happens

    def post(self, chat: Chat, sender: Json, fields: Json, **details: Any) -> StoredMessage:
        """Show a new message in a chat. In supergroups numbers count by themselves, elsewhere all together."""
        if thread_id := details.get("thread_id"):
            details.setdefault("reply_to", chat.topics.get(thread_id))
        message = StoredMessage(self._next_message_id(chat), chat, sender, self.now(), fields, **details)
        chat.show(message)
        self.tell("message", chat, message)
        return message

    def press(self, person: Person, chat: Chat, message_id: int, data: str) -> Press:
        """Send a callback query; a message that was deleted meanwhile is an inaccessible one.

        A bot that is no longer in the chat hears nothing of it.
        """
        message = chat.message(message_id)
        query_id = str((person.id << 31) + len(self.presses) + 1)
        press = Press(query_id, person, chat, message, data, self.now())
        self.presses[query_id] = press
        if chat.bot_status not in {"member", "administrator"}:
            return press
        gone = {"chat": chat.as_json(), "message_id": message_id, "date": 0}
        self.emit(
            "callback_query",
            {
                "id": query_id,
                "from": person.as_user(),
                "message": message.as_json() if message else gone,
                "chat_instance": str(zlib.crc32(str(chat.id).encode()) << 30),
                "data": data,
            },
        )
        return press

    def bot_sees(self, message: StoredMessage) -> bool:
        """Whether the bot gets this message: in groups its privacy mode hides what is not meant for it."""
        chat = message.chat
        if chat.bot_status not in {"member", "administrator"}:
            return False
        if chat.bot_can_read_all or (message.reply_to and message.reply_to.sender["id"] == self.bot["id"]):
            return True
        text = message.text or message.caption or ""
        commands = [entity for entity in message.entities if entity["type"] == "bot_command"]
        names = [text[entity["offset"] : entity["offset"] + entity["length"]] for entity in commands]
        return any(name.partition("@")[2].lower() in {"", self.bot["username"].lower()} for name in names)

    def emit(self, kind: str, content: Json) -> None:
        """Queue an update for the bot."""
        self.updates.push(kind, content)

    def emit_bot_member(self, chat: Chat, by: Json, old: BotStatus | str, new: BotStatus | str) -> None:
        """Tell the bot that its own membership has changed."""
        self.emit(
            "my_chat_member",
            {
                "chat": chat.as_json(),
                "from": by,
                "date": int(self.now().timestamp()),
                "old_chat_member": self.bot_member(old),
                "new_chat_member": self.bot_member(new),
            },
        )

    def bot_member(self, status: str) -> Json:
        """The bot's ``ChatMember`` object for a status."""
        return member(self.bot_user(), status)

    def push_raw(self, update: Json) -> None:
        """Queue any JSON object as an update: broken ones, repeated ones, ones out of order."""
        self.updates.push_raw(update)

    # Watching

    def changes(self) -> Subscription:
        """Every visible change from this call on."""
        return self._changes.subscribe()

    def tell(self, kind: Kind, chat: Chat, message: StoredMessage | None = None, **detail: object) -> None:
        """Tell those who watch."""
        self._changes.tell(Change(kind, chat.id, message.message_id if message else None, detail))

    def tell_person(self, person: Person) -> None:
        """Tell those who watch that somebody is new or has changed."""
        self._changes.tell(Change("person", person.id, None, {"person": person.id}))

    def tell_commands(self) -> None:
        """Tell those who watch that the bot's commands, name or description have changed."""
        self._changes.tell(Change("commands"))

    async def until(self, condition: Callable[[], T | None], timeout: float = 5.0) -> T:
        """Wait until ``condition`` returns something true and return it; looks again at each change.

        Raises :class:`TimeoutError` with a picture of the chats after ``timeout`` seconds.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        subscription = self.changes()
        try:
            while True:
                if value := condition():
                    return value
                if loop.time() >= deadline:
                    raise TimeoutError(f"nothing came of it within {timeout} s:\n{self.picture()}")
                await _next_or_pause(subscription)
        finally:
            subscription.close()

    def picture(self) -> str:
        """All chats with their messages, and the last calls, to be read by a person."""
        calls = [f"{call.method} {call.chat_id or ''} -> {call.status} {call.description}" for call in self.calls[-10:]]
        return "\n\n".join([*(str(chat) for chat in self.chats.values()), "Last calls:", "\n".join(calls)])

    def _next_message_id(self, chat: Chat) -> int:
        if chat.type == "supergroup":
            chat.last_message_id += 1
            return chat.last_message_id
        self._last_message_id += 1
        return self._last_message_id


async def _next_or_pause(subscription: Subscription) -> None:
    """Wait for the next change, but look again soon: a condition may watch more than the chats."""
    # Not wait_for: on Python 3.11 it may swallow a cancellation that arrives together with the change.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.05):
            await subscription.queue.get()
