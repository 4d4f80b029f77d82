"""The poster for the front desk: a QR code that opens the bot and says where the client came from."""

from collections.abc import Iterable, Iterator, Sequence

import segno

from messages.catalog import Catalog
from messages.markup import escaped
from messages.pictures.lettering import FONT_FAMILY

WIDTH, HEIGHT = 360, 510
_CODE = 252
_INK, _PAPER, _ACCENT = "#17322f", "#fffdf9", "#1d6f66"


def deep_link(username: str, source: str) -> str:
    """The link that starts a chat with the bot and tells it ``source`` (1-64 of ``A-Za-z0-9_-``)."""
    return f"https://t.me/{username}?start={source}"


def poster(catalog: Catalog, *, clinic: str, link: str) -> str:
    """The poster as SVG, in the proportions of A4."""
    lines = catalog.plain("poster.text").splitlines()
    return "".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{3 * WIDTH}" height="{3 * HEIGHT}"',
            f' viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONT_FAMILY}" text-anchor="middle" fill="{_INK}">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_PAPER}"/>',
            f'<rect x="18" y="18" width="{WIDTH - 36}" height="{HEIGHT - 36}" rx="18" fill="none" stroke="{_ACCENT}"/>',
            _text(62, 22, clinic, weight="bold"),
            *(_text(96 + 20 * index, 15, line) for index, line in enumerate(lines)),
            f'<g transform="translate({(WIDTH - _CODE) / 2} 142)">{_code(link)}</g>',
            _text(432, 15, catalog.plain("poster.how"), weight="bold"),
            _text(462, 12, link.removeprefix("https://").partition("?")[0], colour=_ACCENT),
            "</svg>",
        )
    )


def _text(y: int, size: int, words: str, *, weight: str = "normal", colour: str = _INK) -> str:
    """One centred line; a long one is set narrower so that it stays on the paper."""
    fits = (WIDTH - 64) / (0.56 * max(len(words), 1))
    shown = round(min(size, fits), 1)
    middle = WIDTH / 2
    return (
        f'<text x="{middle}" y="{y}" font-size="{shown}" font-weight="{weight}" fill="{colour}">{escaped(words)}</text>'
    )


def _code(link: str) -> str:
    """The code as one path of unit squares, with the quiet zone that readers need."""
    matrix = list(segno.make(link, error="q", micro=False).matrix_iter(border=4))
    scale = _CODE / len(matrix)
    return f'<path transform="scale({scale:.4f})" fill="{_INK}" d="{"".join(_squares(matrix))}"/>'


def _squares(matrix: Sequence[Iterable[int]]) -> Iterator[str]:
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                yield f"M{x} {y}h1v1h-1z"
