"""An SQLite file belongs to one bot at a time."""

import subprocess
import sys
from pathlib import Path

import pytest

from storage import sole
from storage.errors import StorageError
from storage.sole import sole_process

ROOT = Path(__file__).parents[2]
HOLD = "import sys; from storage.sole import sole_process\nwith sole_process(sys.argv[1]): print(flush=True); input()"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sole, "PATIENCE_SECONDS", 0.15)


def hold(address: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, address], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    process.stdout.readline()
    return process


def test_a_second_process_is_turned_away_until_the_first_is_gone(sqlite_address: str) -> None:
    with hold(sqlite_address) as first:
        refused = pytest.raises(StorageError, match="another process is already running on this SQLite file")
        with refused, sole_process(sqlite_address):
            raise AssertionError("it must not begin")
        first.kill()
        first.wait()
        with sole_process(sqlite_address):
            pass


def test_a_process_that_is_just_ending_is_waited_for(sqlite_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sole, "PATIENCE_SECONDS", 10)
    with hold(sqlite_address) as first:
        first.kill()
        with sole_process(sqlite_address):
            pass


def test_two_files_are_two_bots(tmp_path: Path) -> None:
    with sole_process(f"sqlite:///{tmp_path}/a.db"), sole_process(f"sqlite:///{tmp_path}/b.db"):
        assert (tmp_path / "a.db.lock").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_written_is_one_clear_line() -> None:
    with pytest.raises(StorageError, match="folder cannot be written"), sole_process("sqlite:////proc/nowhere/bot.db"):
        raise AssertionError("it must not begin")


def test_postgresql_is_shared(postgresql_address: str) -> None:
    with sole_process(postgresql_address), sole_process(postgresql_address):
        pass
