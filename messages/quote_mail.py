"""The mail with a quote: a text part and an HTML part that say the same.

No word of the client's own stands in it, not even their name: whoever types somebody else's address must not be able to
have the clinic mail them anything but its own words. The subject, which a phone shows on a locked screen, names no
treatment. The HTML is what all mail programs draw: tables, inline styles, no picture and nothing remote; the colours of
a dark screen stand in the only style sheet, which a program that cannot read it leaves out.
"""

from dataclasses import dataclass
from decimal import Decimal

from bot.clinic import Clinic
from bot.quote import Line, Quote
from messages.catalog import Catalog
from messages.markup import Html, escaped
from messages.quote import conditions

FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
INK, MUTED, PAPER, CARD, RULE, LEAF = "#1f2a28", "#5b6966", "#f3f5f4", "#ffffff", "#d9e0de", "#1e786e"
DARK = """@media (prefers-color-scheme: dark) {
.paper { background-color: #121817 !important; }
.card { background-color: #1c2423 !important; border-color: #38443f !important; }
.ink { color: #eef3f1 !important; }
.muted { color: #aab8b4 !important; }
.leaf { color: #7fd1c4 !important; }
.rule { border-color: #38443f !important; }
}
@media (max-width: 480px) { .pad { padding: 20px 16px !important; } }
:root { color-scheme: light dark; supported-color-schemes: light dark; }"""


@dataclass(frozen=True)
class QuoteWords:
    """A quote in the words that its mail and its PDF share; ``codes`` writes EUR for €."""

    catalog: Catalog
    quote: Quote
    clinic: Clinic
    codes: bool = False

    @property
    def title(self) -> str:
        """``Quote No. 2026-0001``."""
        return self.catalog.plain("quote_mail.title", number=self.quote.number)

    def facts(self) -> list[str]:
        """When it was made, how long it holds, and after which price list."""
        quote, catalog = self.quote, self.catalog
        return [
            catalog.plain("quote_mail.date", day=catalog.day(quote.made_on)),
            catalog.plain("quote_mail.valid_until", day=catalog.day(quote.valid_until)),
            catalog.plain("quote_mail.price_list", version=quote.price_list),
        ]

    def sessions(self, line: Line) -> str:
        """``5 sessions of 45 min, €65.00 each``, or ``45 min``."""
        if line.sessions == 1:
            return self.catalog.plain("quote_mail.minutes", minutes=line.minutes)
        price = self._money(line.price)
        return self.catalog.plain("quote_mail.course", sessions=line.sessions, minutes=line.minutes, price=price)

    def under(self, line: Line) -> list[str]:
        """What stands small under a line's name."""
        return [self.sessions(line), *(str(each) for each in conditions(self.catalog, line, self.quote.made_on))]

    def amount(self, line: Line) -> str:
        """What a line costs."""
        return self._money(line.amount)

    @property
    def total(self) -> str:
        """What all costs."""
        return self._money(self.quote.total)

    def _money(self, amount: Decimal) -> str:
        return self.catalog.money(amount, self.quote.currency, code=self.codes)

    def notes(self) -> list[str]:
        """Suitability, how to book, and for whom the mail is."""
        suitable = "quote_mail.checked" if self.quote.checked else "quote_mail.unchecked"
        return [
            self.catalog.plain(suitable),
            self.catalog.plain("quote_mail.how_to_book", number=self.quote.number, phone=self.clinic.phone),
        ]

    def address(self) -> list[str]:
        """The clinic's address and how to reach it."""
        return [self.clinic.name, self.clinic.address, f"{self.clinic.phone} · {self.clinic.email}"]

    @property
    def foot(self) -> str:
        """Why the reader has got this."""
        return self.catalog.plain("quote_mail.why", clinic=self.clinic.name)


def subject(words: QuoteWords) -> str:
    """The subject; it names no treatment."""
    return words.catalog.plain("quote_mail.subject", number=words.quote.number, clinic=words.clinic.name)


def text_part(words: QuoteWords) -> str:
    """The mail as plain text."""
    catalog = words.catalog
    lines = [part for line in words.quote.lines for part in _text_line(words, line)]
    return "\n".join(
        [
            words.title,
            words.clinic.name,
            "",
            catalog.plain("quote_mail.intro"),
            "",
            *words.facts(),
            "",
            *lines,
            f"{catalog.plain('quote_mail.total')}: {words.total}",
            "",
            *(part for note in words.notes() for part in (note, "")),
            *words.address(),
            "",
            words.foot,
            "",
        ]
    )


def _text_line(words: QuoteWords, line: Line) -> list[str]:
    return [f"{line.name}: {words.amount(line)}", *(f"  {each}" for each in words.under(line)), ""]


def html_part(words: QuoteWords) -> str:
    """The mail as HTML."""
    language, title = escaped(words.catalog.language), escaped(words.title)
    facts = "<br>".join(map(escaped, words.facts()))
    notes = "".join(_paragraph(note) for note in words.notes())
    address = "<br>".join(map(escaped, words.address()))
    lines = "".join(_html_line(words, line) for line in words.quote.lines)
    return f"""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
<style>{DARK}</style>
</head>
<body class="paper" style="margin:0;padding:0;background-color:{PAPER};">
<table role="presentation" class="paper" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:{PAPER};">
<tr><td align="center" style="padding:24px 8px;">
<table role="presentation" class="card" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px;background-color:{CARD};border:1px solid {RULE};border-radius:12px;">
<tr><td class="pad" style="padding:32px;">
<p class="leaf" style="{FONT}margin:0 0 4px;font-size:15px;line-height:22px;font-weight:600;color:{LEAF};">{escaped(words.clinic.name)}</p>
<h1 class="ink" style="{FONT}margin:0 0 12px;font-size:24px;line-height:32px;font-weight:600;color:{INK};">{title}</h1>
{_paragraph(words.catalog.plain("quote_mail.intro"))}
<p class="muted" style="{FONT}margin:0 0 20px;font-size:14px;line-height:22px;color:{MUTED};">{facts}</p>
<table width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;margin:0 0 24px;">
{lines}<tr>
<th scope="row" class="ink" align="left" style="{FONT}padding:14px 12px 0 0;font-size:17px;line-height:24px;color:{INK};">{escaped(words.catalog.plain("quote_mail.total"))}</th>
<td class="ink" align="right" style="{FONT}padding:14px 0 0;font-size:17px;line-height:24px;font-weight:600;color:{INK};white-space:nowrap;">{escaped(words.total)}</td>
</tr>
</table>
{notes}
<p class="muted" style="{FONT}margin:20px 0 0;font-size:14px;line-height:22px;color:{MUTED};">{address}</p>
</td></tr>
</table>
<p class="muted" style="{FONT}max-width:600px;margin:16px auto 0;padding:0 16px;font-size:12px;line-height:18px;color:{MUTED};">{escaped(words.foot)}</p>
</td></tr>
</table>
</body>
</html>
"""  # noqa: E501 - a tag of a mail carries its style in it


def _html_line(words: QuoteWords, line: Line) -> str:
    under = "<br>".join(escaped(each) for each in words.under(line))
    rule = f"border-bottom:1px solid {RULE};"
    return f"""<tr>
<td class="ink rule" align="left" style="{FONT}padding:10px 12px 10px 0;font-size:16px;line-height:22px;color:{INK};{rule}">{escaped(line.name)}<br><span class="muted" style="font-size:13px;line-height:20px;color:{MUTED};">{under}</span></td>
<td class="ink rule" align="right" valign="top" style="{FONT}padding:10px 0;font-size:16px;line-height:22px;color:{INK};white-space:nowrap;{rule}">{escaped(words.amount(line))}</td>
</tr>
"""  # noqa: E501 - a tag of a mail carries its style in it


def _paragraph(text: str) -> Html:
    style = f"{FONT}margin:0 0 16px;font-size:16px;line-height:24px;color:{INK};"
    return Html(f'<p class="ink" style="{style}">{escaped(text)}</p>')
