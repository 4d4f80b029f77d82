"""``python main.py export``: what is written where, and what an operator is told."""

import argparse
import asyncio
import csv
import io
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.settings import SettingsError
from handlers.export import add_options, run_export
from storage.errors import StorageError
from storage.storage import Storage

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(exit_on_error=False)
    add_options(parser)
    return parser.parse_args(arguments)


async def fill(url: str) -> None:
    """Three requests on three days, and an alert."""
    storage = await Storage.open(url)
    await storage.migrate()
    async with storage.transaction() as tx:
        for user in range(4):
            moment = NOW + timedelta(days=user)
            client = await tx.clients.get_or_create(user, chat_id=user, profile={}, language="en", now=moment)
            state, details = ("alert", {"outcome": "urgent_b"}) if user == 3 else ("open", {"name": f"Zoë {user}"})
            await tx.requests.create(client.id, details, moment, moment, moment, state)
    await storage.close()


@pytest.fixture
def environment(sqlite_address: str) -> dict[str, str]:
    asyncio.run(fill(sqlite_address))
    return {"DATABASE_URL": sqlite_address}


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ((), ["Zoë 0", "Zoë 1", "Zoë 2"]),
        (("--from", "2026-11-21"), ["Zoë 1", "Zoë 2"]),
        (("--to", "2026-11-21"), ["Zoë 0", "Zoë 1"]),
        (("--from", "2026-11-21", "--to", "2026-11-21", "--format", "csv"), ["Zoë 1"]),
        (("--from", "2027-01-01"), []),
    ],
)
def test_the_requests_of_the_days_asked_for_go_to_standard_output(
    environment: dict[str, str], capfdbinary: Any, arguments: tuple[str, ...], names: list[str]
) -> None:
    assert run_export(options(*arguments), environment) == 0
    out = capfdbinary.readouterr().out.decode()
    assert out.startswith("number,state,")
    assert [row["name"] for row in csv.DictReader(io.StringIO(out, newline=""))] == names
    assert "urgent" not in out


def test_a_file_is_readable_by_nobody_else(environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "requests.xlsx"
    assert run_export(options("--format", "xlsx", "--out", str(path)), environment) == 0
    assert path.read_bytes().startswith(b"PK")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_is_named(environment: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="--out: cannot be written"):
        run_export(options("--out", str(tmp_path / "nowhere" / "x.csv")), environment)


def test_days_in_the_wrong_order_are_refused(environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="--from: the first day is after the last"):
        run_export(options("--from", "2026-11-02", "--to", "2026-11-01"), environment)


def test_a_day_is_written_in_one_way_only() -> None:
    assert options("--from", "2026-11-02").first == date(2026, 11, 2)
    with pytest.raises(argparse.ArgumentError, match="write the day as YYYY-MM-DD"):
        options("--from", "02.11.2026")


def test_where_there_is_no_database_none_is_created(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    with pytest.raises(StorageError, match="no database yet"):
        run_export(options(), {"DATABASE_URL": f"sqlite:///{path}"})
    assert not path.exists()


def test_an_old_schema_is_named_with_what_to_run(sqlite_address: str) -> None:
    async def create() -> None:
        await (await Storage.open(sqlite_address)).close()

    asyncio.run(create())
    with pytest.raises(StorageError, match="migrate"):
        run_export(options(), {"DATABASE_URL": sqlite_address})


def test_a_wrong_clinic_file_is_named(environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "clinic.toml"
    path.write_text("[clinic]\n")
    with pytest.raises(SettingsError, match="CLINIC_FILE"):
        run_export(options(), {**environment, "CLINIC_FILE": str(path)})
