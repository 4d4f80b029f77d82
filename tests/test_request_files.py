"""Exports: what a person asks for, and files in which nothing that a client wrote acts as a formula."""

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.export import Wish, read_wish
from bot.request_files import COLUMNS, Record, as_csv, as_xlsx, neutralised

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ANNA = Record(
    number=1001,
    state="open",
    created_at=NOW,
    name="Anna Weber",
    phone="+49 171 2345678",
    email="",
    call_from=NOW,
    call_until=NOW + timedelta(hours=2),
    language="en",
    source="reception",
    taken_by="",
    taken_at=None,
    called_at=None,
    reached_at=None,
    booked_at=None,
    closed_at=None,
)
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True))


def read_xlsx(content: bytes) -> list[list[str]]:
    """The cells as a spreadsheet program reads them; a cell that is no text fails."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not [name for name in parts.namelist() if "externalLink" in name or "vba" in name]
        strings = [
            "".join(text.text or "" for text in entry.iter(f"{SHEET}t"))
            for entry in ElementTree.fromstring(parts.read("xl/sharedStrings.xml"))  # noqa: S314 - written by us
        ]
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - written by us
    assert not list(sheet.iter(f"{SHEET}f")), "a formula"
    assert not list(sheet.iter(f"{SHEET}hyperlink")), "a link"
    rows = []
    for row in sheet.iter(f"{SHEET}row"):
        cells = list(row.iter(f"{SHEET}c"))
        assert {cell.get("t") for cell in cells} == {"s"}, "a cell that is no text"
        rows.append([_escapes_read(strings[int(cell.findtext(f"{SHEET}v") or 0)]) for cell in cells])
    return rows


def _escapes_read(text: str) -> str:
    return re.sub(r"_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("", Wish()),
        ("csv", Wish("csv")),
        ("XLSX", Wish("xlsx")),
        ("2026-11-01", Wish("csv", date(2026, 11, 1))),
        ("xlsx 2026-11-01 2026-11-30", Wish("xlsx", date(2026, 11, 1), date(2026, 11, 30))),
        ("2026-11-01  2026-11-01 csv", Wish("csv", date(2026, 11, 1), date(2026, 11, 1))),
    ],
)
def test_what_to_export_is_understood(text: str, wish: Wish) -> None:
    assert read_wish(text) == wish


@pytest.mark.parametrize("text", ["pdf", "yesterday", "2026-11-31", "2026-11-30 2026-11-01", "2026-11-01 " * 3])
def test_what_cannot_be_understood_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|day|words"):
        read_wish(text)


def test_days_are_the_clinics_own_with_the_clock_put_back_between_them() -> None:
    start, end = Wish("csv", date(2026, 10, 25), date(2026, 10, 25)).moments(BERLIN)
    assert (start, end) == (
        datetime(2026, 10, 24, 22, tzinfo=UTC),
        datetime(2026, 10, 25, 23, tzinfo=UTC),
    )
    assert Wish().moments(BERLIN) == (None, None)


def test_a_csv_follows_rfc_4180() -> None:
    content = as_csv([ANNA, replace(ANNA, number=1002, name='Anna "Ann", Weber')], BERLIN)
    lines = content.split(b"\r\n")
    assert lines[0].decode().split(",") == list(COLUMNS)
    assert lines[1].startswith(b"1001,open,2026-11-20T10:00+01:00,Anna Weber,")
    assert b',"Anna ""Ann"", Weber",' in lines[2]
    assert lines[3] == b""
    assert b"\n" not in content.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("Anna Weber", "Anna Weber"),
        ("Anna-Maria 1+1=2 @home", "Anna-Maria 1+1=2 @home"),
        ("2026-11-20T10:00+01:00", "2026-11-20T10:00+01:00"),
        ("", ""),
        ("+49 171 2345678", "'+49 171 2345678"),
        ('=HYPERLINK("http://x.example")', '\'=HYPERLINK("http://x.example")'),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("  =1", "'  =1"),
        ("＝1＋1", "'＝1＋1"),
        ("Anna;=1+1", "Anna;'=1+1"),
        ("Anna\n=1+1", "Anna\n'=1+1"),
        ("Anna\t@x", "Anna\t'@x"),
    ],
)
def test_what_a_spreadsheet_program_takes_for_a_formula_gets_an_apostrophe(cell: str, safe: str) -> None:
    assert neutralised(cell) == safe


@given(st.text(alphabet=st.sampled_from("=+-@\t\r\n;, 'aü\"＝\ufeff"), max_size=12))
def test_whatever_separator_a_spreadsheet_program_uses_no_cell_begins_like_a_formula(text: str) -> None:
    (row,) = read_csv(as_csv([replace(ANNA, name=text)], BERLIN))
    for cell in re.split("[;,\t\r\n]", row["name"]):
        assert not re.match(r"[\s\ufeff]*[=+\-@＝]", cell)
    assert row["name"].replace("'", "") == text.replace("'", "")


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
@settings(max_examples=60)
def test_nothing_is_lost_in_either_file(names: list[str]) -> None:
    records = [replace(ANNA, number=1001 + index, name=name) for index, name in enumerate(names)]
    rows = read_csv(as_csv(records, BERLIN))
    assert [row["name"].replace("'", "") for row in rows] == [name.replace("'", "") for name in names]
    assert [row["number"] for row in rows] == [str(record.number) for record in records]


@pytest.mark.parametrize("name", ["=1+1", '=HYPERLINK("http://x.example")', "http://x.example", "{=1}", "007", "ü\x01"])
def test_a_workbook_holds_text_only_as_it_was_written(name: str) -> None:
    head, row = read_xlsx(as_xlsx([replace(ANNA, name=name)], BERLIN))
    assert head == list(COLUMNS)
    cells = dict(zip(head, row, strict=True))
    assert (cells["name"], cells["phone"], cells["number"]) == (name, "+49 171 2345678", "1001")
    assert (cells["created_at"], cells["called_at"]) == ("2026-11-20T10:00+01:00", "")


def test_half_a_surrogate_pair_spoils_no_file() -> None:
    broken = replace(ANNA, name="A\ud83d")
    assert read_csv(as_csv([broken], BERLIN))[0]["name"] == "A?"
    assert read_xlsx(as_xlsx([broken], BERLIN))[1][3] == "A?"
