"""The shapes of a chart on a phone: labelled bars, large facts, and rows of nested bars with their numbers.

Every length is in pixels of a phone 360 pixels wide. Nothing is told by colour alone: bars carry their numbers, and the
three tones differ in brightness, so that they are apart for every kind of colour vision and in print.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from messages.pictures.lettering import FONT_FAMILY, width
from messages.pictures.sheet import DENSITY, FRAME, INK, PAPER, WIDTH

TONES = ("#c3d7e8", "#4a90c2", "#0b3c66")
"""From many to few: pale, middle and dark blue."""

MARGIN = 18.0
RIGHT = WIDTH - MARGIN

_EDGE = 5
_BAR = 17.0
_BAR_LABEL, _BAR_STEP = 118.0, 25.0
_ROW_LABEL, _ROW_STEP = 82.0, 22.0
_COLUMNS = (222.0, 280.0, RIGHT)
"""Where the columns of numbers end."""

_FACT_SIZES = (21, 19, 17, 15, 13)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its length as a part of the longest, and the words at its end."""

    label: str
    part: float
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """Three numbers of one thing, as a rule each a part of the one before."""

    label: str
    numbers: tuple[int, int, int]


def page(parts: Sequence[str], height: float) -> str:
    """The whole picture, on the frame and paper that all our pictures have."""
    inside = height - 2 * _EDGE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" '
        f'width="{WIDTH * DENSITY}" height="{round(height) * DENSITY}" font-family="{FONT_FAMILY}" fill="{INK}">'
        f'<rect width="{WIDTH}" height="{height:.0f}" fill="{FRAME}"/>'
        f'<rect x="{_EDGE}" y="{_EDGE}" width="{WIDTH - 2 * _EDGE}" height="{inside:.0f}" rx="16" fill="{PAPER}"/>'
        f"{''.join(parts)}</svg>"
    )


def text(words: str, x: float, y: float, size: float, *, bold: bool = False, anchor: str = "start") -> str:
    """One line of plain words."""
    weight = 600 if bold else 400
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}">'
        f"{escape(words)}</text>"
    )


def fitted(words: str, room: float, size: float, weight: int = 400) -> str:
    """``words``, cut with an ellipsis where they are wider than ``room``."""
    if width(words, size, weight) <= room:
        return words
    while words and width(f"{words}…", size, weight) > room:
        words = words[:-1]
    return f"{words.rstrip()}…"


def bars(items: Sequence[Bar], y: float) -> tuple[str, float]:
    """The bars from ``y`` downwards, and where they end."""
    room = RIGHT - _BAR_LABEL - max(width(item.words, 14, 600) for item in items) - 8
    parts = []
    for item in items:
        length = max(room * item.part, 2.0)
        parts += [
            text(fitted(item.label, _BAR_LABEL - MARGIN - 6, 14), MARGIN, y + 13.5, 14),
            _bar(_BAR_LABEL, y, length, _BAR, TONES[1]),
            text(item.words, _BAR_LABEL + length + 7, y + 13.5, 14, bold=True),
        ]
        y += _BAR_STEP
    return "".join(parts), y


def facts(items: Sequence[tuple[str, str]], y: float) -> tuple[str, float]:
    """Small words with large ones under them, side by side, given as (large, small); and where they end."""
    room = (RIGHT - MARGIN) / len(items)
    parts = []
    for index, (large, small) in enumerate(items):
        x = MARGIN + room * index
        size = next((size for size in _FACT_SIZES if width(large, size, 600) <= room - 8), _FACT_SIZES[-1])
        parts += [
            text(fitted(small, room - 8, 13), x, y + 14, 13),
            text(fitted(large, room - 4, size, 600), x, y + 36, size, bold=True),
        ]
    return "".join(parts), y + 46


def table(title: str, columns: tuple[str, str, str], rows: Sequence[Row], y: float) -> tuple[str, float]:
    """Rows of nested bars with their numbers, under a head that is the legend too; and where they end."""
    longest = max((number for row in rows for number in row.numbers), default=0) or 1
    parts = [_head(title, columns, y)]
    for row in rows:
        y += _ROW_STEP
        parts.append(_row(row, longest, y))
    return "".join(parts), y + _ROW_STEP


def _head(title: str, columns: tuple[str, str, str], y: float) -> str:
    parts = [text(title, MARGIN, y + 13, 15, bold=True)]
    for tone, name, end in zip(TONES, columns, _COLUMNS, strict=True):
        parts.append(_bar(end - width(name, 13) - 13.5, y + 3.5, 10, 10, tone))
        parts.append(text(name, end, y + 13, 13, anchor="end"))
    return "".join(parts)


def _row(row: Row, longest: int, y: float) -> str:
    left = MARGIN + _ROW_LABEL
    room = _COLUMNS[0] - width(str(longest), 14, 600) - 9 - left
    parts = [text(fitted(row.label, _ROW_LABEL - 8, 14), MARGIN, y + 13, 14)]
    for depth, (tone, number) in enumerate(zip(TONES, row.numbers, strict=True)):
        if number:
            inset = 3.0 * depth
            parts.append(_bar(left, y + inset, max(room * number / longest, 2.0), _BAR - 2 * inset, tone))
    for number, end in zip(row.numbers, _COLUMNS, strict=True):
        parts.append(text(str(number), end, y + 13, 14, bold=bool(number), anchor="end"))
    return "".join(parts)


def _bar(x: float, y: float, length: float, height: float, tone: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{length:.1f}" height="{height:.1f}" rx="2.5" fill="{tone}"/>'
