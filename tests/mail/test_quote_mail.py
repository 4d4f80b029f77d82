"""A quote as it is read: the text part, the HTML in a browser, the PDF; in every language, light and dark."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from io import BytesIO
from typing import Any, Literal

import pytest
from playwright.async_api import Page
from pypdf import PdfReader

from bot.clinic import load_clinic
from bot.gateways.mail import refuse_injected_headers
from bot.quote import MOST_LINES, Line, Quote
from handlers.deliveries.quotes import write
from messages.quote_mail import QuoteWords, html_part, subject, text_part
from messages.quote_pdf import LONGEST_NAME, quote_pdf
from storage.tables import Quote as QuoteRow
from tests.demo.browser import chromium, needs_chromium
from tests.house import CATALOGS

CLINIC = load_clinic()
MADE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LINES = (
    Line("a", "Lymphatic drainage & <care>", 45, 1, Decimal("72.00")),
    Line("b", "Курс: лімфодренаж, їжак", 45, 5, Decimal("65.00"), since=date(2026, 11, 27)),
    Line("c", "Sculpting facial massage", 60, 1, Decimal("1110.50"), approval=True),
)
QUOTE = Quote("2026-0001", MADE.date(), date(2026, 12, 20), LINES, "EUR", "2026-10", checked=True)
LANGUAGES = CATALOGS.languages


def words(language: str = "en", **changed: object) -> QuoteWords:
    return QuoteWords(CATALOGS.choose(language), replace(QUOTE, **changed), CLINIC)  # type: ignore[arg-type]


def must_say(quote: QuoteWords) -> list[str]:
    """What each of the three forms says."""
    facts = [quote.title, *quote.facts(), quote.total, *quote.notes(), *quote.address()]
    return facts + [each for line in quote.quote.lines for each in (line.name, quote.amount(line), *quote.under(line))]


def squeezed(text: str) -> str:
    """Without what a line break or a narrow blank makes of it."""
    return "".join(text.split())


@pytest.mark.parametrize("checked", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_text_html_and_pdf_say_the_same(language: str, checked: bool) -> None:
    quote = words(language, checked=checked)
    pages = PdfReader(BytesIO(quote_pdf(quote, MADE))).pages
    assert len(pages) == 1
    parts = {"text": text_part(quote), "html": _visible(html_part(quote)), "pdf": pages[0].extract_text()}
    for name, part in parts.items():
        for said in must_say(quote):
            assert squeezed(said) in squeezed(part), f"{name} does not say {said!r}"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader


def _visible(html: str) -> str:
    return _read(html).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_subject_names_no_treatment(language: str) -> None:
    quote = words(language)
    said = subject(quote)
    assert "2026-0001" in said
    assert CLINIC.name in said
    for line in LINES:
        assert not {word for word in line.name.lower().split() if len(word) > 3} & set(said.lower().split())
    assert "massage" not in said.lower()


def test_the_html_loads_nothing_and_runs_nothing() -> None:
    html = html_part(words())
    tags = _read(html).tags
    assert not {tag for tag, _ in tags} & {"img", "script", "link", "iframe", "object", "form", "svg", "video", "base"}
    assert not [attrs for _, attrs in tags if {"src", "href", "background", "srcset"} & attrs.keys()]
    assert "url(" not in html
    assert "@import" not in html
    assert "http" not in html
    assert "<care>" not in html


@pytest.mark.parametrize(("currency", "said"), [("EUR", "€72.00"), ("UAH", "UAH\N{NO-BREAK SPACE}72.00"), ("JPY", "¥")])
def test_a_currency_without_a_sign_in_the_font_is_written_with_its_code(currency: str, said: str) -> None:
    page = PdfReader(BytesIO(quote_pdf(words(currency=currency), MADE))).pages[0]
    assert squeezed(said) in squeezed(page.extract_text())


def test_the_longest_quote_fits_on_one_page() -> None:
    name = "Modellierende Gesichtsmassage mit allem, was dazugehört, und noch ein wenig mehr " * 3
    line = Line("x", name[: LONGEST_NAME + 9], 600, 50, Decimal("999999.99"), since=MADE.date(), approval=True)
    quote = words(lines=(line,) * MOST_LINES)
    assert len(PdfReader(BytesIO(quote_pdf(quote, MADE))).pages) == 1


def test_the_pdf_carries_its_fonts_and_is_the_same_at_every_attempt() -> None:
    content = quote_pdf(words(), MADE)
    assert content == quote_pdf(words(), MADE)
    resources: Any = PdfReader(BytesIO(content)).pages[0]["/Resources"]
    fonts = [font.get_object() for font in resources["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "/FontFile2" in descriptor
        assert "/ToUnicode" in font


@pytest.mark.parametrize(
    "name", ["Łódź Clinic", "=?utf-8?q?a=0d=0aBcc:_eve@example.org?=", "Клініка «Їжак»", 'A "B" <c>']
)
def test_no_clinics_name_puts_another_header_into_the_mail(name: str) -> None:
    row = QuoteRow(year=2026, serial=1, email="anna@müller.de", message_id="<1@clinic.example>", created_at=MADE)
    clinic = replace(CLINIC, name=name)
    mail = write(replace(words(), clinic=clinic), row, clinic)
    assert mail["To"] == "anna@xn--mller-kva.de"
    try:
        refuse_injected_headers(mail)
    except ValueError:
        assert "=?" in name, "a mail that is fine is refused"


async def _contrasts(page: Page) -> list[float]:
    """The contrast (WCAG 2) of every text with the background that is painted behind it."""
    found: list[float] = await page.evaluate(CONTRAST)
    return found


CONTRAST = """() => {
  const light = c => { const v = c / 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const luminance = rgb => 0.2126 * light(rgb[0]) + 0.7152 * light(rgb[1]) + 0.0722 * light(rgb[2]);
  const colour = text => text.match(/[\\d.]+/g).map(Number);
  const behind = e => { for (; e; e = e.parentElement) {
    const c = colour(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) { if (!walker.currentNode.data.trim()) continue;
    const e = walker.currentNode.parentElement;
    const [a, b] = [luminance(colour(getComputedStyle(e).color)), luminance(behind(e))].sort((x, y) => y - x);
    found.push((a + 0.05) / (b + 0.05)); }
  return found; }"""  # noqa: E501


@pytest.mark.browser
@needs_chromium
async def test_the_mail_can_be_read_on_a_phone_and_a_screen_light_and_dark() -> None:
    html = html_part(words(lines=LINES * 3))
    async with chromium() as browser:
        schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
        for scheme in schemes:
            for width in (320, 390, 1000):
                page = await browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
                asked: list[str] = []
                page.on("request", lambda request: asked.append(request.url))  # noqa: B023 - asked before the next
                await page.set_content(html)
                assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), (scheme, width)
                assert min(await _contrasts(page)) >= 4.5, (scheme, width)
                assert asked == []
                await page.close()
