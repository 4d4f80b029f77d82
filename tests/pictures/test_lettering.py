"""Lettering: widths from the font itself, and lines that break where they should."""

import pytest

from messages.pictures.lettering import unbroken, width, wrapped

ALPHABETS = "abcdefghijklmnopqrstuvwxyzäöüßéèçñåøłğşабвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ0123456789 .,:;!?–…«»„“"


@pytest.mark.parametrize("weight", [400, 600])
def test_the_font_has_every_letter_of_our_languages(weight: int) -> None:
    missing = width("\u4e00", 10, weight)
    assert missing == 10
    assert [letter for letter in ALPHABETS + ALPHABETS.upper() if width(letter, 10, weight) == missing] == []


def test_widths_are_those_of_the_font() -> None:
    assert width("i", 100) < width("n", 100) < width("m", 100) < width("m", 100, 600)
    assert width("nn", 20) == pytest.approx(2 * width("n", 20))
    assert width("n", 30) == pytest.approx(1.5 * width("n", 20))
    assert width("", 20) == 0


def test_lines_break_between_words_and_nothing_is_lost() -> None:
    text = "Bitte bis Freitag, den 4. Dezember, nicht berühren"
    lines = wrapped(text, 120, 15)
    assert " ".join(lines) == text
    assert all(width(line, 15) <= 120 for line in lines)
    assert len(lines) > 2
    assert wrapped(text, 1000, 15) == [text]


def test_a_word_wider_than_the_room_stands_alone() -> None:
    assert wrapped("a Gesichtsbehandlungsempfehlung b", 60, 15) == ["a", "Gesichtsbehandlungsempfehlung", "b"]


def test_a_date_breaks_only_where_it_must() -> None:
    date = unbroken("Fri 27 Nov")
    assert wrapped(f"until {date}", 75, 14) == ["until", date]
    assert wrapped(f"until {date}", 40, 14) == ["until", "Fri 27", "Nov"]
