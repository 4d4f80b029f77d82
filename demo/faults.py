"""Faults on request: what a network and a busy Telegram do to a bot."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

FaultKind: TypeAlias = Literal["429", "5xx", "html", "json", "refusal", "truncated", "hang", "late", "reset", "lost"]

STATUS = {"5xx": 502, "html": 200, "json": 200, "refusal": 400}
"""The HTTP status of an answer, where the fault names none."""


@dataclass(eq=False, slots=True)
class Fault:
    """A fault that waits for its calls."""

    kind: FaultKind
    method: str | None
    chat_id: int | None
    times: int | None
    retry_after: int
    seconds: float | None
    status: int
    description: str
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def matches(self, method: str, chat_id: int | None) -> bool:
        """Whether it is meant for such a call."""
        return self.method in {None, method} and self.chat_id in {None, chat_id}

    async def hold(self) -> None:
        """Wait until the fault is cleared, or for its ``seconds``."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.seconds):
                await self.released.wait()


class Faults:
    """The faults that are still to come.

    | kind | what the bot sees | is the call processed? |
    |---|---|---|
    | ``429`` | Too Many Requests with ``retry_after`` | no |
    | ``5xx`` | ``status`` (default 502) with an HTML body | no |
    | ``html`` | ``status`` (default 200) with an HTML body, as a proxy answers | no |
    | ``json`` | ``status`` (default 200) with ``description`` as the body, JSON of a gateway's own | no |
    | ``refusal`` | Telegram's ``status`` (default 400) with ``description`` | no |
    | ``reset`` | the connection is reset | no |
    | ``hang`` | nothing, for ``seconds`` or until :meth:`clear` | afterwards, if the bot still waits |
    | ``late`` | the answer, after ``seconds`` or at :meth:`clear` | at once |
    | ``truncated`` | 200 with half of the JSON | yes |
    | ``lost`` | the connection is closed without an answer | yes |
    """

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._used: list[Fault] = []

    def add(  # noqa: PLR0913 - all but the kind are keywords with defaults
        self,
        kind: FaultKind,
        *,
        method: str | None = None,
        chat_id: int | None = None,
        times: int | None = 1,
        retry_after: int = 5,
        seconds: float | None = None,
        status: int | None = None,
        description: str = "Bad Request",
    ) -> Fault:
        """Let the next ``times`` matching calls fail (``None``: all until :meth:`clear`); faults come in order."""
        code = STATUS.get(kind, 200) if status is None else status
        fault = Fault(kind, method, chat_id, times, retry_after, seconds, code, description)
        self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Forget all faults and release the calls that hang."""
        for fault in self._waiting + self._used:
            fault.released.set()
        self._waiting.clear()
        self._used.clear()

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault for this call, if there is one; it is used up once more."""
        fault = next((fault for fault in self._waiting if fault.matches(method, chat_id)), None)
        if fault is not None and fault.times is not None:
            fault.times -= 1
            if fault.times == 0:
                self._waiting.remove(fault)
                self._used.append(fault)
        return fault
