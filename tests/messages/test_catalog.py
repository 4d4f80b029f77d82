"""The catalog: what it finds, how it writes days and lists, and which mistakes of a translator it names."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from messages.catalog import FOLDER, CatalogError, Catalogs, Html
from messages.markup import markup_problem
from tests.messages.judge import ENGLISH

ENGLISH_HEADER = """msgid ""
msgstr ""
"Language: en_GB\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""
RUSSIAN_HEADER = """msgid ""
msgstr ""
"Language: ru\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"
"""  # noqa: E501 - gettext knows no line breaks here  # noqa: E501 - gettext's own rule
TWO_TEXTS = """
msgid "welcome.hello"
msgstr "Hello <b>{name}</b>"

msgid "ago.days"
msgid_plural "ago.days_plural"
msgstr[0] "{n} day ago"
msgstr[1] "{n} days ago"
"""
RUSSIAN_TEXTS = """
msgid "welcome.hello"
msgstr "Здравствуйте, <b>{name}</b>"

msgid "ago.days"
msgid_plural "ago.days_plural"
msgstr[0] "{n} день назад"
msgstr[1] "{n} дня назад"
msgstr[2] "{n} дней назад"
"""


def load(folder: Path, **languages: str) -> Catalogs:
    for language, source in languages.items():
        (folder / f"{language}.po").write_text(source, "utf-8")
    return Catalogs.load(folder)


def problems(folder: Path, **languages: str) -> tuple[str, ...]:
    with pytest.raises(CatalogError) as caught:
        load(folder, **languages)
    return caught.value.problems


@pytest.fixture
def catalogs(tmp_path: Path) -> Catalogs:
    return load(tmp_path, en=ENGLISH_HEADER + TWO_TEXTS, ru=RUSSIAN_HEADER + RUSSIAN_TEXTS)


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("ru", "ru"),
        ("ru-RU", "ru"),
        ("ru_RU", "ru"),
        ("RU", "ru"),
        ("en-US", "en"),
        ("de-AT", "en"),
        ("xx", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_a_language_code_finds_the_nearest_catalog(catalogs: Catalogs, code: str | None, language: str) -> None:
    assert catalogs.choose(code).language == language


def test_all_languages_are_known(catalogs: Catalogs) -> None:
    assert catalogs.languages == ("en", "ru")


@pytest.mark.parametrize(
    ("language", "n", "text"),
    [
        ("en", 1, "1 day ago"),
        ("en", 5, "5 days ago"),
        ("ru", 1, "1 день назад"),
        ("ru", 3, "3 дня назад"),
        ("ru", 11, "11 дней назад"),
        ("ru", 21, "21 день назад"),
    ],
)
def test_a_number_takes_its_languages_form(catalogs: Catalogs, language: str, n: int, text: str) -> None:
    assert catalogs.choose(language).plural("ago.days", n) == text


def test_facts_are_escaped_unless_they_are_html(catalogs: Catalogs) -> None:
    english = catalogs.choose("en")
    assert english.text("welcome.hello", name="<b>Anna & Co {n}") == "Hello <b>&lt;b&gt;Anna &amp; Co {n}</b>"
    assert english.text("welcome.hello", name=Html("<i>Anna</i>")) == "Hello <b><i>Anna</i></b>"
    nested = english.text("welcome.hello", name=english.text("welcome.hello", name="A & B"))
    assert nested == "Hello <b>Hello <b>A &amp; B</b></b>"
    assert english.plain("welcome.hello", name="A & B") == "Hello <b>A & B</b>"
    assert english.list(["A & B", Html("<i>c</i>"), "d"]) == "A &amp; B, <i>c</i>, d"


def test_a_missing_text_or_fact_is_a_mistake_of_ours(catalogs: Catalogs) -> None:
    english = catalogs.choose("en")
    with pytest.raises(KeyError, match=r"welcome\.nothing"):
        english.text("welcome.nothing")
    with pytest.raises(KeyError, match=r"welcome\.nothing"):
        english.plain("welcome.nothing")
    with pytest.raises(KeyError, match=r"welcome\.nothing"):
        english.plural("welcome.nothing", 2)
    with pytest.raises(KeyError, match="name"):
        english.text("welcome.hello")
    assert "welcome.hello" in english
    assert "welcome.nothing" not in english


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ('msgid "a.b"\nmsgstr "x"\n\nmsgid "a.b"\nmsgstr "x"\n', "en.po: a.b: stands there twice"),
        ('#, fuzzy\nmsgid "a.b"\nmsgstr "x"\n', "en.po: a.b: is marked fuzzy: review it"),
        ('msgid "a.b"\nmsgstr ""\n', "en.po: a.b: has no text"),
        ('msgid "a.b"\nmsgstr " "\n', "en.po: a.b: has no text"),
        ('msgid "Hello there"\nmsgstr "x"\n', "en.po: Hello there: is no id such as question.symptoms"),
        ('msgid "a.b"\nmsgstr "{}"\n', "en.po: a.b: has a bad placeholder: {}"),
        ('msgid "a.b"\nmsgstr "{0}"\n', "en.po: a.b: has a bad placeholder: {0}"),
        ('msgid "a.b"\nmsgstr "{Name}"\n', "en.po: a.b: has a bad placeholder: {Name}"),
        ('msgid "a.b"\nmsgstr "{name.x}"\n', "en.po: a.b: has a bad placeholder: {name.x}"),
        ('msgid "a.b"\nmsgstr "{name:>9}"\n', "en.po: a.b: has a bad placeholder: {name}"),
        ('msgid "a.b"\nmsgstr "{name!r}"\n', "en.po: a.b: has a bad placeholder: {name}"),
        ('msgid "a.b"\nmsgstr "{name"\n', "en.po: a.b: has a bad placeholder: expected '}' before end of string"),
        ('msgid "a.b"\nmsgstr "a } b"\n', "en.po: a.b: has a bad placeholder: Single '}' encountered in format string"),
        ('msgid "a.b"\nmsgstr "<b>x"\n', "en.po: a.b: <b> is not closed"),
        ('msgid "a.b"\nmsgstr "x & y"\n', "en.po: a.b: a bare &"),
        (
            'msgid "a.b"\nmsgid_plural "a.c"\nmsgstr[0] "x"\nmsgstr[1] "y"\n',
            "en.po: a.b: its plural is named a.c, not a.b_plural",
        ),
        (
            'msgid "a.b"\nmsgid_plural "a.b_plural"\nmsgstr[0] "x"\nmsgstr[1] ""\n',
            "en.po: a.b: has no text",
        ),
    ],
)
def test_a_mistake_in_a_text_is_named_with_its_id(tmp_path: Path, source: str, problem: str) -> None:
    assert problem in problems(tmp_path, en=f"{ENGLISH_HEADER}\n{source}")


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    named = problems(
        tmp_path,
        en=ENGLISH_HEADER + TWO_TEXTS,
        de=ENGLISH_HEADER.replace("en_GB", "de") + '\nmsgid "a.b"\nmsgstr "{}"\n\nmsgid "a.c"\nmsgstr "<x>y</x>"\n',
        fr="this is no PO file\n",
    )
    assert [problem.partition(":")[0] for problem in named] == ["de.po", "de.po", "fr.po"]


def test_what_a_language_lacks_or_has_in_excess_is_named(tmp_path: Path) -> None:
    german = ENGLISH_HEADER.replace("en_GB", "de")
    named = problems(
        tmp_path,
        en=ENGLISH_HEADER + TWO_TEXTS,
        de=german + '\nmsgid "welcome.hello"\nmsgstr "Hallo {nam}"\n\nmsgid "welcome.bye"\nmsgstr "Tschüss"\n',
    )
    assert named == (
        "de.po: ago.days: is missing",
        "de.po: welcome.bye: is unknown",
        "de.po: welcome.hello: has {nam} where en.po has {name}",
    )


def test_a_plural_needs_as_many_forms_as_its_language_has(tmp_path: Path) -> None:
    few = RUSSIAN_TEXTS.replace('msgstr[2] "{n} дней назад"\n', "")
    named = problems(tmp_path, en=ENGLISH_HEADER + TWO_TEXTS, ru=RUSSIAN_HEADER + few)
    assert [problem for problem in named if problem.startswith("ru.po: ago.days: has")]


def test_a_text_with_forms_keeps_them_in_every_language(tmp_path: Path) -> None:
    single = '\nmsgid "welcome.hello"\nmsgstr "Hallo {name}"\n\nmsgid "ago.days"\nmsgstr "vor {n} Tagen"\n'
    named = problems(tmp_path, en=ENGLISH_HEADER + TWO_TEXTS, de=ENGLISH_HEADER.replace("en_GB", "de") + single)
    assert named == ("de.po: ago.days: must have plural forms exactly where en.po has them",)


@pytest.mark.parametrize(
    "header", [ENGLISH_HEADER.replace("en_GB", "xx_QQ"), ENGLISH_HEADER.replace('"Language: en_GB\\n"\n', "")]
)
def test_a_file_must_name_a_language_that_is_known(tmp_path: Path, header: str) -> None:
    assert problems(tmp_path, en=header + TWO_TEXTS)[0].startswith("en.po: ")


def test_without_english_nothing_can_be_said(tmp_path: Path) -> None:
    assert problems(tmp_path, ru=RUSSIAN_HEADER + RUSSIAN_TEXTS) == ("en.po: cannot be used",)


def test_the_shipped_catalogs_are_complete() -> None:
    assert set(Catalogs.load().languages) == {path.stem for path in FOLDER.glob("*.po")}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("plain, “quoted” – and 3 > no", "a bare < or >"),
        ("a <b>bold</b> <i>word</i> and <code>code</code>", None),
        ('<a href="tg://user?id=1">Anna</a>', None),
        ("&lt;b&gt; &amp; &quot;", None),
        ("<b>x</i>", "</i> closes what is not open"),
        ("</b>", "</b> closes what is not open"),
        ("<b><i>x</i>", "<b> is not closed"),
        ("<p>x</p>", "<p> is not one of a, b, blockquote, code, i, s, u"),
        ("<br/>", "<br/> closes itself"),
        ("<b class='x'>y</b>", "<b> has wrong attributes"),
        ("<a>x</a>", "<a> has wrong attributes"),
        ("a & b", "a bare &"),
        ("&nbsp;", "a bare &"),
        ("<!-- x -->", "a comment"),
        ("<!DOCTYPE html>", "a declaration"),
        ("<?xml?>", "a processing instruction"),
        ("a < b", "a bare < or >"),
    ],
)
def test_markup_that_telegram_would_refuse_is_found(text: str, problem: str | None) -> None:
    assert markup_problem(text) == problem


def test_days_times_and_lists_are_written_as_in_britain() -> None:
    friday = date(2026, 11, 27)
    assert ENGLISH.day(friday, date(2026, 1, 1)) == "Friday, 27 November"
    assert ENGLISH.day(friday, date(2027, 1, 1)) == "Friday, 27 November 2026"
    assert ENGLISH.day(friday) == "Friday, 27 November 2026"
    assert ENGLISH.short_day(friday) == "Fri 27 Nov"
    assert ENGLISH.month_name(friday) == "November 2026"
    assert ENGLISH.moment(datetime(2026, 11, 27, 9, 5, tzinfo=UTC), friday) == "Friday, 27 November at 09:05"
    assert ENGLISH.first_weekday == 0
    assert ENGLISH.weekday_names == ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
    assert ENGLISH.list(["one", "two", "three"]) == "one, two, three"


@pytest.mark.parametrize(
    ("code", "name"), [("de", "German"), ("pt-br", "Portuguese (Brazil)"), ("xx-yy", "xx-yy"), ("!", "!"), ("", "")]
)
def test_a_language_has_a_name_or_shows_its_code(code: str, name: str) -> None:
    assert ENGLISH.language_name(code) == name
