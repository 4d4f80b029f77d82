"""A failed call: has Telegram done what it asked for, has it not, or does nobody know?"""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.gateways.mail import MailDelayed
from bot.gateways.telegram import RawBot, build_bot, may_have_arrived
from bot.gateways.transport import Transport
from demo import Person, StandIn
from handlers.posting import REPEAT_AFTER, understand


@pytest.fixture
async def bot(standin: StandIn) -> AsyncIterator[RawBot]:
    async with build_bot(standin.token, standin.url) as built:
        yield built


@pytest.fixture
def anna(standin: StandIn) -> Person:
    person = standin.world.add_user("Anna")
    person.say("/start")
    return person


REFUSED = '{"ok": false, "error_code": 403, "description": "Forbidden"}'
"""Telegram's words, with which no answer of its own has the status of success."""


async def failure_of(bot: RawBot, person: Person) -> TelegramError:
    with pytest.raises(TelegramError) as failed:
        await bot.send_message(person.id, "a secret", read_timeout=0.2)
    return failed.value


@pytest.mark.parametrize(
    ("fault", "error", "unclear"),
    [
        ({"kind": "429", "retry_after": 7200}, RetryAfter, False),
        ({"kind": "refusal", "description": "Bad Request: chat not found"}, BadRequest, False),
        ({"kind": "refusal", "status": 403, "description": "Forbidden: user is deactivated"}, Forbidden, False),
        ({"kind": "refusal", "status": 401, "description": "Unauthorized"}, InvalidToken, False),
        ({"kind": "refusal", "status": 500, "description": "Internal Server Error"}, NetworkError, True),
        ({"kind": "5xx"}, NetworkError, True),
        ({"kind": "5xx", "status": 504}, NetworkError, True),
        ({"kind": "html"}, NetworkError, True),
        ({"kind": "html", "status": 403}, NetworkError, True),
        ({"kind": "html", "status": 404}, NetworkError, True),
        ({"kind": "html", "status": 400}, NetworkError, True),
        ({"kind": "json", "description": '{"status": "ok"}'}, NetworkError, True),
        ({"kind": "json", "description": '{"ok": 1, "result": {}}'}, NetworkError, True),
        ({"kind": "json", "description": '{"ok": true}'}, NetworkError, True),
        ({"kind": "json", "description": REFUSED}, NetworkError, True),
        ({"kind": "json", "description": "[]"}, NetworkError, True),
        ({"kind": "json", "status": 400, "description": '{"ok": false, "error": "bad"}'}, NetworkError, True),
        ({"kind": "json", "status": 401, "description": '{"error_code": 401}'}, NetworkError, True),
        ({"kind": "json", "status": 403, "description": '{"message": "Forbidden"}'}, NetworkError, True),
        ({"kind": "json", "status": 403, "description": '{"ok": true, "result": true}'}, NetworkError, True),
        ({"kind": "json", "status": 404, "description": '{"message": "no Route matched"}'}, NetworkError, True),
        ({"kind": "json", "status": 307, "description": "{}"}, NetworkError, True),
        ({"kind": "truncated"}, NetworkError, True),
        ({"kind": "reset"}, NetworkError, True),
        ({"kind": "lost"}, NetworkError, True),
        ({"kind": "hang"}, TimedOut, True),
        ({"kind": "late"}, TimedOut, True),
    ],
)
async def test_only_telegrams_own_word_is_clear(
    standin: StandIn, bot: RawBot, anna: Person, fault: dict[str, Any], error: type[TelegramError], unclear: bool
) -> None:
    standin.faults.add(**fault, method="sendMessage")
    failed = await failure_of(bot, anna)
    assert type(failed) is error
    assert may_have_arrived(failed) is unclear


@pytest.mark.parametrize("kind", ["truncated", "html", "json"])
async def test_an_answer_that_cannot_be_read_is_not_written_to_the_log(
    standin: StandIn, bot: RawBot, anna: Person, caplog: pytest.LogCaptureFixture, kind: Any
) -> None:
    standin.faults.add(kind, method="sendMessage")
    failed = await failure_of(bot, anna)
    assert "secret" not in caplog.text + str(failed)
    assert "html" not in caplog.text.lower()


async def test_without_a_connection_nothing_arrived(standin: StandIn, anna: Person) -> None:
    bot = build_bot(standin.token, standin.url)
    await bot.request.initialize()
    await standin.stop()
    assert not may_have_arrived(await failure_of(bot, anna))
    await bot.request.shutdown()


async def test_without_a_free_connection_nothing_arrived(standin: StandIn, anna: Person) -> None:
    standin.faults.add("hang", method="sendMessage")
    request = Transport(1, connect_timeout=0.05)
    async with RawBot(standin.token, base_url=f"{standin.url}/bot", request=request) as bot:
        holding = asyncio.create_task(bot.send_message(anna.id, "first"))
        await standin.world.until(lambda: any(call.method == "sendMessage" for call in standin.world.calls))
        assert not may_have_arrived(await failure_of(bot, anna))
        standin.faults.clear()
        await holding


UNCLEAR, CLEAR = TimedOut(), RetryAfter(7200)


@pytest.mark.parametrize(
    ("error", "attempts", "to_client", "delay", "unclear"),
    [
        (UNCLEAR, 1, True, REPEAT_AFTER, True),
        (UNCLEAR, 7, True, timedelta(minutes=15), True),
        (UNCLEAR, 1, False, timedelta(seconds=1), True),
        (CLEAR, 1, True, timedelta(hours=2), False),
        (CLEAR, 1, False, timedelta(hours=2), False),
        (BadRequest("x"), 1, True, None, False),
        (BadRequest("x"), 1, False, timedelta(minutes=1), False),
        (MailDelayed(), 1, False, timedelta(seconds=1), False),
    ],
)
def test_a_client_is_left_alone_for_a_minute_after_an_unclear_attempt_and_the_staff_is_not(
    error: Exception, attempts: int, to_client: bool, delay: timedelta | None, unclear: bool
) -> None:
    failure = understand(error, attempts=attempts, recipient="client:1" if to_client else "staff")
    assert (failure.delay, failure.unclear) == (delay, unclear)
    assert timedelta(minutes=1) <= REPEAT_AFTER
