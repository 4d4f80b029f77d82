"""What the visitor can skip to is looked up after each change."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from demo.page_feed import Plans

MOMENT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


def asking(answers: list[datetime | Exception | None]) -> Callable[[], Awaitable[datetime | None]]:
    """Gives these answers one after the other, and the last one for ever."""

    async def next_due() -> datetime | None:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return next_due


async def test_new_plans_are_told_once() -> None:
    told: list[datetime | None] = []
    plans = Plans(asking([None, MOMENT]), lambda: told.append(plans.due))
    work = asyncio.create_task(plans.follow())
    for _ in range(3):
        await asyncio.sleep(0.01)
        plans.look()
        await asyncio.sleep(0.25)
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work
    assert told == [MOMENT]


async def test_plans_that_a_skip_finds_changed_are_told_as_well() -> None:
    told: list[datetime | None] = []
    plans = Plans(asking([MOMENT, MOMENT, None]), lambda: told.append(plans.due))
    for _ in range(3):
        await plans.now()
    assert told == [MOMENT, None]


async def test_a_failing_look_up_is_logged_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    told = asyncio.Event()
    plans = Plans(asking([OSError("no database"), MOMENT]), told.set)
    with caplog.at_level(logging.WARNING):
        work = asyncio.create_task(plans.follow())
        await asyncio.sleep(0)
        plans.look()
        await asyncio.wait_for(told.wait(), 3)
        work.cancel()
    assert "the next planned moment is unknown" in caplog.text
    assert plans.due == MOMENT


async def test_following_ends_also_in_the_moment_of_a_change() -> None:
    plans = Plans(asking([None]), lambda: None)
    work = asyncio.create_task(plans.follow())
    await asyncio.sleep(0.01)
    plans.look()
    work.cancel()
    done, _ = await asyncio.wait([work], timeout=1)
    assert work in done
