"""What a visitor can do on the demo page: speak and press as one of the people in a chat."""

import asyncio
import base64
import binascii
from collections.abc import Callable
from typing import TypeAlias, TypeVar

from demo.chats import Chat, StoredMessage
from demo.errors import Json
from demo.files import image_size
from demo.page_guard import RefusalError
from demo.people import Person
from demo.world import World

T = TypeVar("T")
Action: TypeAlias = Callable[["Visit"], None]

ANSWER_WAIT = 10.0
"""Seconds that a pressed button waits for the bot's answer before the page says that none came."""

LONGEST_NAME = 64


class Visit:
    """One action's request: who acts, where, and the fields. Raises RefusalError where they do not fit."""

    def __init__(self, world: World, fields: Json) -> None:
        self.world = world
        self.fields = fields

    @property
    def person(self) -> Person:
        """Who acts."""
        return _known(self.world.people, self.field("person", int), "person")

    @property
    def chat(self) -> Chat:
        """Where."""
        return _known(self.world.chats, self.field("chat", int), "chat")

    @property
    def message(self) -> StoredMessage:
        """The message that the action is about."""
        message = self.chat.message(self.field("message", int))
        if message is None:
            raise RefusalError(404, "this message is gone")
        return message

    def field(self, name: str, kind: type[T]) -> T:
        """A field that has to be there."""
        value = self.fields.get(name)
        if type(value) is not kind:
            raise RefusalError(400, f"{name}: {kind.__name__} is expected")
        return value

    def file(self) -> bytes:
        """The content of the chosen file (base64)."""
        try:
            return base64.b64decode(self.field("content", str), validate=True)
        except binascii.Error as error:
            raise RefusalError(400, "content: base64 is expected") from error


def _known(known: dict[int, T], number: int, what: str) -> T:
    if number not in known:
        raise RefusalError(404, f"unknown {what} {number}")
    return known[number]


def _say(visit: Visit) -> None:
    reply_to = visit.fields.get("reply_to")
    visit.person.say(visit.field("text", str), chat=visit.chat, reply_to=reply_to if type(reply_to) is int else None)


def _tap(visit: Visit) -> None:
    visit.person.tap(visit.field("text", str), visit.chat)


def _edit(visit: Visit) -> None:
    visit.person.edit(visit.message, visit.field("text", str))


def _attach_photo(visit: Visit) -> None:
    picture = visit.file()
    if image_size(picture) is None:
        raise RefusalError(400, "a PNG, JPEG, GIF or WebP picture is expected")
    visit.person.send_photo(picture, chat=visit.chat)


def _attach_document(visit: Visit) -> None:
    visit.person.send_document(visit.file(), visit.field("name", str), chat=visit.chat)


def _shown(_message: StoredMessage) -> None:
    """What an action did is seen in the chat, not returned."""


ACTIONS: dict[str, Action] = {
    "say": _say,
    "tap": _tap,
    "edit": _edit,
    "photo": _attach_photo,
    "document": _attach_document,
    "sticker": lambda visit: _shown(visit.person.send_sticker(chat=visit.chat)),
    "voice": lambda visit: _shown(visit.person.send_voice(chat=visit.chat)),
    "location": lambda visit: _shown(visit.person.send_location(chat=visit.chat)),
    "block": lambda visit: visit.person.block_bot(),
    "unblock": lambda visit: visit.person.unblock_bot(),
}
"""Each action by the name in its address; none of them waits for the bot."""


async def press(visit: Visit) -> Json:
    """Press an inline button; returns the bot's answer, or null where none came in time."""
    pressed = visit.person.press(visit.field("message", int), visit.field("data", str), chat=visit.chat)
    try:
        async with asyncio.timeout(ANSWER_WAIT):
            await pressed.answered.wait()
    except TimeoutError:
        return {"answer": None}
    return {"answer": pressed.answer or {}}


def add_client(visit: Visit) -> Json:
    """A new client with a name, a language and perhaps a phone number."""
    first, _, last = " ".join(visit.field("name", str).split()).partition(" ")
    if not first or len(first) + len(last) > LONGEST_NAME:
        raise RefusalError(400, f"name: 1 to {LONGEST_NAME} characters are expected")
    phone = visit.field("phone", str).strip()
    if phone and not 5 <= sum(character.isdigit() for character in phone) <= 15:
        raise RefusalError(400, "phone: 5 to 15 digits are expected")
    language = visit.field("language", str)
    client = visit.world.add_user(first, last_name=last or None, language_code=language, phone=phone or None)
    return {"id": client.id}
