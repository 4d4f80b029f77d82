"""What is still to be said when an update has been decided on: it holds up nobody's next update.

A screen or the answer to a tap may hang for a quarter of a minute where Telegram does. What an update changed is
committed by then, so the same person's next one can be decided on; the screens themselves keep their order by the
presenter's lock. The inbox waits for what goes on afterwards before it ends.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_begun: ContextVar[list[asyncio.Task[None]]] = ContextVar("begun")


@contextmanager
def collected() -> Iterator[list[asyncio.Task[None]]]:
    """What is begun inside goes on by itself; whoever collects it waits for it."""
    begun: list[asyncio.Task[None]] = []
    token = _begun.set(begun)
    try:
        yield begun
    finally:
        _begun.reset(token)


def afterwards(work: Coroutine[Any, Any, None]) -> None:
    """Begin it now and let it go on after the update's end; the transaction is committed before."""
    _begun.get().append(asyncio.create_task(work))
