"""Puts one screen into a chat: edited in place where that can be, else as a new message after which the old one goes.

A screen may be text, a photo with its words as the caption, or the question for a phone number with a reply keyboard;
Telegram edits neither of these into another. A screen's picture is a message of its own before it: they stay together.
"""

import asyncio
import logging
from dataclasses import dataclass
from hashlib import sha256

from telegram import InputMediaPhoto, ReplyKeyboardRemove
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from bot.gateways.telegram import RawBot, is_unmodified
from handlers.keyboards import inline, markup
from handlers.places import PLACES
from messages.pictures.picture import Picture
from messages.pictures.render import render
from messages.screen import Screen

log = logging.getLogger(__name__)

FILE = "massage.png"


@dataclass(frozen=True, slots=True)
class AdviceShown:
    """The messages of the advice shown last: its card, and its picture above it (0 where it has none)."""

    card: int = 0
    picture: int = 0
    fingerprint: str = ""

    @classmethod
    def parse(cls, stored: str | None) -> "AdviceShown":
        """Read what ``str`` wrote."""
        if not stored:
            return cls()
        card, picture, fingerprint = stored.split(":")
        return cls(int(card), int(picture), fingerprint)

    def __str__(self) -> str:
        return f"{self.card}:{self.picture}:{self.fingerprint}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands on the phone: the screen's message, a digest that begins with its place and ends with its kind."""

    message_id: int | None
    digest: str
    advice: AdviceShown

    @property
    def place(self) -> str:
        """The place whose screen it is."""
        return self.digest.partition(":")[0]

    @property
    def kind(self) -> str:
        """``text``, ``photo`` or ``keyboard``."""
        return self.digest.rpartition(":")[2]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A screen to be shown to one chat, and what stands there now; ``thanks`` goes with a keyboard taken away."""

    chat_id: int
    place: str
    screen: Screen
    before: Shown
    thanks: str

    @property
    def kind(self) -> str:
        """``text``, ``photo`` or ``keyboard``."""
        if self.screen.contact:
            return "keyboard"
        return "photo" if self.screen.photo else "text"

    @property
    def digest(self) -> str:
        """Equal for screens that look the same."""
        return f"{self.place}:{_digest(self.screen)}:{self.kind}"

    @property
    def same_picture(self) -> bool:
        """Whether the picture that belongs to an advice, if any, stands above it already."""
        return self.place != "advice" or self.before.advice.fingerprint == self.fingerprint

    @property
    def fingerprint(self) -> str:
        """Equal for screens with the same picture; empty where there is none."""
        return _digest(self.screen.picture) if self.screen.picture else ""

    @property
    def takes_the_place_of_the_one_before(self) -> bool:
        """Whether it may be edited in: the same kind of message, and what should stay readable is left alone."""
        before = self.before
        if self.kind != before.kind or self.kind == "keyboard" or not self.same_picture:
            return False
        return not PLACES[before.place].stays or PLACES[before.place].family == PLACES[self.place].family


def _digest(thing: Screen | Picture) -> str:
    return sha256(repr(thing).encode()).hexdigest()[:32]


async def show(bot: RawBot, drawing: Drawing, tapped: int | None) -> Shown:
    """Show it; ``tapped`` is the message whose button was pressed. Raises what Telegram answered."""
    before = drawing.before
    if tapped is not None and tapped == before.message_id:
        if before.digest == drawing.digest:
            return before
        if drawing.takes_the_place_of_the_one_before and await _edit(bot, drawing, tapped):
            return await _replaced(bot, drawing, tapped, before.advice.picture)
    if before.kind == "keyboard" and drawing.kind != "keyboard":
        # Telegram removes a reply keyboard only along with a message of its own.
        await bot.send_message(
            drawing.chat_id, drawing.thanks, parse_mode=ParseMode.HTML, reply_markup=ReplyKeyboardRemove()
        )
    picture = await _send_picture(bot, drawing.chat_id, drawing.screen.picture) if drawing.screen.picture else 0
    message_id = await _send_screen(bot, drawing.chat_id, drawing.screen)
    if before.message_id is not None and not PLACES[before.place].stays:
        await _delete(bot, drawing.chat_id, before.message_id)
    return await _replaced(bot, drawing, message_id, picture)


async def _replaced(bot: RawBot, drawing: Drawing, message_id: int, picture: int) -> Shown:
    """A new advice takes the one before out of sight, card and picture: what it allowed may be allowed no longer."""
    before = drawing.before.advice
    if drawing.place != "advice":
        return Shown(message_id, drawing.digest, before)
    after = AdviceShown(message_id, picture if drawing.screen.picture else 0, drawing.fingerprint)
    for old in {before.card, before.picture} - {after.card, after.picture, 0}:
        await _delete(bot, drawing.chat_id, old)
    return Shown(message_id, drawing.digest, after)


async def _send_screen(bot: RawBot, chat_id: int, screen: Screen) -> int:
    if screen.photo:
        png = await asyncio.to_thread(render, screen.photo)
        sent = await bot.send_photo(
            chat_id, png, caption=screen.text, filename=FILE, parse_mode=ParseMode.HTML, reply_markup=inline(screen)
        )
    else:
        sent = await bot.send_message(chat_id, screen.text, parse_mode=ParseMode.HTML, reply_markup=markup(screen))
    return sent.message_id


async def _send_picture(bot: RawBot, chat_id: int, picture: Picture) -> int:
    png = await asyncio.to_thread(render, picture.svg)
    sent = await bot.send_photo(chat_id, png, caption=picture.caption, filename=FILE, parse_mode=ParseMode.HTML)
    return sent.message_id


async def _edit(bot: RawBot, drawing: Drawing, message_id: int) -> bool:
    """Edit the screen in; ``False`` where the old message is gone or too old, so that a new one takes its place."""
    chat_id, screen = drawing.chat_id, drawing.screen
    try:
        if screen.photo:
            png = await asyncio.to_thread(render, screen.photo)
            media = InputMediaPhoto(png, caption=screen.text, filename=FILE, parse_mode=ParseMode.HTML)
            await bot.edit_message_media(media, chat_id, message_id, reply_markup=inline(screen))
        else:
            await bot.edit_message_text(
                screen.text, chat_id, message_id, parse_mode=ParseMode.HTML, reply_markup=inline(screen)
            )
    except BadRequest as error:
        return is_unmodified(error)
    return True


async def _delete(bot: RawBot, chat_id: int, message_id: int) -> None:
    try:
        await bot.delete_message(chat_id, message_id)
    except TelegramError:
        log.debug("an old screen could not be deleted")
