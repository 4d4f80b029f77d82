"""Runs main.py as an operator does: a process of its own, with just this environment, folder and input.

It is forked from one that has imported everything once, which is what takes longest; apart from that it is main.py from
its first line.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

MAIN = Path(__file__).parents[1] / "main.py"
PATIENCE = 30.0

_fork_server = multiprocessing.get_context("forkserver")
_fork_server.set_forkserver_preload(["demo.page", "handlers.life", "handlers.operator", "handlers.workers"])


def run(folder: Path, *arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """What ``python main.py arguments`` prints and answers in ``folder``; raises ``TimeoutExpired``."""
    with TemporaryDirectory() as streams:
        process = begin(folder, *arguments, streams=Path(streams), stdin=stdin, **environment)
        process.join(PATIENCE)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(arguments, PATIENCE)
        out, err = (Path(streams, number).read_text() for number in "12")
        return subprocess.CompletedProcess(arguments, process.exitcode, out, err)


def begin(folder: Path, *arguments: str, streams: Path, stdin: str = "", **environment: str) -> BaseProcess:
    """Start it, and leave it to the caller. What it prints and complains of is written to ``streams``/1 and /2."""
    for number, content in enumerate((stdin, "", "")):
        (streams / str(number)).write_text(content)
    process = _fork_server.Process(target=_main, args=(folder, arguments, environment, streams))
    process.start()
    return process


def _main(folder: Path, arguments: tuple[str, ...], environment: Mapping[str, str], streams: Path) -> None:
    for number in range(3):
        os.dup2(os.open(streams / str(number), os.O_RDWR), number)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115 - by their numbers
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = [str(MAIN), *arguments]
    runpy.run_path(str(MAIN), run_name="__main__")
