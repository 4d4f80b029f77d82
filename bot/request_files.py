"""Callback requests as files for other programs: CSV and XLSX, in which nothing a client wrote can act as a formula.

* CSV follows RFC 4180: commas, CRLF, quotes where they are needed. A spreadsheet program takes a cell that begins with
  ``= + - @`` (or a tab or a line break before it) for a formula, so such a cell gets an apostrophe in front, also where
  a semicolon or a line break inside of it could begin another cell. That goes for phone numbers too: ``'+49 171 …``
  stays readable, and a program that reads the file strips the apostrophe before such a character.
* XLSX knows the kind of each cell: all of them are text, as they were written.

Times are ISO 8601 in the clinic's time zone.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from zoneinfo import ZoneInfo

import xlsxwriter

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}".encode()
"""Stands before the CSV that a person opens: without it Excel does not recognise UTF-8."""

WIDTHS = {"name": 28, "phone": 20, "email": 28, "taken_by": 20}
"""Characters that a column of the workbook shows; :data:`WIDTH` for all others."""

WIDTH = 18

_FORMULA = re.compile(r"(^|[;,\t\r\n])(?=[\s\ufeff\u200b]*[=+\-@\t\r\uff0b\uff0d\uff1d\uff20])")


@dataclass(frozen=True, slots=True)
class Record:
    """A callback request, without anything about health; its fields are the columns of the files."""

    number: int
    state: str
    created_at: datetime
    name: str
    phone: str
    email: str
    call_from: datetime
    call_until: datetime
    language: str
    source: str
    taken_by: str
    taken_at: datetime | None
    called_at: datetime | None
    reached_at: datetime | None
    booked_at: datetime | None
    closed_at: datetime | None


COLUMNS = tuple(field.name for field in fields(Record))


def as_csv(records: Iterable[Record], zone: ZoneInfo) -> bytes:
    """The records under a line of column names, in UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, dialect="excel")  # commas, CRLF, quotes doubled inside quotes: RFC 4180
    writer.writerow(COLUMNS)
    writer.writerows([neutralised(cell) for cell in cells(record, zone)] for record in records)
    return text.getvalue().encode("utf-8", "replace")


def as_xlsx(records: Iterable[Record], zone: ZoneInfo) -> bytes:
    """The records as a workbook with one sheet, whose first line stays in sight and filters."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:  # no temporary files: they would hold names
        sheet = book.add_worksheet("requests")
        sheet.write_row(0, 0, COLUMNS, book.add_format({"bold": True}))
        last = 0
        for last, record in enumerate(records, 1):
            for column, cell in enumerate(cells(record, zone)):
                sheet.write_string(last, column, cell.encode("utf-8", "replace").decode())
        for column, name in enumerate(COLUMNS):
            sheet.set_column(column, column, WIDTHS.get(name, WIDTH))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:Z{last + 1}"})
    return file.getvalue()


def cells(record: Record, zone: ZoneInfo) -> list[str]:
    """The record's cells as text."""
    return [_cell(getattr(record, column), zone) for column in COLUMNS]


def neutralised(cell: str) -> str:
    """``cell`` with an apostrophe before whatever a spreadsheet program could take for a formula."""
    return _FORMULA.sub(r"\1'", cell)


def _cell(value: str | int | datetime | None, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="minutes")
    return "" if value is None else str(value)
