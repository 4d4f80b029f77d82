"""What ``make`` sets up by itself, with a Python that has no pip at first."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PYTHON = """#!/bin/sh
test "$1" = -c && exit
mkdir -p .venv/bin && echo '#!/bin/sh' > .venv/bin/python && chmod +x .venv/bin/python
test -e has_venv || exit 1
echo 'echo "$0 $@" >> installed' | tee .venv/bin/pip > /dev/null && chmod +x .venv/bin/pip
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The Makefile with a stand-in for Python: its ``venv`` breaks off, as Debian's does without python3-venv."""
    (tmp_path / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    (tmp_path / "requirements.txt").touch()
    (tmp_path / "python").write_text(PYTHON)
    (tmp_path / "python").chmod(0o755)
    return tmp_path


def make(folder: Path) -> subprocess.CompletedProcess[str]:
    command = ["make", "PYTHON=./python", ".venv/ready"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=30, check=False)


def test_an_environment_that_was_made_by_half_is_made_anew(folder: Path) -> None:
    failed = make(folder)
    assert failed.returncode == 2
    assert "apt install python3-venv" in failed.stdout
    assert not (folder / ".venv/ready").exists()
    (folder / "has_venv").touch()
    assert make(folder).returncode == 0
    assert (folder / "installed").read_text().endswith("-r requirements.txt\n")


def test_an_environment_that_is_there_is_kept(folder: Path) -> None:
    (folder / "has_venv").touch()
    assert make(folder).returncode == 0
    (folder / ".venv/mine").touch()
    (folder / ".venv/ready").unlink()
    assert make(folder).returncode == 0
    assert (folder / ".venv/mine").exists()
