"""``python main.py export``: the callback requests as CSV or as a workbook, to a file or to standard output."""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.export import Format, Wish
from bot.request_files import Record, as_csv, as_xlsx
from bot.settings import DEFAULT_DATABASE, SettingsError, read_clinic
from storage.errors import StorageError
from storage.storage import Storage

FILES: Mapping[Format, Callable[[Sequence[Record], ZoneInfo], bytes]] = {"csv": as_csv, "xlsx": as_xlsx}
"""How each kind of file is written: without a byte order mark, which programs that read CSV stumble over."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--format", choices=sorted(FILES), default="csv", help="the kind of file (default csv)")
    for name, key, since in (("--from", "first", "later"), ("--to", "last", "earlier")):
        text = f"requests that arrived on this day or {since}"
        parser.add_argument(name, dest=key, type=_day, metavar="YYYY-MM-DD", help=text)
    parser.add_argument("--out", type=Path, metavar="FILE", help="the file to write (default: standard output)")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write the day as YYYY-MM-DD") from None


def run_export(options: argparse.Namespace, environment: Mapping[str, str]) -> int:
    """Write the requests; raises :class:`SettingsError` and :class:`StorageError` for what the operator can mend."""
    try:
        wish = Wish(options.format, options.first, options.last)
    except ValueError as error:
        raise SettingsError([f"--from: {error} (--to)"]) from error
    if options.out is None and wish.format == "xlsx" and sys.stdout.isatty():
        raise SettingsError(["--out: a workbook cannot be shown; name a file, or send the output into one"])
    zone = read_clinic(environment, Path()).time_zone
    url = environment.get("DATABASE_URL") or DEFAULT_DATABASE
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        raise StorageError("there is no database yet")  # opening it would create one
    records = asyncio.run(_records(url, wish, zone))
    _write(FILES[wish.format](records, zone), options.out)
    return 0


async def _records(url: str, wish: Wish, zone: ZoneInfo) -> list[Record]:
    storage = await Storage.open(url)
    try:
        if not await storage.at_head():
            raise StorageError("the schema is not current; run: python main.py migrate")
        async with storage.snapshot() as tx:
            return [record async for record in tx.figures.records(*wish.moments(zone))]
    finally:
        await storage.close()


def _write(content: bytes, path: Path | None) -> None:
    """Readable by nobody else, where it is a file: names and phone numbers are in it."""
    try:
        if path is None:
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
            return
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        raise SettingsError([f"--out: cannot be written ({error.strerror})"]) from error
