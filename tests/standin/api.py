"""A bare client for the stand-in: calls as any library would make them, without a library's own ideas."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from demo import StandIn

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def advance(self, **step: float) -> None:
        self.moment += timedelta(**step)


@dataclass
class Api:
    """JSON calls over HTTP; checks that the HTTP status says the same as the envelope."""

    stand_in: StandIn
    session: aiohttp.ClientSession

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """The whole envelope."""
        url = f"{self.stand_in.url}/bot{self.stand_in.token}/{method}"
        async with self.session.post(url, json=params) as response:
            envelope: dict[str, Any] = await response.json()
            assert response.status == envelope.get("error_code", 200)
            return envelope

    async def ok(self, method: str, **params: Any) -> Any:
        """The result of a call that succeeds."""
        envelope = await self.call(method, **params)
        assert envelope["ok"], envelope
        return envelope["result"]

    async def refusal(self, method: str, **params: Any) -> str:
        """The description of a call that is refused."""
        envelope = await self.call(method, **params)
        assert not envelope["ok"], envelope
        return str(envelope["description"])

    async def heard(self, method: str) -> None:
        """Wait until such a call has reached the stand-in, whether or not it was answered yet."""
        await self.stand_in.world.until(lambda: any(call.method == method for call in self.stand_in.world.calls))

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        """The updates that wait."""
        found: list[dict[str, Any]] = await self.ok("getUpdates", **params)
        return found
