"""The protocol file: what is refused, by which name, and what a clinic may not switch off."""

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.consultation.protocol import (
    SHIPPED,
    Protocol,
    ProtocolError,
    build_protocol,
    load_protocol,
    parse_protocol,
)

TEXT = SHIPPED.read_text(encoding="utf-8")


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(ProtocolError) as caught:
        parse_protocol(text)
    return caught.value.problems


def replaced(*changes: tuple[str, str]) -> str:
    text = TEXT
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


PROBLEMS = [
    (
        'threads = { A = "-", B = 42, C = 56, D = 180',
        'threads = { A = "-", B = 42, C = 56, D = 28',
        "procedures.threads.D: 28 is lower than C (56)",
    ),
    ("lips = { A = 7, B = 14", "lips = { A = 15, B = 14", "areas.lips.B: 14 is lower than A (15)"),
    ("neck = { A = 14, B = 14, C = 28", "neck = { A = 14, B = 60, C = 28", "areas.neck.D: 42 is lower than B (60)"),
    (
        'fat = { A = "28 S", B = 56, C = 56, D = 90, E = 90',
        'fat = { A = "28 S", B = 56, C = 56, D = 90, E = 89',
        "products.fat.E: 89 is lower than D (90)",
    ),
    (
        'fat = { A = "28 S"',
        'fat = { A = "28 X"',
        "products.fat.A: '28 X' is no number of days from 0 to 3650 with the marks S and z",
    ),
    (
        'fat = { A = "28 S"',
        "fat = { A = -1",
        "products.fat.A: -1 is no number of days from 0 to 3650 with the marks S and z",
    ),
    (
        'fat = { A = "28 S"',
        "fat = { A = 7.5",
        "products.fat.A: 7.5 is no number of days from 0 to 3650 with the marks S and z",
    ),
    (
        'fat = { A = "28 S"',
        "fat = { A = true",
        "products.fat.A: True is no number of days from 0 to 3650 with the marks S and z",
    ),
    ('fat = { A = "28 S", ', "fat = { ", "products.fat.A: missing"),
    ('toxin = { A = "-"', "toxin = { A = 7", 'procedures.toxin.A: must be "-": there is no untreated zone'),
    ("jaw_chin = { A", "jawline = { A", "areas.jawline: unknown"),
    ("jaw_chin = { A", "jawline = { A", "areas.jaw_chin: missing"),
    (
        'puffy = { cells = "y y y l l l y"',
        'puffy = { cells = "y y q l l l y"',
        "skin.puffy.classic: unknown letter 'q', not one of y l s -",
    ),
    (
        'puffy = { cells = "y y y l l l y"',
        'puffy = { cells = "y y y l l l"',
        "skin.puffy.cells: 6 letters for 7 techniques",
    ),
    ('mature = { cells = "y y y l y l y", source = "skin" }', "", "skin.mature: missing"),
    ('hint = "tell_therapist"', 'hint = "tell_nobody"', "health.immune:stable.hint: 'tell_nobody' is none of"),
    (
        "sunburn = { wait_days = 7",
        'sunburn = { wait_days = "7"',
        "skin_issues.sunburn.wait_days: '7' is no whole number from 0 to 3650",
    ),
    (
        "surgery_before_days = 90",
        "surgery_before_days = 4000",
        "see_doctor.surgery_before_days: 4000 is no whole number",
    ),
    ('broken_skin = ["wound", "cold_sore"]', "broken_skin = []", "see_doctor.broken_skin: a list of ids is needed"),
    ('"health:lymph" = { source = "outcomes" }', "", "health.lymph: missing"),
    ('"health:lymph" = { source', '"health:limph" = { source', "see_doctor.answers.health:limph: unknown id"),
    ('"settling:lump" = { source = "outcomes" }', "", "see_doctor.answers.settling:lump: missing"),
    (
        "[health]",
        '[health]\ninjury = { cells = "y y y y y y y", source = "health" }',
        "health.injury: see_doctor.answers stops it already",
    ),
    ('relax = { order = ["classic", ', 'relax = { order = ["clasic", ', "wishes.relax.order: unknown id 'clasic'"),
    (
        'relax = { order = ["classic", ',
        'relax = { order = ["drainage", ',
        "wishes.relax.order: drainage stands there twice",
    ),
    (
        'order = ["acupressure", "classic", "drainage", "self"]',
        'order = ["acupressure"]',
        "wishes.tension: after_filler needs drainage in it",
    ),
    ('order = ["self", "drainage_tools"]', 'order = ["drainage_tools"]', "home: after_filler needs self in it"),
    ('therapist = "drainage"', 'therapist = "massage"', "after_filler.therapist: 'massage' is none of drainage, "),
    (
        'decollete = ["neck"]',
        'decollete = ["lips"]',
        "neighbours.decollete: lips is a neighbour, but decollete is none of lips",
    ),
    ('decollete = ["neck"]', 'decollete = ["decollete"]', "neighbours.decollete: an area is no neighbour of itself"),
    ('vision = "urgent_a"\n', "", "urgent.symptoms.vision: missing"),
    (
        'vision = "urgent_a"',
        'vision = "allowed"',
        "urgent.symptoms.vision: 'allowed' is none of urgent_a, urgent_b, urgent_c",
    ),
    ('D = "90 S", E = "90 S", source', 'D = 90, E = "90 S", source', "products.unknown.D: milder than permanent"),
    ('unknown = { A = "-", B = 42', 'unknown = { A = "-", B = 41', "lasers.unknown.B: milder than ablative"),
    (
        "no_restriction_from_days = 365",
        "no_restriction_from_days = 179",
        "procedures.threads.D: 180 is after time.no_restriction_from_days (179)",
    ),
    ("sessions = [5, 7]", "sessions = [7, 5]", "courses.preparation.sessions: the numbers do not grow"),
    ("sessions = [5, 7]", "sessions = [5]", "courses.preparation.sessions: the fewest and the most are needed"),
    (
        "last_days_before = 7",
        "last_days_before = 6",
        "courses.preparation.last_days_before: 6 is fewer than planned.drainage (7)",
    ),
    ("[24, 72]", "24", "check_ins.after_massage_hours: a list of numbers is needed"),
    ("date = 2026-11-20", 'date = "2026-11-20"', "date: a day such as 2026-11-20 is needed, without quotes"),
    ("date = 2026-11-20", "date = 2026-11-20T10:00:00", "date: a day such as 2026-11-20 is needed, without quotes"),
    ('version = "2026.1"', 'version = " "', "version: a text is needed"),
    ("[home]", "[hone]", "home: missing"),
    ("[home]", "[hone]", "hone: unknown"),
    ('version = "2026.1"', 'version = "2026.1"\nareas = 7', "not TOML: "),
    ("[time]", "[time", "not TOML: "),
]


@pytest.mark.parametrize(("old", "new", "problem"), PROBLEMS, ids=[row[2] for row in PROBLEMS])
def test_a_problem_names_its_row(old: str, new: str, problem: str) -> None:
    assert any(found.startswith(problem) for found in problems_of(replaced((old, new))))


def test_bad_toml_is_named_with_its_line() -> None:
    line = TEXT[: TEXT.index("[time]")].count("\n") + 1
    assert f"line {line}" in problems_of(replaced(("[time]", "[time")))[0]


def test_every_problem_is_named_at_once() -> None:
    found = problems_of(
        replaced(("lips = { A = 7,", 'lips = { A = "7 q",'), ("worse_until_days = 14", "worse_days = 14"))
    )
    assert [problem.split(":")[0] for problem in sorted(found)] == [
        "areas.lips.A",
        "urgent.worse_days",
        "urgent.worse_until_days",
    ]


@pytest.mark.parametrize("table", [key for key, value in tomllib.loads(TEXT).items() if isinstance(value, dict)])
def test_a_missing_table_is_named(table: str) -> None:
    document = tomllib.loads(TEXT)
    del document[table]
    with pytest.raises(ProtocolError) as caught:
        build_protocol(document)
    assert any(problem == f"{table}: missing" for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("path", "problem"),
    [("absent.toml", "cannot be read: No such file or directory"), (".", "cannot be read: Is a directory")],
)
def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path, path: str, problem: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        load_protocol(tmp_path / path)
    assert caught.value.problems == (problem,)


def test_a_file_that_is_no_text_is_a_problem(tmp_path: Path) -> None:
    file = tmp_path / "protocol.toml"
    file.write_bytes(b"version = '\xff'")
    with pytest.raises(ProtocolError, match="not UTF-8 at byte 11"):
        load_protocol(file)


def own_file(folder: Path, *changes: tuple[str, str]) -> Path:
    file = folder / "protocol.toml"
    file.write_text(replaced(*changes), encoding="utf-8")
    return file


def test_a_clinic_signs_its_own_copy(tmp_path: Path) -> None:
    file = own_file(
        tmp_path,
        ('version = "2026.1"', 'version = "clinic 1"'),
        ("not signed: default protocol", "Dr. Weber"),
        ("date = 2026-11-20", "date = 2026-12-01"),
        ("worse_until_days = 14", "worse_until_days = 21"),
    )
    found = load_protocol(file)
    assert (found.version, found.signed_by, found.date) == ("clinic 1", "Dr. Weber", date(2026, 12, 1))
    assert found.urgent.worse_until_days == 21


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("worse_until_days = 14", "worse_until_days = 13", "urgent.worse_until_days: 13 is lower than 14"),
        ("infection_until_days = 30", "infection_until_days = 0", "urgent.infection_until_days: 0 is lower than 30"),
        ('vision = "urgent_a"', 'vision = "urgent_b"', "urgent.symptoms.vision: urgent_b is milder than urgent_a"),
        ('unsure = "urgent_b"', 'unsure = "urgent_c"', "urgent.settling.unsure: urgent_c is milder than urgent_b"),
    ],
)
def test_a_clinic_cannot_make_an_urgent_sign_milder(tmp_path: Path, old: str, new: str, problem: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        load_protocol(own_file(tmp_path, (old, new)))
    assert caught.value.problems == (problem,)


def sources_named(table: dict[str, Any]) -> Iterator[str]:
    """The source of each table that holds values; the two lists of signs share that of ``urgent``."""
    if any(not isinstance(value, dict) for value in table.values()):
        yield table["source"]
    for key, value in table.items():
        if isinstance(value, dict) and key not in ("symptoms", "settling"):
            yield from sources_named(value)


def test_every_row_names_a_source_that_is_a_section_of_the_document(protocol: Protocol) -> None:
    tables = {key: value for key, value in tomllib.loads(TEXT).items() if isinstance(value, dict) and key != "sources"}
    named = {source for table in tables.values() for source in sources_named(table)}
    assert named == set(protocol.sources)
    assert all(source.startswith("Massage protocol, section ") for source in protocol.sources.values())
