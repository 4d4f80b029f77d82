"""The inbox: nothing is stored twice, nothing is lost, and each lane keeps its order."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storage.inbox import MOST_AT_TELEGRAM
from storage.storage import Storage
from storage.tables import InboxRow

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BOT = 100


def batch(*ids_and_lanes: tuple[int, int]) -> list[tuple[int, int, dict[str, Any]]]:
    return [(update_id, lane, {"update_id": update_id}) for update_id, lane in ids_and_lanes]


async def receive(storage: Storage, *ids_and_lanes: tuple[int, int], bot_id: int = BOT, now: datetime = NOW) -> int:
    async with storage.transaction() as transaction:
        return await transaction.inbox.receive(bot_id, batch(*ids_and_lanes), now)


async def waiting(storage: Storage, limit: int = 100, busy: Sequence[int] = ()) -> list[InboxRow]:
    async with storage.snapshot() as transaction:
        return list(await transaction.inbox.next(limit, busy))


async def done(storage: Storage, update_id: int) -> bool:
    async with storage.transaction() as transaction:
        return await transaction.inbox.done(BOT, update_id)


async def claim(storage: Storage, process: str = "a", limit: int = 100, busy: Sequence[int] = ()) -> list[int]:
    async with storage.transaction() as transaction:
        return [row.update_id for row in await transaction.inbox.claim(process, limit, busy)]


async def set_aside(storage: Storage, row_id: int, process: str = "a") -> bool:
    async with storage.transaction() as transaction:
        return await transaction.inbox.set_aside(row_id, "KeyError", tries=5, token=process)


async def test_an_update_that_arrives_again_is_stored_once(storage: Storage) -> None:
    assert await receive(storage, (1, 7), (2, 8)) == 2
    assert await receive(storage, (1, 7), (2, 8), (3, 7)) == 1
    assert await receive(storage, (3, 7), (3, 7)) == 0
    assert await receive(storage) == 0
    assert await done(storage, 1)
    assert await receive(storage, (1, 7)) == 0


async def test_an_update_is_overtaken_by_a_later_one_of_its_lane_that_is_over(storage: Storage) -> None:
    async def overtaken(update_id: int, lane: int = 7, bot_id: int = BOT) -> bool:
        async with storage.snapshot() as transaction:
            return await transaction.inbox.is_overtaken(bot_id, update_id, lane)

    await receive(storage, (5, 7), (4, 7), (6, 8))
    assert not await overtaken(4), "the later one still waits"
    await done(storage, 5)
    await done(storage, 6)
    assert [await overtaken(number) for number in (4, 5, 6)] == [True, False, False]
    assert not await overtaken(4, bot_id=BOT + 1)
    assert not await overtaken(5 - MOST_AT_TELEGRAM - 1), "another server counted it"


async def test_two_bots_may_have_updates_of_the_same_number(storage: Storage) -> None:
    assert await receive(storage, (1, 7)) == 1
    assert await receive(storage, (1, 7), bot_id=BOT + 1) == 1


async def test_a_batch_of_any_size_is_stored_in_its_order(storage: Storage) -> None:
    ids = [(5000 - number, number) for number in range(3000)]
    assert await receive(storage, *ids) == 3000
    assert [row.update_id for row in await waiting(storage, 3000)] == [update_id for update_id, _ in ids]


@pytest.mark.parametrize(
    ("busy", "limit", "expected"),
    [
        ([], 10, [1, 2, 5]),
        ([7], 10, [2, 5]),
        ([7, 8], 10, [5]),
        ([7, 8, 9], 10, []),
        ([], 2, [1, 2]),
        ([7], 1, [2]),
    ],
)
async def test_the_oldest_of_each_lane_that_is_not_busy_comes_next(
    storage: Storage, busy: list[int], limit: int, expected: list[int]
) -> None:
    await receive(storage, (1, 7), (2, 8), (3, 7), (4, 8), (5, 9))
    assert [row.update_id for row in await waiting(storage, limit, busy)] == expected


async def test_a_lane_goes_on_in_order_as_its_updates_are_done(storage: Storage) -> None:
    await receive(storage, (11, 7), (10, 7), (12, 7))
    order = []
    while rows := await waiting(storage):
        order += [row.update_id for row in rows]
        assert await done(storage, rows[0].update_id)
    assert order == [11, 10, 12]


async def test_an_update_is_done_once_and_its_content_forgotten(storage: Storage, sql: Any) -> None:
    await receive(storage, (1, 7))
    [row] = await waiting(storage)
    assert row.raw == {"update_id": 1}
    assert await done(storage, 1)
    assert not await done(storage, 1)
    assert not await done(storage, 2)
    assert [tuple(row) for row in await sql("SELECT state, raw FROM inbox")] == [("done", "{}")]
    assert not await waiting(storage)


async def test_of_two_workers_with_the_same_update_one_deals_with_it(storage: Storage) -> None:
    await receive(storage, (1, 7))
    answers = await asyncio.gather(*(done(storage, 1) for _ in range(6)))
    assert sorted(answers) == [False] * 5 + [True]


async def test_the_lane_of_an_update_that_is_set_aside_goes_on(storage: Storage) -> None:
    await receive(storage, (1, 7), (2, 7))
    [row] = await waiting(storage)
    await claim(storage)
    assert await set_aside(storage, row.id)
    assert [row.update_id for row in await waiting(storage)] == [2]
    assert not await done(storage, 1)
    assert not await set_aside(storage, row.id), "that is told once"
    assert not await set_aside(storage, 10_000)


async def test_a_failure_reported_late_does_not_wake_what_is_done(storage: Storage) -> None:
    await receive(storage, (1, 7))
    [row] = await waiting(storage)
    assert await done(storage, 1)
    async with storage.transaction() as transaction:
        assert not await transaction.inbox.set_aside(row.id, "TimedOut", tries=5)
    assert not await waiting(storage)


async def test_only_old_updates_that_were_done_are_forgotten(storage: Storage) -> None:
    await receive(storage, (1, 7), (2, 8), now=NOW - timedelta(days=2))
    await receive(storage, (3, 9))
    assert await done(storage, 1)
    assert await done(storage, 3)
    async with storage.transaction() as transaction:
        assert await transaction.inbox.forget(NOW - timedelta(days=1)) == 1
    assert [row.update_id for row in await waiting(storage)] == [2]
    assert await receive(storage, (3, 9)) == 0


async def test_half_a_surrogate_pair_does_not_stop_the_batch(storage: Storage) -> None:
    raw = {"message": {"text": "broken \ud83d, zero \x00, whole 💆 ж"}}
    async with storage.transaction() as transaction:
        assert await transaction.inbox.receive(BOT, [(1, 7, raw), (2, 8, {})], NOW) == 2
    assert [row.raw for row in await waiting(storage)] == [raw, {}]
