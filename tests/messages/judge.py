"""Judges a screen as Telegram would; the HTML is parsed by the stand-in, which shares no code with the texts."""

from demo.entities import utf16_length
from demo.html import parse_html
from messages.catalog import Catalogs
from messages.layout import FULL_WIDTH, HALF_WIDTH
from messages.screen import Screen

ENGLISH = Catalogs.load().choose("en")

LONGEST_TEXT = 4096
LONGEST_DATA = 64
TICK = "✅ "
CALENDAR_WIDTH = 14
"""Characters of a month's name between its two arrows."""


def words(screen: Screen) -> str:
    """What a person reads: the text without its markup."""
    return parse_html(screen.text)[0]


def data(screen: Screen) -> list[str]:
    """The callback_data of all buttons."""
    return [button.data for row in screen.rows for button in row]


def labels(screen: Screen) -> list[str]:
    """The texts of all buttons."""
    return [button.text for row in screen.rows for button in row]


def check(screen: Screen) -> Screen:
    """Fail where Telegram would refuse the screen, a phone would cut a button, or a text looks unfinished."""
    text = words(screen)
    assert text.strip(), "no text"
    assert text == text.strip(), "blanks around the text"
    assert "\n\n\n" not in text, "a hole in the text"
    assert not {"{", "}"} & set(text), "a placeholder was left"
    assert utf16_length(text) <= LONGEST_TEXT, f"{utf16_length(text)} characters"
    assert not (screen.contact and screen.rows), "two kinds of keyboard"
    for row in screen.rows:
        _check_row([button.text for button in row])
        for button in row:
            assert 1 <= len(button.data.encode()) <= LONGEST_DATA, button
    tapped = [button for button in data(screen) if button != "noop"]
    assert len(tapped) == len(set(tapped)), "two buttons do the same"
    return screen


def _check_row(texts: list[str]) -> None:
    assert 1 <= len(texts) <= 7
    width = {1: FULL_WIDTH, 2: HALF_WIDTH, 3: CALENDAR_WIDTH}.get(len(texts), 3)
    for text in texts:
        assert text.strip(), "an empty button"
        assert len(text.removeprefix(TICK)) <= width, f"{text!r} is cut beside {len(texts) - 1} others"
