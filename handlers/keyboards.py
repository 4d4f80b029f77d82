"""A screen's buttons in Telegram's types."""

from typing import TypeAlias

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from messages.screen import Button, Screen

Markup: TypeAlias = InlineKeyboardMarkup | ReplyKeyboardMarkup


def inline(screen: Screen) -> InlineKeyboardMarkup | None:
    """The buttons under a message; ``None`` where there are none."""
    if not screen.rows:
        return None
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in screen.rows])


def markup(screen: Screen) -> Markup | None:
    """The screen's keyboard: *share my number* as a reply keyboard, everything else as buttons under the message."""
    if not screen.contact:
        return inline(screen)
    rows = [[KeyboardButton(screen.contact, request_contact=True)], [KeyboardButton(screen.cancel)]]
    return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)


def _button(button: Button) -> InlineKeyboardButton:
    if button.url:
        return InlineKeyboardButton(button.text, url=button.url)
    return InlineKeyboardButton(button.text, callback_data=button.data)
