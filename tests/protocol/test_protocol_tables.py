"""What `python main.py protocol` prints."""

import pytest

from bot.consultation.protocol import SHIPPED, Protocol, parse_protocol
from bot.consultation.protocol_tables import table, tables


@pytest.fixture(scope="module")
def printed(protocol: Protocol) -> str:
    return tables(protocol)


@pytest.mark.parametrize(
    "line",
    [
        "MASSAGE PROTOCOL 2026.1 of 2026-11-20",
        "not signed: default protocol",
        "area under_eye      7     28    28    42 z   42 z   2",
        "product fat         28 S  56    56    90     90     2",
        "procedure threads   -     42    56    180    180    2",
        f"{'settling:worse':41}  urgent_b  filler 14 days ago or less, of unknown or of future date     1",
        "I have read protocol 2026.1 and sign it off for our clinic.",
        "Signature ________________________________________",
    ],
)
def test_the_tables_show(printed: str, line: str) -> None:
    assert line in printed.splitlines()


def test_the_tables_show_every_source_and_no_line_ends_in_blanks(printed: str, protocol: Protocol) -> None:
    assert all(source in printed for source in protocol.sources.values())
    assert [line for line in printed.splitlines() if line != line.rstrip()] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("worse_until_days = 14", "worse_until_days = 17"),
        ("infection_until_days = 30", "infection_until_days = 37"),
        ("surgery_before_days = 90", "surgery_before_days = 97"),
        ("mild_from_days = 14", "mild_from_days = 17"),
        ("broken_skin_until_days = 28", "broken_skin_until_days = 37"),
        ("lips = { A = 7, B = 14, C = 14, D = 28", 'lips = { A = 7, B = 14, C = 14, D = "28 S z"'),
        ("no_restriction_from_days = 365", "no_restriction_from_days = 367"),
        ("mild_wait_days = 7", "mild_wait_days = 9"),
        ("sculpting = 14", "sculpting = 17"),
        ('done = { cells = "s s s - s - -"', 'done = { cells = "s s - - s - -"'),
        ('glow = { order = ["classic", "drainage_tools", ', 'glow = { order = ["drainage_tools", "classic", '),
        ("until_days = 42", "until_days = 47"),
        ("apart_days = 3", "apart_days = 4"),
        ("per_week = 2", "per_week = 1"),
        ("last_days_before = 7", "last_days_before = 9"),
        ("every_days = 7", "every_days = 9"),
        ("then_facial_every_months = 1", "then_facial_every_months = 2"),
        ("[0, 1, 3, 7, 14, 28]", "[0, 1, 3]"),
        ("[24, 72]", "[24, 96]"),
        ('points_on = ["under_eye", ', "points_on = ["),
        ('hint = "not_neck"', 'hint = "tell_therapist"'),
    ],
)
def test_a_changed_row_is_seen_in_the_tables(printed: str, old: str, new: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    assert tables(parse_protocol(text.replace(old, new))) != printed


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert table(("a", "long"), [("wide", "1"), ("b", "")]) == "a     long\n----  ----\nwide  1\nb"
