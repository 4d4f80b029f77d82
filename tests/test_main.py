"""The command line as an operator uses it: exit codes, clear lines, no traceback, no secrets."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import pytest

from storage.engine import START_TIMEOUT
from storage.sole import sole_process
from tests.command_line import MAIN, run

ANSWERS = {
    "age": "adult",
    "symptoms": ["none"],
    "procedures": ["none"],
    "skin": ["clear"],
    "skin_issues": ["none"],
    "health": ["none"],
    "wish": "tension",
    "setting": "therapist",
}


def test_without_a_token_run_says_what_is_missing_and_names_the_demo(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [line for line in done.stderr.splitlines() if "TELEGRAM_BOT_TOKEN" in line]
    assert "main.py demo" in done.stderr


def test_env_files_are_read_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SMTP_URL=nonsense\nSTAFF_CHAT_ID=nonsense\n")
    done = run(tmp_path, STAFF_CHAT_ID="-100123")
    assert "SMTP_URL" in done.stderr
    assert "STAFF_CHAT_ID" not in done.stderr


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("postgresql://anna:hunter2@127.0.0.1:1/x", "DATABASE_URL"),
        ("postgresql://anna:p@s:hunter2@127.0.0.1/x", "DATABASE_URL"),
        ("sqlite:////proc/nowhere/bot.db", "DATABASE_URL"),
    ],
)
def test_an_unreachable_database_is_one_clear_line_within_5_seconds(tmp_path: Path, url: str, named: str) -> None:
    begin = time.monotonic()
    done = run(tmp_path, DATABASE_URL=url, TELEGRAM_BOT_TOKEN="123456:" + "A" * 35)
    assert time.monotonic() - begin < 5
    assert done.returncode == 2
    assert done.stderr.startswith(f"{named}: ") or f"\n{named}: " in done.stderr
    assert "hunter2" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_never_answers_is_one_clear_line_within_5_seconds(tmp_path: Path) -> None:
    before = getrusage(RUSAGE_CHILDREN)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://anna:hunter2@127.0.0.1:{silent.getsockname()[1]}/x"
        environment = {"DATABASE_URL": url, "TELEGRAM_BOT_TOKEN": "123456:" + "A" * 35}
        command = [sys.executable, str(MAIN), "run"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    after = getrusage(RUSAGE_CHILDREN)
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime  # where nobody else uses the machine
    assert took + START_TIMEOUT < 5
    assert done.returncode == 2
    assert done.stderr == "DATABASE_URL: the database cannot be used: no answer in time\n"


def test_a_second_bot_on_the_same_sqlite_file_is_turned_away(tmp_path: Path) -> None:
    with sole_process(f"sqlite:///{tmp_path}/data/bot.db"):
        done = run(tmp_path, TELEGRAM_BOT_TOKEN="123456:" + "A" * 35)
    assert done.returncode == 2
    assert "DATABASE_URL: another process is already running on this SQLite file" in done.stderr
    assert "Traceback" not in done.stderr


def test_several_workers_need_postgresql(tmp_path: Path) -> None:
    done = run(tmp_path, "run", "--workers", "2", TELEGRAM_BOT_TOKEN="123456:" + "A" * 35)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("DATABASE_URL: --workers needs PostgreSQL")


@pytest.mark.parametrize("number", ["0", "-1", "x", "65"])
def test_a_number_of_workers_that_makes_no_sense_is_refused(tmp_path: Path, number: str) -> None:
    done = run(tmp_path, "run", f"--workers={number}", TELEGRAM_BOT_TOKEN="123456:" + "A" * 35)
    assert done.returncode == 2
    assert "must be a number from 1 to 64" in done.stderr


def test_advise_prints_the_advice_object(tmp_path: Path) -> None:
    done = run(tmp_path, "advise", "--today", "2026-11-20", stdin=json.dumps(ANSWERS))
    assert done.returncode == 0
    advice = json.loads(done.stdout)
    assert list(advice) == ["protocol", "outcome", "from", "techniques", "recommended", "reasons"]
    assert (advice["outcome"], advice["recommended"]) == ("allowed", "acupressure")


def test_advise_names_the_key_of_an_invalid_object(tmp_path: Path) -> None:
    done = run(tmp_path, "advise", stdin=json.dumps(ANSWERS | {"wish": "fly"}))
    assert done.returncode == 1
    assert "wish" in done.stderr
    assert not done.stdout.strip().startswith('{"protocol')


def test_a_batch_goes_on_after_an_invalid_line(tmp_path: Path) -> None:
    lines = [json.dumps(ANSWERS), "nonsense", json.dumps({**ANSWERS, "age": 5}), json.dumps(ANSWERS)]
    done = run(tmp_path, "advise", "--batch", "--today", "2026-11-20", stdin="\n".join(lines) + "\n")
    assert done.returncode == 0
    kinds = ["error" if "error" in json.loads(line) else "advice" for line in done.stdout.splitlines()]
    assert kinds == ["advice", "error", "error", "advice"]


def test_the_protocol_is_printed_with_its_version_and_sign_off(tmp_path: Path) -> None:
    done = run(tmp_path, "protocol")
    assert done.returncode == 0
    assert "2026.1" in done.stdout
    assert "not signed: default protocol" in done.stdout


def test_a_broken_protocol_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("version = 1\n")
    done = run(tmp_path, "protocol", PROTOCOL_FILE="mine.toml")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_migrate_and_check_agree(tmp_path: Path) -> None:
    token = {"TELEGRAM_BOT_TOKEN": "123456:" + "A" * 35}
    before = run(tmp_path, "check", "--offline", **token)
    assert before.returncode == 1
    assert "migrate" in before.stdout
    assert run(tmp_path, "migrate").returncode == 0
    after = run(tmp_path, "check", "--offline", **token)
    assert after.returncode == 0, after.stdout
    assert all(line.startswith("ok") for line in after.stdout.splitlines())


def test_check_names_what_is_wrong_in_one_line_each(tmp_path: Path) -> None:
    done = run(tmp_path, "check", "--offline", SMTP_URL="x", LOG_FORMAT="y")
    wrong = [line for line in done.stdout.splitlines() if line.startswith("wrong")]
    assert done.returncode == 1
    assert [line.split()[1].rstrip(":") for line in wrong] == ["TELEGRAM_BOT_TOKEN", "SMTP_URL", "LOG_FORMAT"]


@pytest.mark.parametrize("environment", [{}, {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}])
def test_the_demo_needs_nothing_is_ready_in_five_seconds_and_ends_on_request(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    before = getrusage(RUSAGE_CHILDREN)
    command = [sys.executable, str(MAIN), "demo", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=15) == 0
    assert re.fullmatch(r"Open http://127\.0\.0\.1:\d+/\n", line)
    after = getrusage(RUSAGE_CHILDREN)
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime  # where nobody else uses the machine
    assert took < 5
    assert list(tmp_path.iterdir()) == [], "the demo leaves nothing behind"


def test_the_demo_says_how_to_get_another_port_in_words_that_make_takes(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run(tmp_path, "demo", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.startswith("--port: ")
    assert 'make demo ARGS="--port 0"' in line


@pytest.mark.parametrize("port", ["65536", "70000", "-1", "x", "8080.5"])
def test_a_port_that_makes_no_sense_is_refused(tmp_path: Path, port: str) -> None:
    done = run(tmp_path, "demo", f"--port={port}")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].endswith("argument --port: must be a number from 0 to 65535")
    assert "Traceback" not in done.stderr


def test_help_lists_every_command(tmp_path: Path) -> None:
    listed = run(tmp_path, "--help").stdout
    for command in ("run", "demo", "check", "advise", "protocol", "backup", "migrate"):
        assert re.search(rf"^\s+{command}\s", listed, re.MULTILINE)


def test_backup_leaves_postgresql_to_its_own_tool(tmp_path: Path) -> None:
    done = run(tmp_path, "backup", "copy.db", DATABASE_URL="postgresql://anna:hunter2@127.0.0.1:1/x")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("DATABASE_URL: ")
    assert "pg_dump" in done.stderr
    assert "hunter2" not in done.stderr
    assert list(tmp_path.iterdir()) == []
