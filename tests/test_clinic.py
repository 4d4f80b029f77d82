"""The clinic file: what is read from it, and what is said of each mistake."""

import re
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.clinic import DEMO_FILE, REMINDER_KINDS, Clinic, ClinicError, load_clinic
from bot.consultation.advice import TECHNIQUES

DEMO = DEMO_FILE.read_text("utf-8")


CRM = '[crm]\nurl = "https://crm.example/hook"\nsecret = "0123456789abcdef"\n'


def read(folder: Path, text: str) -> Clinic:
    file = folder / "clinic.toml"
    file.write_text(text, "utf-8")
    return load_clinic(file)


def without(*sections: str) -> str:
    """The demo's clinic without these sections."""
    text = DEMO
    for section in sections:
        text = re.sub(rf"(?ms)^\[+{section}\]+$.*?(?=^\[|\Z)", "", text)
    return text


def problems_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(ClinicError) as raised:
        read(folder, text)
    return raised.value.problems


def test_the_shipped_clinic_is_read() -> None:
    clinic = load_clinic()
    assert (clinic.name, clinic.country, clinic.time_zone.key) == ("Linden Clinic", "DE", "Europe/Berlin")
    assert clinic.staff.mail_after.total_seconds() == 3600
    assert clinic.reminders.hour.hour == 10
    assert clinic.reminders.kinds == set(REMINDER_KINDS)
    assert {service.technique for service in clinic.services} == set(TECHNIQUES)
    assert clinic.crm is None


def test_what_is_left_out_has_the_values_that_the_shipped_file_documents(tmp_path: Path) -> None:
    bare, shipped = read(tmp_path, without("staff", "reminders", "quote", "services")), load_clinic()
    assert (bare.staff, bare.reminders) == (shipped.staff, shipped.reminders)
    assert (bare.services, bare.quote.sender, bare.quote.valid_days) == ((), bare.email, 30)


def test_the_desks_rules_are_read(tmp_path: Path) -> None:
    text = DEMO.replace("reping_after_minutes = 15", "reping_after_minutes = 5")
    staff = read(tmp_path, text.replace('# manager = "@lena_brandt"', 'manager = "@lena_brandt"')).staff
    assert (staff.reping_after, staff.manager, staff.digest_time) == (timedelta(minutes=5), "@lena_brandt", time(9))


def test_a_service_has_an_exact_price_and_a_name_in_each_language() -> None:
    course = next(service for service in load_clinic().services if service.id == "drainage-course")
    assert (course.price, course.total, course.currency) == (Decimal("65.00"), Decimal("325.00"), "EUR")
    assert course.name("de") == course.name("de-AT") == "Lymphdrainage, Kur mit fünf Terminen"
    assert course.name("ru") == course.name("en") == "Lymphatic drainage, course of five"


def test_one_name_serves_all_languages_and_a_price_may_be_a_whole_number(tmp_path: Path) -> None:
    text = DEMO.replace('name.en = "Self-massage lesson"\nname.de = "Anleitung zur Selbstmassage"', 'name = "Lesson"')
    lesson = read(tmp_path, text.replace('price = "39.00"', "price = 39")).services[-1]
    assert (lesson.name("ru"), str(lesson.price)) == ("Lesson", "39.00")


def test_the_customer_database_is_read_and_its_secret_not_shown(tmp_path: Path) -> None:
    crm = read(tmp_path, DEMO + CRM).crm
    assert crm is not None
    assert (crm.url, crm.secret, crm.allow_private) == ("https://crm.example/hook", "0123456789abcdef", False)
    assert crm.secret not in repr(crm)


def test_a_customer_database_on_this_machine_is_allowed_on_request_only(tmp_path: Path) -> None:
    local = DEMO + CRM.replace("https://crm.example", "http://127.0.0.1:9000")
    assert "allow_private = true" in problems_of(tmp_path, local)[0]
    assert read(tmp_path, local + "allow_private = true\n").crm is not None


@pytest.mark.parametrize(
    ("line", "named", "allowed"),
    [
        ('url = "http://crm.example/hook"', "[crm] url", "https"),
        ('url = "http://localhost/hook"', "[crm] url", "https"),
        ('url = "ftp://crm.example/hook"', "[crm] url", "https"),
        ('url = "https://user:word@crm.example/hook"', "[crm] url", "no user in it"),
        ('url = "https://crm.example:99999/hook"', "[crm] url", "https"),
        ("url = 7", "[crm] url", "https"),
        ('secret = "short"', "[crm] secret", "at least 16"),
        ("", "[crm] url", "is missing"),
    ],
)
def test_a_wrong_customer_database_is_named(tmp_path: Path, line: str, named: str, allowed: str) -> None:
    key = line.split(" ", maxsplit=1)[0] or "url"
    text = DEMO + re.sub(rf"(?m)^{key} = .*$", line, CRM)
    problems = problems_of(tmp_path, text)
    assert any(problem.startswith(f"clinic.toml: {named}: ") and allowed in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("line", "replacement", "named", "allowed"),
    [
        ('name = "Linden Clinic"', 'name = ""', "[clinic] name", "not empty"),
        ('name = "Linden Clinic"', "name = 7", "[clinic] name", "not empty"),
        ('name = "Linden Clinic"', "", "[clinic] name", "is missing"),
        ('phone = "+49 30 901820"', 'phone = "901820"', "[clinic] phone", "international form"),
        ('email = "desk@linden-clinic.example"', 'email = "desk"', "[clinic] email", "an e-mail address"),
        ('email = "desk@linden-clinic.example"', 'email = "a b@c.d"', "[clinic] email", "an e-mail address"),
        ('emergency_number = "112"', "emergency_number = 112", "[clinic] emergency_number", "in quotes"),
        ('timezone = "Europe/Berlin"', 'timezone = "Berlin"', "[clinic] timezone", "Europe/Berlin"),
        ('timezone = "Europe/Berlin"', 'timezone = "../x"', "[clinic] timezone", "Europe/Berlin"),
        ('country = "DE"', 'country = "Germany"', "[clinic] country", "two capital letters"),
        ('"2026-12-24"', '"24.12.2026"', "[clinic] holidays", "2026-12-25"),
        ("sunday = []", 'sunday = ["09:00"]', "[clinic.hours] sunday", "09:00-13:00"),
        ("sunday = []", 'sunday = ["22:00-02:00"]', "[clinic.hours] sunday", "midnight"),
        ("sunday = []", 'sunday = ["09:00-13:00", "12:00-15:00"]', "[clinic.hours] sunday", "overlap"),
        ("sunday = []", 'sunday = "closed"', "[clinic.hours] sunday", "a list of spans"),
        ("sunday = []", "", "[clinic.hours] sunday", "is missing"),
        ("sunday = []", "funday = []", "[clinic.hours] funday", "monday, tuesday"),
        ("mail_after_minutes = 60", "mail_after_minutes = 0", "[staff] mail_after_minutes", "1 to 10000"),
        ("mail_after_minutes = 60", "mail_after_minutes = true", "[staff] mail_after_minutes", "1 to 10000"),
        ("reping_after_minutes = 15", "reping_after_minutes = 30", "[staff] manager_after_minutes", "between"),
        ("reping_after_minutes = 15", "reping = 15", "[staff] reping", "reping_after_minutes, manager_after_minutes"),
        ('# manager = "@lena_brandt"', 'manager = "Lena Brandt"', "[staff] manager", "@lena_brandt"),
        ('digest_time = "09:00"', 'digest_time = "9"', "[staff] digest_time", "09:00"),
        ('digest_time = "09:00"', 'digest_time = "24:00"', "[staff] digest_time", "09:00"),
        ("hour = 10", "hour = 23", "[reminders] hour", "7 to 20"),
        ("hour = 10", "hour = 20", "[reminders] hour", "outside the quiet hours"),
        ("hour = 10", "hour = 8", "[reminders] hour", "outside the quiet hours"),
        ('quiet_until = "09:00"', "quiet_until = 9", "[reminders] quiet_until", "in quotes"),
        ('    "monthly",', '    "yearly",', "[reminders] kinds", "monthly, visit"),
        ("valid_days = 30", "valid_days = 0", "[quote] valid_days", "1 to 365"),
        ('id = "roller"', 'id = "classic"', "[[services]] 4 id", "its own"),
        ('id = "roller"', 'id = "Jade roller"', "[[services]] 3 id", "small letters"),
        ('technique = "suction"', 'technique = "cupping"', "[[services]] 7 technique", "acupressure, suction, self"),
        ('name.en = "Self-massage lesson"', "name.en = 7", "[[services]] 8 name", "each language"),
        ('price = "39.00"', "price = 39.0", "[[services]] 8 price", "in quotes"),
        ('price = "39.00"', 'price = "-1"', "[[services]] 8 price", "from 0"),
        ('price = "39.00"', 'price = "NaN"', "[[services]] 8 price", "from 0"),
        ('price = "39.00"', 'price = "39.001"', "[[services]] 8 price", "at most 2 decimal places"),
        ('price = "39.00"', "", "[[services]] 8 price", "is missing"),
        ('"39.00"\ncurrency = "EUR"', '"39.00"\ncurrency = "euro"', "[[services]] 8 currency", "ISO 4217"),
        ('"39.00"\ncurrency = "EUR"', '"39.00"\ncurrency = "USD"', "[[services]] 8 currency", "the same"),
        ("sessions = 5", "sessions = 0", "[[services]] 2 sessions", "1 to 50"),
        ("[privacy]", "[privcy]", "[privcy]", "[privacy]"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(
    tmp_path: Path, line: str, replacement: str, named: str, allowed: str
) -> None:
    assert line in DEMO
    problems = problems_of(tmp_path, DEMO.replace(line, replacement))
    assert any(problem.startswith(f"clinic.toml: {named}: ") and allowed in problem for problem in problems), problems


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    broken = DEMO.replace('country = "DE"', 'country = "XX"').replace("hour = 10", "hour = 3")
    assert len(problems_of(tmp_path, broken)) == 2


def test_a_section_written_as_a_value_is_a_mistake(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, f"reminders = 10\nservices = 2\n{without('reminders', 'services')}")
    assert "clinic.toml: [reminders]: must be a section" in problems
    assert any(
        problem.startswith("clinic.toml: [[services]]: must be written with two brackets") for problem in problems
    )


def test_broken_toml_names_the_line(tmp_path: Path) -> None:
    assert "line 1" in problems_of(tmp_path, "name = = 1")[0]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClinicError, match=r"nowhere\.toml: cannot be read"):
        load_clinic(tmp_path / "nowhere.toml")
