"""The clinic file: what is read from it, and what is said of each mistake."""

import re
from pathlib import Path

import pytest

from bot.clinic import DEMO_FILE, ClinicError, load_clinic

DEMO = DEMO_FILE.read_text("utf-8")


def problems_of(folder: Path, text: str) -> list[str]:
    file = folder / "clinic.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ClinicError) as raised:
        load_clinic(file)
    return raised.value.problems


def test_the_shipped_clinic_is_read() -> None:
    clinic = load_clinic()
    assert (clinic.name, clinic.country, clinic.time_zone.key) == ("Linden Clinic", "DE", "Europe/Berlin")
    assert clinic.mail_after.total_seconds() == 3600
    assert clinic.reminder_hour.hour == 10


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
        ("hour = 10", "hour = 23", "[reminders] hour", "7 to 20"),
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
    broken = re.sub(r"(?s)\[reminders\].*?(?=\[privacy\])", "", DEMO)
    assert "clinic.toml: [reminders]: must be a section" in problems_of(tmp_path, f"reminders = 10\n{broken}")


def test_broken_toml_names_the_line(tmp_path: Path) -> None:
    assert "line 1" in problems_of(tmp_path, "name = = 1")[0]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClinicError, match=r"nowhere\.toml: cannot be read"):
        load_clinic(tmp_path / "nowhere.toml")
