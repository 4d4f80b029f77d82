"""Brings bots to life quickly: each life is a fork, of a process that has lived once itself, into the real ``run``.

The process first runs ``main.py run`` until SIGTERM and prints its exit code. By then everything is imported, read and
compiled, so that a fork polls after a few hundredths of a second. Then each line of standard input begins a life: a
number of minutes by which its clock is ahead, and perhaps the name of one of ``POINTS`` at which it kills itself.
Printed are the life's process id and, after its death, its exit status; one life at a time.
"""

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

POINTS = {
    "batch not yet committed": ("INSERT INTO inbox", "before"),
    "batch committed": ("INSERT INTO inbox", "after"),
    "answer not yet committed": ("UPDATE clients", "before"),
    "answer committed": ("UPDATE clients", "after"),
}
"""A statement of the transaction, and whether the process dies before or after its commit."""

SKIPPED = 2
"""So many transactions of that kind pass first: the start has some of its own."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at(statement: str, side: str) -> None:
    """Have this process killed at a commit of a transaction with such a statement."""
    state: dict[str, Any] = {"left": SKIPPED, "meant": False, "committed": False}

    @event.listens_for(Engine, "after_cursor_execute")
    def executed(connection: Any, cursor: Any, text: str, *more: Any) -> None:
        if text.startswith(statement):
            state["meant"] = True

    @event.listens_for(Engine, "commit")
    def committing(connection: Any) -> None:
        if not state["meant"]:
            return
        state["meant"] = False
        state["left"] -= 1
        if state["left"] < 0:
            if side == "before":
                die()
            state["committed"] = True

    @event.listens_for(Engine, "begin")
    def begins(connection: Any) -> None:
        if state["committed"]:  # the next transaction: the one before is on the disk
            die()


@contextmanager
def without_output() -> Iterator[None]:
    """What the bot prints is no process id."""
    kept = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    yield
    os.dup2(kept, sys.stdout.fileno())
    os.close(kept)


def once(make: Callable[..., Any]) -> Callable[..., Any]:
    """``make`` at its first call, and afterwards what that made."""
    made: list[Any] = []

    def kept(*arguments: Any, **options: Any) -> Any:
        if not made:
            made.append(make(*arguments, **options))
        return made[0]

    return kept


def warmed_up() -> Any:
    """The program after a whole life; what it read and compiled then is kept for all later ones."""
    program: Any = import_module("main")
    alembic: Any = import_module("alembic.script")
    storage: Any = import_module("storage.storage")
    pacing: Any = import_module("bot.gateways.pacing")
    checkpoints: Any = import_module("storage.checkpoints")
    program.read_settings, program.Catalogs.load = once(program.read_settings), once(program.Catalogs.load)
    alembic.ScriptDirectory.from_config = once(alembic.ScriptDirectory.from_config)
    storage.writing_engine, storage.snapshot_engine = cache(storage.writing_engine), cache(storage.snapshot_engine)
    checkpoints.PAUSE = 0.02  # a life is short, and shall end while the log is copied, too
    program.end_in_time = lambda: None  # it lives on after the end
    pacing.GROUP_MESSAGES_PER_MINUTE = 1_000  # what many lives left to the last one is posted within this minute
    with without_output():
        code = program.main(["run"])
    print(code, flush=True)
    gc.collect()
    gc.freeze()  # a fork that collects would copy all of it
    return program


def live(program: Any, minutes: int, point: str) -> None:
    clock = program.system_clock
    program.system_clock = lambda: clock() + timedelta(minutes=minutes)
    if point:
        kill_at(*POINTS[point])
    with without_output():
        os._exit(program.main(["run"]))


def serve() -> None:
    program = warmed_up()
    for line in sys.stdin:
        minutes, _, point = line.strip().partition(" ")
        if (child := os.fork()) == 0:
            live(program, int(minutes), point)
        print(child, flush=True)
        print(os.waitpid(child, 0)[1], flush=True)


if __name__ == "__main__":
    serve()
