"""Brings bots to life quickly: everything is imported once, and each life is a fork that runs the real ``main.py run``.

Reads one line for each life from standard input: empty, or the name of a point of ``POINTS`` at which it kills itself.
Prints the life's process id, and after its death its exit status; one life at a time.
"""

import importlib
import os
import signal
import sys
from collections.abc import Callable
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


def live(main: Callable[[list[str]], int], point: str) -> None:
    if point:
        kill_at(*POINTS[point])
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what it prints is no process id
    os._exit(main(["run"]))


def serve() -> None:
    main = importlib.import_module("main").main
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            live(main, line.strip())
        print(child, flush=True)
        print(os.waitpid(child, 0)[1], flush=True)


if __name__ == "__main__":
    serve()
