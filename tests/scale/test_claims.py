"""Claims: two processes never hold the same, a dead one's claims run out, and who comes too late changes nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

import pytest

from storage.storage import Storage
from storage.tables import Client
from tests.fresh import open_fresh

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BOT = 100

Sql: TypeAlias = Callable[[str], Awaitable[Any]]

UPDATES_EXPIRE = "UPDATE inbox SET leased_until = clock_timestamp() - interval '1 second'"
SCREENS_EXPIRE = "UPDATE clients SET screen_leased_until = clock_timestamp() - interval '1 second'"


@pytest.fixture
async def storage(postgresql_address: str) -> AsyncIterator[Storage]:
    opened = await open_fresh(postgresql_address)
    yield opened
    await opened.close()


@pytest.fixture
async def ada(storage: Storage) -> Client:
    async with storage.transaction() as tx:
        return await tx.clients.get_or_create(7, chat_id=7, profile={}, language="en", now=NOW)


async def receive(storage: Storage, *ids_and_lanes: tuple[int, int]) -> None:
    async with storage.transaction() as tx:
        await tx.inbox.receive(BOT, [(number, lane, {}) for number, lane in ids_and_lanes], NOW)


async def claim(storage: Storage, token: str, limit: int = 100, busy: Sequence[int] = ()) -> list[int]:
    async with storage.transaction() as tx:
        return [row.update_id for row in await tx.inbox.claim(token, limit, busy)]


async def done(storage: Storage, update_id: int) -> bool:
    async with storage.transaction() as tx:
        return await tx.inbox.done(BOT, update_id)


async def set_aside(storage: Storage, row_id: int, token: str) -> bool:
    async with storage.transaction() as tx:
        return await tx.inbox.set_aside(row_id, "KeyError", tries=5, token=token)


# --- updates ---------------------------------------------------------------------------------------------------------


async def test_what_one_holds_no_other_is_given_and_the_lane_waits(storage: Storage) -> None:
    await receive(storage, (1, 7), (2, 8), (3, 7), (4, 9))
    assert await claim(storage, "a", limit=2) == [1, 2]
    assert await claim(storage, "b") == [4]
    assert await claim(storage, "b", busy=[9]) == []
    assert await done(storage, 1)
    assert await claim(storage, "b", busy=[9]) == [3]


async def test_claimers_at_once_share_without_overlap(storage: Storage) -> None:
    await receive(storage, *((number, number % 40) for number in range(200)))
    shares = await asyncio.gather(*(claim(storage, f"p{number}", limit=7) for number in range(8)))
    claimed = [update_id for share in shares for update_id in share]
    assert len(claimed) == len(set(claimed))
    assert len({update_id % 40 for update_id in claimed}) == len(claimed), "one update of each lane"
    rest = await claim(storage, "last", limit=200)
    assert {update_id % 40 for update_id in claimed + rest} == set(range(40))


async def test_the_claims_of_a_process_that_died_run_out(storage: Storage, sql: Sql) -> None:
    await receive(storage, (1, 7), (2, 7))
    assert await claim(storage, "dead") == [1]
    assert await claim(storage, "b") == []
    await sql(UPDATES_EXPIRE)
    assert await claim(storage, "b") == [1]


async def test_a_process_that_ends_in_order_gives_its_claims_back(storage: Storage) -> None:
    await receive(storage, (1, 7), (2, 8))
    await claim(storage, "a", limit=1)
    async with storage.transaction() as tx:
        await tx.inbox.release("other")
    assert await claim(storage, "b") == [2]
    async with storage.transaction() as tx:
        await tx.inbox.release("a")
    assert await claim(storage, "b", busy=[8]) == [1]


async def test_ones_own_claim_is_no_hindrance(storage: Storage) -> None:
    await receive(storage, (1, 7))
    assert await claim(storage, "a") == [1]
    assert await claim(storage, "a", busy=[7]) == []
    assert await claim(storage, "a") == [1], "it failed and is tried again"


async def test_who_comes_back_after_its_claim_ran_out_changes_nothing(storage: Storage, sql: Sql) -> None:
    await receive(storage, (1, 7), (2, 7))
    await claim(storage, "frozen")
    await sql(UPDATES_EXPIRE)
    await claim(storage, "b")
    [[row_id]] = await sql("SELECT id FROM inbox WHERE update_id = 1")
    assert not await set_aside(storage, row_id, "frozen"), "its failures do not count"
    assert await done(storage, 1)
    assert await claim(storage, "b") == [2]
    assert not await done(storage, 1), "nor can it do the same again"
    assert await sql("SELECT update_id, state, tries FROM inbox ORDER BY id") == [(1, "done", 0), (2, "waiting", 0)]


async def test_a_claim_does_not_wait_for_one_that_is_being_made(storage: Storage) -> None:
    await receive(storage, (1, 7), (2, 8))
    async with storage.transaction() as tx, asyncio.timeout(5):
        assert [row.update_id for row in await tx.inbox.claim("a", 1)] == [1]
        assert await claim(storage, "b") == [2]


# --- screens ---------------------------------------------------------------------------------------------------------


async def draw(storage: Storage, client: Client, holder: str) -> bool:
    async with storage.transaction() as tx:
        return await tx.screens.claim(client.id, holder)


async def held(storage: Storage, client: Client, holder: str) -> Client | None:
    async with storage.transaction() as tx:
        return await tx.screens.held(client.id, holder)


async def owe(storage: Storage, holder: str) -> None:
    async with storage.transaction() as tx:
        client = await tx.clients.get_or_create(7, chat_id=7, profile={}, language="en", now=NOW)
        await tx.screens.owe(client, holder)


async def unattended(storage: Storage) -> list[int]:
    async with storage.transaction() as tx:
        return list(await tx.screens.unattended())


async def test_one_process_at_a_time_draws_for_a_client(storage: Storage, ada: Client) -> None:
    answers = await asyncio.gather(*(draw(storage, ada, f"p{number}") for number in range(6)))
    assert sorted(answers) == [False] * 5 + [True]


async def test_whoever_changed_something_is_about_to_draw_it(storage: Storage, ada: Client, sql: Sql) -> None:
    await owe(storage, "a")
    assert not await draw(storage, ada, "b")
    assert await unattended(storage) == []
    await sql(SCREENS_EXPIRE)
    assert await unattended(storage) == [ada.id], "it died before it was shown"
    assert await draw(storage, ada, "b")
    assert await unattended(storage) == []


async def test_a_change_during_another_ones_drawing_is_known_to_it_with_the_commit(
    storage: Storage, ada: Client
) -> None:
    assert await draw(storage, ada, "a")
    await owe(storage, "b")  # and b dies
    client = await held(storage, ada, "a")
    assert client is not None
    assert (client.screen_owed, client.screen_again) == (True, True)
    assert await held(storage, ada, "b") is None, "one draws at a time"
    assert await draw(storage, ada, "a")
    client = await held(storage, ada, "a")
    assert client is not None
    assert not client.screen_again, "what it draws from now on is the newest"


async def test_a_change_of_ones_own_leaves_the_claim_as_it_is(storage: Storage, ada: Client) -> None:
    assert await draw(storage, ada, "a")
    await owe(storage, "a")
    client = await held(storage, ada, "a")
    assert client is not None
    assert not client.screen_again


async def test_a_screen_drawn_after_the_claim_ran_out_is_not_recorded(storage: Storage, ada: Client, sql: Sql) -> None:
    await draw(storage, ada, "frozen")
    await sql(SCREENS_EXPIRE)
    await draw(storage, ada, "b")
    assert await held(storage, ada, "frozen") is None
    assert await held(storage, ada, "b") is not None


async def test_a_screen_that_waits_for_its_next_attempt_is_attended(storage: Storage, ada: Client, sql: Sql) -> None:
    await owe(storage, "a")
    async with storage.transaction() as tx:
        await tx.screens.keep(ada.id, "a", 3600)
        await tx.screens.keep(ada.id, "b", 0)
    assert not await draw(storage, ada, "b")
    assert await unattended(storage) == []
    [[seconds]] = await sql("SELECT extract(epoch FROM screen_leased_until - clock_timestamp())::int FROM clients")
    assert 3600 <= seconds <= 3620


async def test_who_only_waits_for_its_next_attempt_gives_way_to_a_change(storage: Storage, ada: Client) -> None:
    await owe(storage, "a")
    async with storage.transaction() as tx:
        await tx.screens.keep(ada.id, "a", 3600)
    await owe(storage, "b")
    assert not await draw(storage, ada, "a")
    client = await held(storage, ada, "b")
    assert client is not None
    assert not client.screen_again


async def test_nobody_draws_for_a_client_who_is_gone(storage: Storage) -> None:
    assert not await draw(storage, Client(id=99), "a")
