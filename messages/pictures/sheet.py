"""The sheet that carries a drawing: title, figure and legend, as one SVG that is readable on a phone.

Every length is in pixels of a phone 360 pixels wide; the picture itself has three for each of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from messages.pictures import portrait
from messages.pictures.lettering import FONT_FAMILY, wrapped
from messages.pictures.swatches import SWATCHES, Mark

WIDTH, DENSITY = 360, 3
INK, PAPER, FRAME = "#2d2623", "#fdfbf8", "#e4dad0"

_EDGE, _MARGIN, _TEXT_LEFT = 5, 18, 62
_LINE = 19.0
_BUN = 18.0
"""How far the hair rises above the top of the figure."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the legend: a mark, what it means in bold, and more in plain words."""

    mark: Mark
    title: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Callout:
    """Words beside the figure at the height ``y``, tied to the point ``at`` of it by a line."""

    words: str
    at: tuple[float, float]


def sheet(title: str, subtitle: str, figure: str, rows: Sequence[Row], callout: Callout | None = None) -> str:
    """The whole picture; the texts are plain, whatever stands in them is escaped."""
    room = WIDTH - 2 * _MARGIN
    head = wrapped(title, room, 20, 600)
    below = wrapped(subtitle, room, 15) if subtitle else []
    top = 12 + 25 * len(head) + _LINE * len(below) + _BUN + 6
    legend, height = _legend(rows, top + portrait.HEIGHT + 12)
    drawn = f'<g transform="translate({WIDTH / 2} {top:.1f})">{figure}{_callout(callout)}</g>'
    parts = [
        f'<rect width="{WIDTH}" height="{height:.0f}" fill="{FRAME}"/>',
        f'<rect x="{_EDGE}" y="{_EDGE}" width="{WIDTH - 2 * _EDGE}" height="{height - 2 * _EDGE:.0f}" rx="16" '
        f'fill="{PAPER}"/>',
        _text(head, _MARGIN, 33, 20, 600, step=25),
        _text(below, _MARGIN, 30 + 25 * len(head), 15),
        drawn,
        legend,
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" '
        f'width="{WIDTH * DENSITY}" height="{round(height) * DENSITY}" font-family="{FONT_FAMILY}" fill="{INK}">'
        f"{''.join(parts)}</svg>"
    )


def _legend(rows: Iterable[Row], y: float) -> tuple[str, float]:
    """The legend from ``y`` downwards, and where the sheet ends."""
    room = WIDTH - _TEXT_LEFT - _MARGIN
    parts = []
    for row in rows:
        titles = wrapped(row.title, room, 15, 600)
        words = wrapped(row.words, room, 15) if row.words else []
        parts += [
            f'<g transform="translate({_MARGIN} {y:.1f})">{SWATCHES[row.mark]}</g>',
            _text(titles, _TEXT_LEFT, y + 15, 15, 600),
            _text(words, _TEXT_LEFT, y + 15 + _LINE * len(titles), 15),
        ]
        y += _LINE * (len(titles) + len(words)) + 10
    return "".join(parts), y + 8


def _callout(callout: Callout | None) -> str:
    """The words right of the face, where it leaves most room."""
    if callout is None:
        return ""
    left, right = 94.0, WIDTH / 2 - _EDGE - 6
    lines = wrapped(callout.words, right - left, 14, 600)
    x, y = callout.at
    middle = min(max(y, 60), 236)
    top = middle - (len(lines) - 1) * 17 / 2 + 5
    return (
        f'<path d="M{x:.1f},{y:.1f}L{left - 5:.1f},{middle:.1f}" stroke="{INK}" stroke-width="1.3"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{INK}" stroke="#fff" stroke-width="1.2"/>'
        f"{_text(lines, left, top, 14, 600, step=17)}"
    )


def _text(lines: Sequence[str], x: float, y: float, size: int, weight: int = 400, *, step: float = _LINE) -> str:
    return "".join(
        f'<text x="{x:.1f}" y="{y + step * index:.1f}" font-size="{size}" font-weight="{weight}">{escape(line)}</text>'
        for index, line in enumerate(lines)
    )
