"""The texts in each language, and how that language writes days, times and lists."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Self

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import format_currency

from bot.consultation.questions import Kind, Question
from messages.markup import Html, escaped
from messages.po import PLURAL, CatalogError, Texts, differences, read_texts

FOLDER = Path(__file__).parent
REFERENCE = "en"
"""The language that every other one is measured by, and that is spoken to whoever speaks none of them."""

__all__ = ["Catalog", "CatalogError", "Catalogs", "Html"]


class Catalog:
    """One language. A missing id and a missing fact raise :class:`KeyError`; tests prove that none is missing."""

    def __init__(self, language: str, texts: Texts) -> None:
        self.language = language
        self._locale = texts.locale
        self._forms = texts.forms
        self._gettext = texts.translations.gettext
        self._ngettext = texts.translations.ngettext

    def __contains__(self, text_id: str) -> bool:
        return text_id in self._forms

    def text(self, text_id: str, **facts: object) -> Html:
        """The text as Telegram's HTML; every fact is escaped unless it is :class:`Html`."""
        return Html(self._gettext(text_id).format_map({name: escaped(fact) for name, fact in facts.items()}))

    def plain(self, text_id: str, **facts: object) -> str:
        """The text for buttons, toasts and mails: nothing is escaped, so it holds no markup."""
        return self._gettext(text_id).format_map(facts)

    def plural(self, text_id: str, n: int, **facts: object) -> Html:
        """The form of the text that fits the number ``n``, which it may show as ``{n}``."""
        form = self._ngettext(text_id, text_id + PLURAL, n)
        return Html(form.format_map({"n": n, **{name: escaped(fact) for name, fact in facts.items()}}))

    def options(self, question: Question) -> dict[str, str]:
        """The labels of a question's options, by option, in their order; dates have one for a day not known."""
        key = "date" if question.kind in {Kind.PAST_DATE, Kind.FUTURE_DATE} else question.key
        return {option: self.plain(f"option.{key}.{option}") for option in question.options}

    def day(self, day: date, today: date | None = None) -> str:
        """``Friday, 27 November``; with its year where that is not the year of ``today``."""
        same_year = today is not None and day.year == today.year
        return self._date(day, "format.day" if same_year else "format.day_and_year")

    def short_day(self, day: date) -> str:
        """``Fri 27 Nov``."""
        return self._date(day, "format.short_day")

    def day_and_month(self, day: date) -> str:
        """``27 Nov``."""
        return self._date(day, "format.day_and_month")

    def time(self, moment: datetime) -> str:
        """``14:00``, in the time zone that ``moment`` has."""
        return format_time(moment.time(), self.plain("format.time"), locale=self._locale)

    def moment(self, moment: datetime, today: date | None = None) -> str:
        """``Friday, 27 November at 10:00``, in the time zone that ``moment`` has."""
        return self.plain("format.moment", day=self.day(moment.date(), today), time=self.time(moment))

    def month_name(self, month: date) -> str:
        """``November 2026``."""
        return self._date(month, "format.month")

    def list(self, items: Iterable[object]) -> Html:
        """``a, b, c``; every item is escaped unless it is :class:`Html`."""
        return Html(format_list([escaped(item) for item in items], style="unit", locale=self._locale))

    def money(self, amount: Decimal, currency: str, *, code: bool = False) -> str:
        """``€72.00``; with ``code`` ``EUR 72.00``, for a font that may lack the currency's sign."""
        pattern = "¤¤\N{NO-BREAK SPACE}#,##0.00" if code else None
        return format_currency(amount, currency, pattern, locale=self._locale)

    def language_name(self, code: str) -> str:
        """The name of the language with this code (``de``, ``pt-br``), or the code where nobody knows it."""
        try:
            return Locale.parse(code, sep="-").get_display_name(self._locale) or code
        except (UnknownLocaleError, ValueError):
            return code

    @property
    def first_weekday(self) -> int:
        """The day on which a week begins, 0 for Monday."""
        return self._locale.first_week_day

    @property
    def weekday_names(self) -> tuple[str, ...]:
        """The shortest names of the weekdays, beginning with :attr:`first_weekday`."""
        names: Mapping[int, str] = self._locale.days["stand-alone"]["short"]
        return tuple(names[(self.first_weekday + day) % 7] for day in range(7))

    def _date(self, day: date, pattern: str) -> str:
        return format_date(day, self.plain(pattern), locale=self._locale)


class Catalogs:
    """All languages."""

    def __init__(self, catalogs: Mapping[str, Catalog]) -> None:
        self._catalogs = catalogs

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Self:
        """Read every ``*.po`` of the folder; raises :class:`CatalogError` naming every mistake in all of them."""
        problems: list[str] = []
        languages: dict[str, Texts] = {}
        for path in sorted(folder.glob("*.po")):
            try:
                languages[path.stem] = read_texts(path)
            except CatalogError as error:
                problems += error.problems
        reference = languages.get(REFERENCE)
        if reference is None:
            problems.append(f"{REFERENCE}.po: cannot be used")
        else:
            problems += [problem for texts in languages.values() for problem in differences(texts, reference)]
        if problems:
            raise CatalogError(problems)
        return cls({language: Catalog(language, texts) for language, texts in languages.items()})

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of all languages."""
        return tuple(self._catalogs)

    def choose(self, language_code: str | None) -> Catalog:
        """The catalog for a code such as ``de-AT``: that language, else its base language, else English."""
        code = (language_code or "").replace("_", "-").lower()
        base = code.partition("-")[0]
        found = self._catalogs.get(code) or self._catalogs.get(base)
        return found or self._catalogs[REFERENCE]
