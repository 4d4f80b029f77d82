"""The quote as one page to keep or print: DIN A4, with its fonts inside.

Making it takes a tenth of a second or more: never within a transaction, and in a thread of its own.
"""

from dataclasses import replace
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos
from fpdf.fonts import TTFFont

from bot.quote import Line
from messages.pictures.lettering import FONTS, covers
from messages.quote_mail import QuoteWords

FAMILY = "AfterglowSans"
INK, MUTED, LEAF, RULE = (31, 42, 40), (91, 105, 102), (30, 120, 110), (200, 210, 207)
SIZES = (11.0, 9.5, 8.0, 7.0)
"""Points of the running text; the largest with which all fits on one page is taken."""

MARGIN, AMOUNT_WIDTH = 20.0, 40.0
"""Millimetres around the page, and of the column of amounts."""

LINE_HEIGHT = 0.5
"""Millimetres of a line for each point of its letters."""

LONGEST_NAME = 120
"""Characters; a longer name of a service is cut, or a dozen of them would not fit on the page."""


def quote_pdf(words: QuoteWords, made_at: datetime) -> bytes:
    """The page. Where the font lacks a currency's sign, its code is written."""
    words = replace(words, codes=not covers(words.total))
    for size in SIZES:
        page = _Page(words, made_at, size)
        pages, content = page.pdf.page_no(), bytes(page.pdf.output())
        page.close()
        if pages == 1:
            break
    return content


class _Page:
    """Sets one quote in one size."""

    def __init__(self, words: QuoteWords, made_at: datetime, size: float) -> None:
        self._words = words
        self._size = size
        self.pdf = FPDF(format="A4")
        self._describe(made_at)
        self.pdf.add_page()
        self._head()
        for line in words.quote.lines:
            self._line(line)
        self._total()
        self._notes()

    def close(self) -> None:
        """Close the font files, which the library leaves open."""
        for font in self.pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    def _describe(self, made_at: datetime) -> None:
        pdf, words = self.pdf, self._words
        pdf.set_title(words.title)
        pdf.set_author(words.clinic.name)
        pdf.set_lang(words.catalog.language)
        pdf.set_creation_date(made_at)
        pdf.set_margins(MARGIN, MARGIN, MARGIN)
        pdf.set_auto_page_break(auto=True, margin=MARGIN)
        pdf.add_font(FAMILY, "", FONTS / "AfterglowSans-Regular.ttf")
        pdf.add_font(FAMILY, "B", FONTS / "AfterglowSans-SemiBold.ttf")
        pdf.set_draw_color(*RULE)

    def _head(self) -> None:
        words = self._words
        self._write(words.clinic.name, bold=True, colour=LEAF)
        self._write(words.title, factor=2.0, bold=True)
        self._space(0.5)
        for fact in words.facts():
            self._write(fact, colour=MUTED)
        self._space(1)

    def _line(self, line: Line) -> None:
        self._row(line.name[:LONGEST_NAME], self._words.amount(line))
        self._write(" · ".join(self._words.under(line)), factor=0.85, colour=MUTED)
        self._space(0.3)
        self.pdf.line(self.pdf.l_margin, self.pdf.y, self.pdf.w - self.pdf.r_margin, self.pdf.y)
        self._space(0.3)

    def _total(self) -> None:
        self._row(self._words.catalog.plain("quote_mail.total"), self._words.total, factor=1.2, bold=True)
        self._space(1.5)

    def _notes(self) -> None:
        for note in self._words.notes():
            self._write(note)
            self._space(0.5)
        self._space(0.5)
        for each in self._words.address():
            self._write(each, colour=MUTED)

    def _row(self, left: str, right: str, *, factor: float = 1.0, bold: bool = False) -> None:
        """A name with its amount at the right edge; the name may take several lines."""
        top = self.pdf.y
        self._write(left, factor=factor, bold=bold, room=self.pdf.epw - AMOUNT_WIDTH)
        below, self.pdf.y = self.pdf.y, top
        self._write(right, factor=factor, bold=bold, align=Align.R)
        self.pdf.y = below

    def _write(
        self,
        text: str,
        *,
        factor: float = 1.0,
        bold: bool = False,
        colour: tuple[int, int, int] = INK,
        align: Align = Align.L,
        room: float = 0,
    ) -> None:
        size = self._size * factor
        self.pdf.set_font(FAMILY, "B" if bold else "", size)
        self.pdf.set_text_color(*colour)
        self.pdf.multi_cell(room, size * LINE_HEIGHT, _drawable(text), align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _space(self, lines: float) -> None:
        self.pdf.ln(lines * self._size * LINE_HEIGHT)


def _drawable(text: str) -> str:
    """``text`` without what the font cannot draw."""
    return "".join(character if covers(character) else "?" for character in text)
