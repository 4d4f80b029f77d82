"""The demo's customer database believes what is signed with its secret, now, and nothing else."""

import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import aiohttp
import pytest

from demo.crm_log import CrmLog

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
EVENT = {"id": "1001-1", "event": "created", "number": 1001, "name": "Anna Weber", "phone": "+49 171 2345678"}


@pytest.fixture
async def crm() -> AsyncIterator[CrmLog]:
    log = CrmLog(lambda: NOW)
    await log.start()
    yield log
    await log.stop()


async def call(
    crm: CrmLog, at: datetime = NOW, *, body: bytes = json.dumps(EVENT).encode(), secret: str = "", **headers: str
) -> int:
    """One signed call, as an outsider would build it from the documentation; answers the status."""
    timestamp = str(int(at.timestamp()))
    signature = hmac.new((secret or crm.secret).encode(), timestamp.encode() + b"." + body, sha256).hexdigest()
    sent = {
        "X-Afterglow-Event": "1001-1",
        "X-Afterglow-Timestamp": timestamp,
        "X-Afterglow-Signature": f"sha256={signature}",
        **{f"X-Afterglow-{name.title()}": value for name, value in headers.items()},
    }
    async with aiohttp.ClientSession() as session, session.post(crm.url, data=body, headers=sent) as response:
        return response.status


async def test_a_signed_call_is_kept_and_a_repeat_of_it_is_known_as_one(crm: CrmLog) -> None:
    assert [await call(crm), await call(crm), await call(crm, event="1001-2")] == [200, 200, 200]
    assert [(found.number, found.event_id, found.repeated) for found in crm.calls] == [
        (1, "1001-1", False),
        (2, "1001-1", True),
        (3, "1001-2", False),
    ]
    assert crm.calls[0].content == EVENT


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"secret": "somebody else's"}, "wrong signature"),
        ({"signature": "sha256=" + "0" * 64}, "wrong signature"),
        ({"signature": "ü"}, "wrong signature"),
        ({"timestamp": "1"}, "wrong signature"),
        ({"at": NOW - timedelta(minutes=6)}, "signed too long ago"),
        ({"at": NOW + timedelta(minutes=6)}, "signed too long ago"),
        ({"body": b"[1]"}, "no JSON object"),
        ({"body": b"\xff"}, "no JSON object"),
    ],
)
async def test_a_call_that_cannot_be_believed_is_refused_and_shown_as_such(
    crm: CrmLog, changed: dict[str, Any], why: str
) -> None:
    assert await call(crm, **changed) == 401
    assert [found.refused for found in crm.calls] == [why]
    assert await call(crm) == 200
    assert not crm.calls[-1].repeated
