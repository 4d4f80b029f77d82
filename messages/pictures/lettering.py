"""Text on a drawing: how wide it is, and where its lines break. Widths come from the font file that is drawn with."""

from functools import cache
from pathlib import Path
from struct import unpack_from

FONT_FAMILY = "Afterglow Sans"
FONTS = Path(__file__).parent / "fonts"
"""The font's files: a subset (Latin and Cyrillic) of a font under the SIL Open Font License, which lies beside them."""

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"

_FILES = {400: "AfterglowSans-Regular.ttf", 600: "AfterglowSans-SemiBold.ttf"}


def width(text: str, size: float, weight: int = 400) -> float:
    """The width of ``text`` in the unit of ``size``; ``weight`` is 400 or 600. Kerning only makes it narrower."""
    units, widths = _advances(weight)
    return sum(widths.get(ord(character), units) for character in text) * size / units


def covers(text: str) -> bool:
    """Whether the font has every character of ``text``."""
    return all(ord(character) in _advances(400)[1] for character in text)


def unbroken(text: str) -> str:
    """``text`` that no line ends in, such as a date."""
    return text.replace(" ", NO_BREAK_SPACE)


def wrapped(text: str, room: float, size: float, weight: int = 400) -> list[str]:
    """``text`` in lines at most ``room`` wide; words are never broken, and what is :func:`unbroken` only if it must."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, weight) <= room:
            lines[-1] = longer
        elif NO_BREAK_SPACE in word and width(word, size, weight) > room:
            lines += wrapped(word.replace(NO_BREAK_SPACE, " "), room, size, weight)
        else:
            lines.append(word)
    return lines


@cache
def _advances(weight: int) -> tuple[int, dict[int, int]]:
    """Units per em, and the advance width of each character: the tables head, hhea, hmtx and cmap of OpenType."""
    font = (FONTS / _FILES[weight]).read_bytes()
    count = unpack_from(">H", font, 4)[0]
    records = (unpack_from(">4s4xL4x", font, 12 + 16 * index) for index in range(count))
    tables = {name.decode(): offset for name, offset in records}
    units = unpack_from(">H", font, tables["head"] + 18)[0]
    measured = unpack_from(">H", font, tables["hhea"] + 34)[0]

    def advance(glyph: int) -> int:
        # Glyphs beyond the measured ones are as wide as the last of them.
        return int(unpack_from(">H", font, tables["hmtx"] + 4 * min(glyph, measured - 1))[0])

    return units, {code: advance(glyph) for code, glyph in _glyphs(font, tables["cmap"]).items()}


def _glyphs(font: bytes, cmap: int) -> dict[int, int]:
    """The glyph of each character, from the cmap's Unicode subtable (format 4: segments of consecutive codes)."""
    count = unpack_from(">H", font, cmap + 2)[0]
    offsets = {cmap + unpack_from(">4xL", font, cmap + 4 + 8 * index)[0] for index in range(count)}
    table = next(offset for offset in sorted(offsets) if unpack_from(">H", font, offset)[0] == 4)
    size = unpack_from(">H", font, table + 6)[0]
    ends, starts, deltas, ranges = (table + 14, table + 16 + size, table + 16 + 2 * size, table + 16 + 3 * size)
    glyphs = {}
    for at in range(0, size, 2):
        start, end, delta, offset = (unpack_from(">H", font, base + at)[0] for base in (starts, ends, deltas, ranges))
        for code in range(start, end + 1):
            glyph = code
            if offset:
                glyph = unpack_from(">H", font, ranges + at + offset + 2 * (code - start))[0]
            if glyph:
                glyphs[code] = (glyph + delta) % 0x10000
    return glyphs
